import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveLine, Progress } from './progress.ts';

function screen(isTerminal: boolean) {
  const written: string[] = [];
  return { isTerminal, columns: 60, written, write: (text: string) => void written.push(text) };
}

const within = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a file gets whole lines and no control sequence, however long a step takes', async () => {
  const file = screen(false);
  using live = new LiveLine(file, () => performance.now());
  const progress = new Progress('pod-0', live);
  await progress.step('StartVM', () => within(250));
  assert.deepEqual(file.written.length, 1);
  assert.match(file.written[0] ?? '', /^✓ pod-0 {4}StartVM +\d[\d.]* m?s ?\n$/);
});

test('a terminal shows what runs, and that line makes room for the next finished step', async () => {
  const terminal = screen(true);
  {
    using live = new LiveLine(terminal, () => performance.now());
    const [one, other] = [new Progress('pod-0', live), new Progress('pod-1', live)];
    await Promise.all([one.step('StartVM', () => within(250)), other.step('StartVM', () => within(250))]);
  }
  const all = terminal.written.join('');
  const plain = all.replaceAll('\r\u001b[2K', '<erased>');
  assert.match(plain, /… pod-0 {4}StartVM \d[\d.]* m?s {2}and 1 more<erased>/);
  assert.match(plain, /<erased>✓ pod-0/);
  assert.ok(all.endsWith('\n'), 'nothing of the live line is left');
  for (const text of terminal.written) assert.ok(text.length < 200);
});

test('steps are recorded with their durations; a failed one is shown and thrown on', async () => {
  const file = screen(false);
  using live = new LiveLine(file, () => performance.now());
  const progress = new Progress('worker', live);
  assert.equal(
    await progress.step(
      'one',
      async () => 7,
      (result) => `made ${result}`,
    ),
    7,
  );
  await assert.rejects(
    progress.step('two', () => Promise.reject(new Error('no room'))),
    /no room/,
  );
  assert.deepEqual(
    progress.steps.map(({ name }) => name),
    ['one'],
  );
  assert.match(file.written[0] ?? '', /made 7\n$/);
  assert.match(file.written[1] ?? '', /^✗ worker {3}two .* no room\n$/);
});
