import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fuzzDecoder } from './decoder-fuzz.ts';
import { isCoded, targets } from './targets.ts';

/** All together well below half a minute; `make fuzz` gives each a minute. */
const budgetMs = 500;

for (const target of targets) {
  test(`only coded errors come out of: ${target.name}`, (t) => {
    for (const sample of target.samples) {
      try {
        target.run(sample);
      } catch (error) {
        // Several decoders share a sample: one that is not for it says so with a code.
        assert.ok(isCoded(error), `${target.name}: its own sample`);
      }
    }
    const seed = randomBytes(4).readUInt32BE();
    t.diagnostic(`seed ${seed}`);
    const { runs, refused } = fuzzDecoder(target, seed, budgetMs);
    assert.ok(runs > 0);
    t.diagnostic(`${runs} inputs, ${refused} refused`);
  });
}

test('a decoder that lets another error out is found, and the input is told', () => {
  const broken = {
    name: 'broken',
    samples: [Buffer.from('abc')],
    run: (bytes: Buffer) => assert.notEqual(bytes[0], 0),
  };
  assert.throws(() => fuzzDecoder(broken, 1, 5000), /broken, seed 1, run \d+, input /);
});
