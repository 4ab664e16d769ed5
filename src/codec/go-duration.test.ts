import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from './go-duration.ts';

for (const [text, ms] of [
  ['300s', 300_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['.5s', 500],
  ['100ms', 100],
  ['-1m', -60_000],
  ['0', 0],
] as const) {
  test(`${text} is ${ms} ms`, () => assert.equal(parseGoDuration(text), ms));
}

for (const text of ['', '5', 'm', '5 m', '5x', '1h30', '5m ', '1e3s']) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseGoDuration(text), { code: 'E_ARGUMENT' });
  });
}
