import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataBytesMax, headerBytes } from '#codec/ttrpc/frame.ts';
import { fuzzServer } from './ttrpc-fuzz.ts';

test('damaged frames get verdicts, every kind of them, within bounds', (t) => {
  const seed = randomBytes(4).readUInt32BE();
  t.diagnostic(`seed ${seed}`);
  const { verdicts, heldBytesMax } = fuzzServer(200_000, seed);
  for (const kind of ['call', 'ignore', 'reply 3', 'reply 8']) assert.ok((verdicts[kind] ?? 0) > 0, kind);
  assert.ok(heldBytesMax <= dataBytesMax + headerBytes);
});

test('a connection that withholds the last byte of the largest frame costs 4 MiB and at most 64 KiB more', (t) => {
  const probe = join(import.meta.dirname, 'memory-probe.ts');
  for (const chunkBytes of [97, 1448, 16_384, 65_536, 1024 * 1024]) {
    const cost = Number(
      execFileSync(process.execPath, ['--expose-gc', probe, String(chunkBytes)], { encoding: 'utf8' }),
    );
    t.diagnostic(`chunks of ${chunkBytes}: ${cost} bytes`);
    assert.ok(cost > dataBytesMax / 2, 'it was measured at all');
    assert.ok(cost <= dataBytesMax + 64 * 1024, `${cost} bytes when it comes in chunks of ${chunkBytes}`);
  }
});
