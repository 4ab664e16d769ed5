import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const module = fileURLToPath(new URL('./heap.ts', import.meta.url));

/** Keeps an eighth of 64 MiB, in pieces that lie between the free ones. */
const program = `
  import { readFileSync } from 'node:fs';
  import { trimHeap } from ${JSON.stringify(module)};
  const residentKiB = () => Number(/^VmRSS:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  const kept = Array.from({ length: 4096 }, () => Buffer.allocUnsafeSlow(16 * 1024).fill(1));
  for (let at = 0; at < kept.length; at += 1) if (at % 8 !== 0) kept[at] = undefined;
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 200)); // V8 frees on another thread
  const before = residentKiB();
  const given = trimHeap();
  console.log(JSON.stringify({ given, freedKiB: before - residentKiB(), kept: kept.length }));
`;

test('memory that lies free between what is in use goes back to the kernel', () => {
  // Without glibc's own mapping of larger pieces, so that each comes from the heap; and from one heap
  const env = { ...process.env, MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_ARENA_MAX: '1' };
  const args = ['--expose-gc', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  assert.equal(stderr, '');
  const { given, freedKiB } = JSON.parse(stdout) as { given: boolean; freedKiB: number };
  assert.equal(given, true);
  assert.ok(freedKiB > 32 * 1024, `${freedKiB} KiB`);
});
