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

/** Lives one life without a fault; gives the points that it passed, in their order. */
export function enumeration(found: (points: readonly string[]) => void): Case {
  return {
    fault: 'none',
    step: 'a whole life, to find the crash points',
    adaptor: 'points',
    mustLive: undefined,
    async live(pod, worker) {
      await wholeLife(pod);
      while (!worker.points.includes('records.remove#1 done')) await new Promise((resolve) => setTimeout(resolve, 20));
      found([...new Set(worker.points)]);
      return '-';
    },
  };
}

export function crashCases(points: readonly string[]): readonly Case[] {
  return points.map((point, at) => ({
    fault: 'adaptor killed at',
    step: point,
    adaptor: 'points',
    // The keys of a pod VM are in memory until its id is on record: a start that is cut short there is undone.
    mustLive: isLost(points, at) ? undefined : true,
    live: (pod, worker, recovering) => liveUntil(point, pod, worker, recovering),
  }));
}

function isLost(points: readonly string[], at: number): boolean {
  const asked = points.indexOf('records.append#1 done');
  const made = points.indexOf('records.append#2 done');
  return at >= asked && at < made;
}

async function liveUntil(point: string, pod: Pod, worker: Worker, recovering: () => void): Promise<boolean | '-'> {
  await worker.killAdaptor();
  await worker.startAdaptor(point);
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
