/** make fuzz: FRAMES damaged ttrpc frames, SECONDS of damaged input for each decoder, SEEDS of simulated lives. SEED replays. */

import { randomBytes } from 'node:crypto';
import { replayLine, search } from '../simulation/search.ts';
import { fuzzDecoder } from './decoder-fuzz.ts';
import { targets } from './targets.ts';
import { fuzzServer } from './ttrpc-fuzz.ts';

const seed = Number(process.env.SEED ?? randomBytes(4).readUInt32BE());
const frames = Number(process.env.FRAMES ?? 10_000_000);
const seconds = Number(process.env.SECONDS ?? 20);
const seeds = Number(process.env.SEEDS ?? 10_000);
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
if (only === undefined || only === 'simulation') {
  const found = await search({ from: seed, count: seeds, msMax: Number.POSITIVE_INFINITY });
  const { runs, seconds, simulatedHours, settledMsMax } = found;
  const years = (simulatedHours / 24 / 365).toFixed(2);
  console.log(
    `simulation: ${runs} seeds in ${seconds.toFixed(1)} s, ${(runs / seconds).toFixed(0)}/s, ${years} cluster-years, ` +
      `everything gone within ${(settledMsMax / 1000).toFixed(0)} s of the last fault`,
    found.seen,
  );
  for (const failure of found.failures) console.log(`seed ${failure.seed}: ${replayLine(failure)}`);
  if (found.failures.length > 0) process.exitCode = 1;
}
