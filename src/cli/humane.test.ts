import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, duration, oneDecimal, percent, rate } from './humane.ts';

test('durations have one unit, and the next one while the first is small', () => {
  const shown = [0, 999, 59_000, 60_000, 90_000, 3_600_000, 5_400_000, 36_000_000, 90_000_000, 8.64e8, -5].map(
    duration,
  );
  assert.deepEqual(shown, ['0s', '0s', '59s', '1m', '1m30s', '1h', '1h30m', '10h', '1d1h', '10d', '0s']);
});

test('bytes have three digits at most', () => {
  assert.deepEqual([0, 1023, 1024, 1536, 10_240, 1_048_576, 157_286_400, 5e12, 9e15].map(bytes), [
    '0B',
    '1023B',
    '1.0KiB',
    '1.5KiB',
    '10KiB',
    '1.0MiB',
    '150MiB',
    '4.5TiB',
    '8185TiB',
  ]);
});

test('a rate is per second, never negative after a restart, and 0 without time', () => {
  assert.deepEqual([rate(10, 2000), rate(-5, 1000), rate(5, 0)], [5, 0, 0]);
  assert.deepEqual([oneDecimal(0), oneDecimal(1.25), oneDecimal(250.4), percent(0.1234)], ['0', '1.3', '250', '12.3%']);
});
