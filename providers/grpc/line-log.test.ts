/** A plugin's output as log lines. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '@peerpods/provider/virtual-clock';
import { LineLog } from './line-log.ts';

function recorded() {
  const lines: string[] = [];
  const dropped: number[] = [];
  const clock = new VirtualClock();
  const log = {
    debug: () => undefined,
    info: (fields: object) => void lines.push((fields as { line: string }).line),
    warn: (fields: object) => void dropped.push((fields as { lines: number }).lines),
  };
  return { lines, dropped, clock, into: new LineLog(log, clock, 'stderr') };
}

describe('lines of a plugin', () => {
  it('are whole however the output was split, also inside a character', () => {
    const bytes = Buffer.from('one\n\nzwö€lf\r\nlast');
    for (let size = 1; size <= bytes.length; size += 1) {
      const { lines, into } = recorded();
      for (let at = 0; at < bytes.length; at += size) into.push(bytes.subarray(at, at + size));
      into.flush();
      assert.deepEqual(lines, ['one', 'zwö€lf', 'last']);
    }
  });

  it('are cut when they are long, and the next one is whole', () => {
    const { lines, into } = recorded();
    for (let part = 0; part < 100; part += 1) into.push(Buffer.from('x'.repeat(1000)));
    into.push(Buffer.from('\nnext\n'));
    assert.deepEqual(lines, [`${'x'.repeat(4096)}…`, 'next']);
  });

  it('beyond 200 in ten seconds are counted, and written again afterwards', async () => {
    const { lines, dropped, clock, into } = recorded();
    for (let line = 0; line < 1000; line += 1) into.push(Buffer.from(`${line}\n`));
    assert.equal(lines.length, 200);
    await clock.run(new Promise<void>((resolve) => void clock.after(10_000, resolve)));
    into.push(Buffer.from('later\n'));
    assert.deepEqual([lines.at(-1), dropped], ['later', [800]]);
  });
});
