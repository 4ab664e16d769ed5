import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCpio } from './cpio.ts';
import { Tree } from './tree.ts';

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly content: string;
}

/** A reader of its own: offsets are those of the kernel's documentation of the initramfs buffer format. */
function members(archive: Buffer): Member[] {
  const found: Member[] = [];
  for (let at = 0; ; ) {
    assert.equal(archive.toString('latin1', at, at + 6), '070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [mode, mtime, size, nameSize] = [field(1), field(5), field(6), field(11)];
    assert.equal(mtime, 0);
    const name = archive.toString('latin1', at + 110, at + 110 + nameSize - 1);
    const start = at + 110 + nameSize + ((4 - ((110 + nameSize) % 4)) % 4);
    if (name === 'TRAILER!!!') return found;
    found.push({ name, mode, content: archive.toString('latin1', start, start + size) });
    at = start + size + ((4 - (size % 4)) % 4);
  }
}

test('folders come before what is in them, whatever the order of addition', () => {
  const tree = new Tree().file('sbin/init', 'run', 0o755).link('bin/sh', 'busybox').file('bin/busybox', 'b');
  assert.deepEqual(members(encodeCpio(tree)), [
    { name: 'bin', mode: 0o040755, content: '' },
    { name: 'bin/busybox', mode: 0o100644, content: 'b' },
    { name: 'bin/sh', mode: 0o120777, content: 'busybox' },
    { name: 'sbin', mode: 0o040755, content: '' },
    { name: 'sbin/init', mode: 0o100755, content: 'run' },
  ]);
});

test('the same tree gives the same bytes, built in another order', () => {
  const one = new Tree().file('a/b', '1').file('c', '2').folder('tmp', 0o1777);
  const other = new Tree().folder('tmp', 0o1777).file('c', '2').file('a/b', '1');
  assert.deepEqual(encodeCpio(one), encodeCpio(other));
});

test('names and contents of every length keep their alignment', () => {
  for (let length = 0; length < 9; length += 1) {
    const tree = new Tree().file('f'.repeat(length + 1), 'x'.repeat(length)).file('z', 'end');
    assert.deepEqual(
      members(encodeCpio(tree)).map(({ content }) => content),
      ['x'.repeat(length), 'end'],
    );
  }
});
