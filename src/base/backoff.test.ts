import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelayMs } from './backoff.ts';

const policy = { firstMs: 100, factor: 2, capMs: 5000, jitterMs: 100 };
const delays = (random: number) => [0, 1, 2, 5, 6, 7, 64, 1e9].map((n) => backoffDelayMs(policy, n, () => random));

test('delays grow by the factor up to the cap, however many tries there were', () => {
  assert.deepEqual(delays(0), [100, 200, 400, 3200, 5000, 5000, 5000, 5000]);
});

test('jitter comes on top, even of the cap, and is below its bound', () => {
  assert.deepEqual(delays(0.5), [150, 250, 450, 3250, 5050, 5050, 5050, 5050]);
  assert.ok(backoffDelayMs(policy, 0, () => 1 - Number.EPSILON) < 200);
});

test('a factor of 1 is a steady delay', () => {
  const steady = { firstMs: 5000, factor: 1, capMs: 5000, jitterMs: 0 };
  assert.deepEqual(
    [0, 1, 30].map((n) => backoffDelayMs(steady, n, () => 0.9)),
    [5000, 5000, 5000],
  );
});
