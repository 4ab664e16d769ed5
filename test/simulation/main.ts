/** Simulates from seeds: --seed N --count M; --trace tells every event of one. Exit code 1 when a rule does not hold. */

import { parseArgs } from 'node:util';
import { replayLine, search } from './search.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
if (values.trace) {
  const { trace, broken } = await simulate({ seed, traced: true });
  process.stdout.write(`${trace.join('\n')}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} else {
  const found = await search({ from: seed, count: Number(values.count), msMax: Number.POSITIVE_INFINITY });
  const { failures, runs, seconds, simulatedHours, seen, settledMsMax } = found;
  for (const failure of failures) process.stdout.write(`seed ${failure.seed}: ${replayLine(failure)}\n`);
  const speed = (runs / seconds).toFixed(0);
  process.stdout.write(
    `${runs} seeds in ${seconds.toFixed(1)} s (${speed}/s), ${simulatedHours.toFixed(0)} cluster-hours, ` +
      `settled within ${(settledMsMax / 1000).toFixed(0)} s; seen ${JSON.stringify(seen)}\n`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}
