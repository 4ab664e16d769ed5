/** One thread of a search: runs the seeds it is given, one after the other, and tells of each. */

import { parentPort } from 'node:worker_threads';
import { simulate } from './simulate.ts';

// The errors here are part of the play, and their stacks take a fifth of the time.
Error.stackTraceLimit = 0;

parentPort?.on('message', async (seed: number) => {
  const { trace, ...result } = await simulate({ seed });
  parentPort?.postMessage({ ...result, traceLines: trace.length });
});
