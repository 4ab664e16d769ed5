/** Every call that the adaptor makes in one pod's life, and its death at each of them, with the call done or not. */

import { noFaults } from './faults.ts';
import { type RunResult, simulate } from './simulate.ts';
import type { KillAt } from './worker.ts';

export interface CrashPoint {
  readonly life: number;
  readonly call: number;
  readonly what: string;
}

const quiet = { seed: 7, faults: { ...noFaults, listLagMs: 20_000 }, workers: 1, pods: 1 };

/** The calls of one pod's life, create to stop, without those of the caretaker, which look and do nothing. */
export async function crashPoints(before?: CrashPoint): Promise<readonly CrashPoint[]> {
  const points: CrashPoint[] = [];
  const note: KillAt = (life, call, what) => {
    if (!/lists$|^list |^look for/.test(what)) points.push({ life, call, what });
    return before && life === before.life && call === before.call ? 'undone' : undefined;
  };
  await simulate({ ...quiet, killAt: note });
  return before ? points.filter(({ life }) => life > before.life) : points;
}

export async function crashAt(
  points: readonly (CrashPoint & { readonly done: boolean })[],
  traced = false,
): Promise<RunResult> {
  return await simulate({
    ...quiet,
    traced,
    killAt: (life, call) => {
      const point = points.find((one) => one.life === life && one.call === call);
      return point && (point.done ? 'done' : 'undone');
    },
  });
}
