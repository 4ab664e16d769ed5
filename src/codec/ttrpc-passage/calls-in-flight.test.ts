import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CallsInFlight, type Lying } from './calls-in-flight.ts';

test('calls come and go as in a map, whatever their stream ids', () => {
  // Of few homes, so that many want the same slot
  const id = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 0, max: 40 }).map((n) => 1 + n * 64),
    fc.constantFrom(0xffff_ffff, 0xffff_fffd, 0x8000_0001),
  );
  const step = fc.record({ id, kept: fc.boolean(), removes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const calls = new CallsInFlight();
      const model = new Map<number, Lying | undefined>();
      for (const { id, kept, removes } of steps) {
        const request = kept ? { bytes: Buffer.alloc(4), at: id % 4, length: 1 } : undefined;
        if (removes) assert.equal(calls.delete(id), model.delete(id));
        else if (!model.has(id)) {
          calls.add(id, request?.bytes, request?.at, request?.length);
          model.set(id, request);
        }
        assert.equal(calls.size, model.size);
        assert.equal(calls.has(id), model.has(id));
        const count = [...model.values()].filter((each) => each !== undefined).length;
        assert.deepEqual([calls.requestBytes, calls.othersBytes], [count, 3 * count]);
      }
      assert.deepEqual(
        calls.entries(),
        [...model].sort(([a], [b]) => a - b),
      );
    }),
  );
});
