/** Plays one case and counts what it leaves. */

import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { addPod, removePod } from '#dev/demo/worker-node.ts';
import { Pod } from './pod.ts';
import type { Lived } from './steps.ts';
import { type AdaptorKind, until, Worker } from './worker.ts';

export interface Case {
  readonly fault: string;
  readonly step: string;
  readonly adaptor: AdaptorKind;
  /** Whether the pod has to be alive in the end; undefined: it may be. */
  readonly mustLive: boolean | undefined;
  /** Lives the pod's life; `recovering` is called when the fault begins. */
  readonly live: (pod: Pod, worker: Worker, recovering: () => void) => Promise<Lived>;
}

export interface Outcome {
  readonly fault: string;
  readonly step: string;
  readonly podLived: Lived;
  readonly leaked: {
    readonly vms: number;
    readonly devices: number;
    readonly rules: number;
    readonly processes: number;
  };
  /** From the fault's begin until the worker served as before: its calls, and its pod if that lives. */
  readonly recoveryMs: number;
  readonly trouble: readonly string[];
}

/** The daemons, which a case may have started again, and what is this scene's own. */
const daemonLine = /^process .*(daemons\/(adaptor|relay)\/main|chaos)|\/run\/chaos|\/peerpods-plugin-/;
const goneMsMax = 60_000;
const settledMsMax = 15_000;

export async function play(which: Case, worker: Worker, index: number): Promise<Outcome> {
  const trouble: string[] = [];
  const troubled = (error: unknown) => void trouble.push(error instanceof Error ? error.message : String(error));
  try {
    await worker.ensure(which.adaptor);
  } catch (error) {
    // Whatever is wrong with them, the next case begins with other daemons.
    await worker[Symbol.asyncDispose]();
    const nothing = { vms: 0, devices: 0, rules: 0, processes: 0 };
    const { fault, step } = which;
    return { fault, step, podLived: '-', leaked: nothing, recoveryMs: 0, trouble: [`the daemons: ${error}`] };
  }
  const before = await takeSnapshot();
  const network = await addPod(index);
  const pod = new Pod(network);
  let recoveryMs = 0;
  let podLived: Lived = '-';
  let from: number | undefined;
  try {
    const recovered = Promise.withResolvers<void>();
    const recovering = () => {
      from = performance.now();
      // Not at once: what is to die has to be dead.
      setTimeout(() => worker.answers().then(recovered.resolve, recovered.reject), 1);
    };
    podLived = await which.live(pod, worker, recovering);
    if (from !== undefined) {
      await recovered.promise;
      recoveryMs = performance.now() - from;
    }
  } catch (error) {
    troubled(error);
  }
  if (which.mustLive === true && podLived !== true) trouble.push(`the pod did not live on: ${pod.trouble}`);
  await pod.stop().catch((error: Error) => troubled(new Error(`StopVM: ${error.message}`)));
  await until('the record to go', () => worker.recordOf(pod.id) === '', goneMsMax).catch(troubled);
  await removePod(network).then((left) => trouble.push(...left), troubled);
  Worker.shiftClock(0);
  Worker.setTrouble(undefined);
  const left = async () => leftovers(before, await takeSnapshot()).filter((line) => !daemonLine.test(line));
  await until('everything to go', async () => (await left()).length === 0, settledMsMax).catch(() => {});
  const lines = await left();
  trouble.push(...lines.map((line) => `left: ${line}`));
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  const leaked = {
    vms: worker.podVms(),
    devices: count(/^(device|namespace)/),
    rules: count(/^(rule|qdisc)/),
    processes: count(/^process/),
  };
  if (leaked.vms > 0) trouble.push(`${leaked.vms} pod VMs are left`);
  return { fault: which.fault, step: which.step, podLived, leaked, recoveryMs: Math.round(recoveryMs), trouble };
}
