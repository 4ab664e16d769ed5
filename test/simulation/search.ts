/** Runs many seeds on all processors, until their number or the time is reached. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunResult } from './simulate.ts';

export interface Search {
  readonly from: number;
  readonly count: number;
  readonly msMax: number;
  readonly onRun?: (runs: number) => void;
}

export interface Found {
  readonly runs: number;
  readonly failures: readonly Omit<RunResult, 'trace'>[];
  readonly seen: Readonly<Record<string, number>>;
  readonly simulatedHours: number;
  readonly seconds: number;
  /** Longest time from the end of all faults until nothing was left. */
  readonly settledMsMax: number;
}

/** More failures are the same failure. */
const failuresMax = 10;

export async function search({ from, count, msMax, onRun }: Search): Promise<Found> {
  const started = performance.now();
  const seen: Record<string, number> = {};
  const failures: Omit<RunResult, 'trace'>[] = [];
  let [next, runs, simulatedMs, settledMsMax] = [from, 0, 0, 0];
  const take = (result: Omit<RunResult, 'trace'>) => {
    runs += 1;
    simulatedMs += result.simulatedMs;
    settledMsMax = Math.max(settledMsMax, result.settledMs);
    for (const [what, times] of Object.entries(result.seen)) seen[what] = (seen[what] ?? 0) + times;
    if (result.broken.length > 0) failures.push(result);
    onRun?.(runs);
  };
  const isOver = () => next >= from + count || performance.now() - started > msMax || failures.length >= failuresMax;
  const thread = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(join(import.meta.dirname, 'seed-thread.ts'));
      let current = next;
      const more = () => {
        if (isOver()) return void worker.terminate().then(() => resolve());
        current = next;
        next += 1;
        worker.postMessage(current);
      };
      worker.on('message', (result) => {
        take(result);
        more();
      });
      worker.on('error', (cause) => reject(new Error(`seed ${current}: ${cause}`, { cause })));
      more();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, thread));
  const seconds = (performance.now() - started) / 1000;
  return { runs, failures, seen, simulatedHours: simulatedMs / 3_600_000, seconds, settledMsMax };
}

export function replayLine({ seed, broken }: Pick<RunResult, 'seed' | 'broken'>): string {
  return `${broken.join('\n  ')}\n  replay: node test/simulation/main.ts --seed ${seed} --trace`;
}
