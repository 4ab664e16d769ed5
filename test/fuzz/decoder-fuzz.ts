/** Throws damaged input at one decoder: it returns, or a coded error comes out; and never takes long. */

import { damaged, seeded } from './seeded.ts';
import { isCoded, type Target } from './targets.ts';

/** Nothing that a peer sends in one frame or file may keep the event loop for longer. */
const slowMs = 2000;

export interface DecoderRun {
  readonly runs: number;
  readonly taken: number;
  readonly refused: number;
}

/** For `budgetMs`, or `runsMax` inputs. Throws with the seed and the input when something else than a code comes out. */
export function fuzzDecoder(target: Target, seed: number, budgetMs: number, runsMax = Infinity): DecoderRun {
  const pick = seeded(seed);
  const until = performance.now() + budgetMs;
  let [runs, taken, refused] = [0, 0, 0];
  // What was taken although damaged is damaged further: the way in deeper.
  const pool = [...target.samples];
  for (; runs < runsMax; runs += 1) {
    const started = performance.now();
    if (started > until) break;
    const sample = pool[pick(pool.length)] ?? target.samples[0];
    if (!sample) throw new Error(`${target.name} has no samples`);
    const input = damaged(sample, target.samples, pick);
    try {
      target.run(input);
      taken += 1;
      if (pick(20) === 0 && input.length < 20_000) pool[target.samples.length + pick(50)] = input;
    } catch (error) {
      if (!isCoded(error)) {
        const shown = input.subarray(0, 2000).toString('base64');
        throw new Error(`${target.name}, seed ${seed}, run ${runs}, input ${shown}`, { cause: error });
      }
      refused += 1;
    }
    const tookMs = performance.now() - started;
    if (tookMs > slowMs) throw new Error(`${target.name}, seed ${seed}, run ${runs}: took ${Math.round(tookMs)} ms`);
  }
  return { runs, taken, refused };
}
