/** The adaptor's own death at every effect of a pod's life: the points are those that a life passes, not a list. */

import type { Case } from './play.ts';
import type { Pod } from './pod.ts';
import { succeeds } from './steps.ts';
import type { Worker } from './worker.ts';

/** A kill point that is not reached within this time is not there any more. */
const reachedMsMax = 20_000;

async function wholeLife(pod: Pod): Promise<void> {
  await pod.create();
  await pod.start();
  await pod.check();
  await pod.stop();
}

/** With a VM made for the pod, or with one out of the warm pool, raised before. */
export type Life = 'cold' | 'warm';

const kindOf = { cold: 'points', warm: 'warm' } as const;
/** The pool's next VM is raised at some time, beside the life. */
const isBeside = (point: string) => /^provider\.warm\.prepare#(?!1 )/.test(point);

/** Lives one life without a fault; gives the points that it passed, in their order. */
export function enumeration(life: Life, found: (points: readonly string[]) => void): Case {
  return {
    fault: 'none',
    step: `a whole ${life} life, to find the crash points`,
    adaptor: 'plain',
    mustLive: undefined,
    async live(pod, worker) {
      await worker.become(kindOf[life]);
      if (life === 'warm') await worker.untilWarm();
      await wholeLife(pod);
      while (!worker.points.includes('records.remove#1 done')) await new Promise((resolve) => setTimeout(resolve, 20));
      found([...new Set(worker.points)].filter((point) => !isBeside(point)));
      await worker.become('plain'); // which wants no pool, and ends it
      return '-';
    },
  };
}

export function crashCases(life: Life, points: readonly string[]): readonly Case[] {
  return points.map((point, at) => ({
    fault: 'adaptor killed at',
    step: life === 'cold' ? point : `warm ${point}`,
    adaptor: 'plain',
    // The keys of a pod VM are in memory until its id is on record: a start that is cut short there is undone.
    mustLive: isLost(points, at) ? undefined : true,
    live: (pod, worker, recovering) => liveUntil(life, point, pod, worker, recovering),
  }));
}

function isLost(points: readonly string[], at: number): boolean {
  const asked = points.indexOf('records.append#1 done');
  const made = points.indexOf('records.append#2 done');
  return at >= asked && at < made;
}

async function liveUntil(
  life: Life,
  point: string,
  pod: Pod,
  worker: Worker,
  recovering: () => void,
): Promise<boolean | '-'> {
  await worker.become(kindOf[life], point);
  if (life === 'warm') await worker.untilWarm();
  const successor = worker.adaptor.ended.then(async () => {
    recovering();
    await worker.succeed();
  });
  await pod.create();
  const isStarted = await succeeds(pod.start());
  const lived = isStarted && (await succeeds(pod.check()));
  await pod.stop();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${point} was not reached`)), reachedMsMax);
  await Promise.race([successor, late.promise]).finally(() => clearTimeout(timer));
  return isStarted ? lived : '-';
}
