import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, randomInteger } from './random.ts';

const always = (fraction: number): Random => ({ fraction: () => fraction, bytes: () => new Uint8Array(0) });

test('both ends of a range can come, and nothing beyond', () => {
  assert.equal(randomInteger(always(0), 5, 7), 5);
  assert.equal(randomInteger(always(0.5), 5, 7), 6);
  assert.equal(randomInteger(always(1 - Number.EPSILON), 5, 7), 7);
  assert.equal(randomInteger(always(0.9), 5, 5), 5);
});

test('each number of a range has the same share of fractions', () => {
  const counts = [0, 0, 0, 0];
  for (let step = 0; step < 4000; step += 1) {
    const value = randomInteger(always(step / 4000), 0, 3);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  assert.deepEqual(counts, [1000, 1000, 1000, 1000]);
});
