import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ensureDirectory, removeHalfWritten, writeFileAtomically, writeFileWhole } from './files.ts';

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'files-'));
  context.after(() => rmSync(path, { recursive: true }));
  return path;
}

const writers = [writeFileAtomically, async (path: string, data: string) => writeFileWhole(path, data)];

for (const write of writers)
  test('a file is replaced whole, with its mode, and nothing else is left', async (t) => {
    const path = join(folder(t), 'record');
    await write(path, 'one');
    await write(path, 'two');
    assert.equal(readFileSync(path, 'utf8'), 'two');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(path, '..')), ['record']);
  });

test('writers at once leave one of their contents', async (t) => {
  const path = join(folder(t), 'record');
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(1000));
  await Promise.all(contents.map((content) => writeFileAtomically(path, content)));
  assert.ok(contents.includes(readFileSync(path, 'utf8')));
});

for (const write of writers)
  test('a failed write says what was attempted and leaves nothing', async (t) => {
    const parent = folder(t);
    await assert.rejects(write(join(parent, 'missing', 'record'), 'x'), {
      code: 'E_IO',
      message: /missing/,
    });
    assert.deepEqual(readdirSync(parent), []);
  });

for (const write of writers)
  test('what a killed process with the same pid left half written is in nobody’s way', async (t) => {
    const parent = folder(t);
    for (let serial = 0; serial < 200; serial += 1) {
      const left = join(parent, `.record.${process.pid}.${serial}`);
      writeFileSync(left, 'half');
      chmodSync(left, 0o644);
    }
    await write(join(parent, 'record'), 'whole');
    assert.equal(readFileSync(join(parent, 'record'), 'utf8'), 'whole');
    assert.equal(statSync(join(parent, 'record')).mode & 0o777, 0o600);
    writeFileSync(join(parent, '.keep'), '');
    await removeHalfWritten(parent);
    assert.deepEqual(readdirSync(parent).toSorted(), ['.keep', 'record']);
  });

test('directories are private', async (t) => {
  const path = join(folder(t), 'a', 'b');
  ensureDirectory(path);
  ensureDirectory(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
});
