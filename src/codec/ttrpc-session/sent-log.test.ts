import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SentLog } from './sent-log.ts';

test('what is not acknowledged is kept, byte for byte, whatever the cuts and acknowledgements', () => {
  const step = fc.oneof(
    fc.record({ send: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ acknowledge: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.nat(1000), fc.array(step, { maxLength: 40 }), (start, steps) => {
      const log = new SentLog(start);
      let all = Buffer.alloc(0);
      let known = 0;
      for (const one of steps) {
        if ('send' in one) {
          log.append(Buffer.from(one.send));
          all = Buffer.concat([all, one.send]);
        } else {
          const position = Math.floor(one.acknowledge * all.length);
          log.acknowledge(start + position);
          known = Math.max(known, position);
        }
        assert.deepEqual(Buffer.concat(log.unacknowledged()), all.subarray(known));
        assert.equal(log.unacknowledgedBytes, all.length - known);
        assert.equal(log.covers(start + known), true);
        assert.equal(log.covers(start + all.length + 1), false);
        assert.equal(log.covers(start + known - 1), false);
      }
    }),
  );
});

test('acknowledging what was never sent is a programming error', () => {
  assert.throws(() => new SentLog(5).acknowledge(6), /acknowledged up to 6 of 5/);
});
