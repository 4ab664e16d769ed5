import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fuzzServer } from './ttrpc-fuzz.ts';

test('damaged frames get verdicts, every kind of them, within bounds', (t) => {
  const seed = randomBytes(4).readUInt32BE();
  t.diagnostic(`seed ${seed}`);
  const { verdicts } = fuzzServer(200_000, seed);
  for (const kind of ['call', 'ignore', 'reply 3', 'reply 8']) assert.ok((verdicts[kind] ?? 0) > 0, kind);
});
