/** make fuzz: FRAMES damaged ttrpc frames, then SECONDS of damaged input for each decoder. SEED replays a run. */

import { randomBytes } from 'node:crypto';
import { fuzzDecoder } from './decoder-fuzz.ts';
import { targets } from './targets.ts';
import { fuzzServer } from './ttrpc-fuzz.ts';

const seed = Number(process.env.SEED ?? randomBytes(4).readUInt32BE());
const frames = Number(process.env.FRAMES ?? 10_000_000);
const seconds = Number(process.env.SECONDS ?? 20);
const only = process.env.TARGET;

console.log(`seed ${seed}`);
if (only === undefined) {
  const started = performance.now();
  const { heldBytesMax, verdicts } = fuzzServer(frames, seed);
  const took = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${frames} ttrpc frames in ${took} s, at most ${heldBytesMax} bytes held`, verdicts);
}
for (const target of targets.filter(({ name }) => only === undefined || name.includes(only))) {
  const { runs, taken, refused } = fuzzDecoder(target, seed, seconds * 1000);
  console.log(`${target.name.padEnd(28)} ${runs} inputs, ${taken} taken, ${refused} refused with a code`);
}
