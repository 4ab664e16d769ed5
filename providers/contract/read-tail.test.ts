import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTail } from './read-tail.ts';

test('the end of a file comes within the bound, from the begin of a character; of no file nothing', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tail-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'console.log');
  assert.equal(readTail(path, 10), '');
  writeFileSync(path, 'booting\nread¥y');
  assert.equal(readTail(path, 100), 'booting\nread¥y');
  assert.equal(readTail(path, 4), 'd¥y');
  assert.equal(readTail(path, 2), 'y', 'the yen has two bytes');
});
