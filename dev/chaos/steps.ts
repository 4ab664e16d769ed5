/** Where in a pod's life a fault comes. */

import type { Pod } from './pod.ts';
import { until, type Worker } from './worker.ts';

/** Whether the pod lived on; '-': nothing was to live at this step, or the start was undone and its caller told. */
export type Lived = boolean | '-';

type Inject = () => Promise<void>;

export interface Step {
  readonly name: string;
  /** Lives the pod's life with the fault in it. */
  readonly live: (pod: Pod, worker: Worker, inject: Inject) => Promise<Lived>;
}

const workMs = 500;

export const succeeds = async (life: Promise<unknown>): Promise<boolean> =>
  await life.then(
    () => true,
    () => false,
  );

export const steps: readonly Step[] = [
  {
    name: 'created',
    async live(pod, _worker, inject) {
      await pod.create();
      await inject();
      await pod.start();
      return await succeeds(pod.check());
    },
  },
  {
    name: 'pod VM being made',
    async live(pod, worker, inject) {
      await pod.create();
      const start = succeeds(pod.start());
      await until('the pod VM to be asked for', () => worker.recordOf(pod.id).includes('"step":"pod-vm"'));
      await inject();
      return (await start) ? await succeeds(pod.check()) : '-'; // undone: the kubelet asks for another
    },
  },
  {
    name: 'pod VM booting',
    async live(pod, worker, inject) {
      await pod.create();
      const start = succeeds(pod.start());
      await until('the pod VM to be made', () => worker.recordOf(pod.id).includes('"step":"connect"'));
      await inject();
      return (await start) ? await succeeds(pod.check()) : '-';
    },
  },
  {
    name: 'running',
    async live(pod, _worker, inject) {
      await pod.create();
      await pod.start();
      const work = succeeds(pod.work());
      await new Promise((resolve) => setTimeout(resolve, workMs));
      await inject();
      return await work;
    },
  },
  {
    name: 'stopping',
    async live(pod, worker, inject) {
      await pod.create();
      await pod.start();
      const stop = pod.stop();
      stop.catch(() => {});
      await until('the stop', () => !/"at":"running"}[^\n]*\n$/.test(worker.recordOf(pod.id)));
      await inject();
      await succeeds(stop);
      return '-';
    },
  },
];

/** StopVM comes while StartVM is under way; the fault between them. */
export const stopDuringStart: Step = {
  name: 'StopVM during StartVM',
  async live(pod, worker, inject) {
    await pod.create();
    const start = succeeds(pod.start());
    await until('the start', () => worker.recordOf(pod.id).includes('"at":"starting"'));
    const injected = inject();
    await succeeds(pod.stop());
    await Promise.all([start, injected]);
    return '-';
  },
};
