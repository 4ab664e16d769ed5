/** The matrix itself, inside its namespaces: every fault at every step, each on daemons of its own. */

import { mkdirSync, readFileSync } from 'node:fs';
import { paths } from '#dev/demo/daemons.ts';
import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { addPod, removePod, setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { type Fault, faults } from './faults.ts';
import { Pod } from './pod.ts';
import { until, Worker } from './worker.ts';

interface Outcome {
  readonly fault: string;
  readonly step: string;
  /** '-': no pod was to live at this step. */
  readonly podLived: boolean | '-';
  readonly leaked: {
    readonly vms: number;
    readonly devices: number;
    readonly rules: number;
    readonly processes: number;
  };
  readonly recoveryMs: number;
  readonly trouble: readonly string[];
}

type Inject = () => Promise<void>;

interface Step {
  readonly name: string;
  /** Lives the pod's life with the fault in it; true or false: whether the pod lived on. */
  readonly live: (pod: Pod, worker: Worker, inject: Inject) => Promise<boolean | '-'>;
}

const lived = async (life: Promise<unknown>): Promise<boolean> =>
  await life.then(
    () => true,
    () => false,
  );

const steps: readonly Step[] = [
  {
    name: 'created',
    async live(pod, _worker, inject) {
      await pod.create();
      await inject();
      await pod.start();
      return await lived(pod.check());
    },
  },
  {
    name: 'pod VM being made',
    async live(pod, worker, inject) {
      await pod.create();
      const start = lived(pod.start());
      await until('the pod VM to be asked for', () => worker.recordOf(pod.id).includes('"step":"pod-vm"'));
      await inject();
      return (await start) ? await lived(pod.check()) : '-'; // undone: the kubelet asks for another
    },
  },
  {
    name: 'pod VM booting',
    async live(pod, worker, inject) {
      await pod.create();
      const start = lived(pod.start());
      await until('the pod VM to be made', () => worker.recordOf(pod.id).includes('"step":"connect"'));
      await inject();
      return (await start) ? await lived(pod.check()) : '-';
    },
  },
  {
    name: 'running',
    async live(pod, _worker, inject) {
      await pod.create();
      await pod.start();
      const work = lived(pod.work());
      await new Promise((resolve) => setTimeout(resolve, 500));
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
      await lived(stop);
      return '-';
    },
  },
];

const daemonLine = /^process .*(daemons\/(adaptor|relay)\/main|chaos)/;

async function play(fault: Fault, step: Step, index: number): Promise<Outcome> {
  const trouble: string[] = [];
  await using worker = new Worker();
  await worker.startRelay();
  await worker.startAdaptor();
  const before = await takeSnapshot();
  const network = await addPod(index);
  const pod = new Pod(network);
  let recoveryMs = 0;
  let podLived: boolean | '-' = '-';
  try {
    const inject = async () => {
      const from = performance.now();
      await fault.inject(worker);
      recoveryMs = performance.now() - from;
    };
    podLived = await step.live(pod, worker, inject);
  } catch (error) {
    trouble.push(error instanceof Error ? error.message : String(error));
  }
  await pod.stop().catch((error: Error) => trouble.push(`StopVM: ${error.message}`));
  await until('the record to go', () => worker.recordOf(pod.id) === '', 60_000).catch((e: Error) =>
    trouble.push(e.message),
  );
  await removePod(network).catch((error: Error) => trouble.push(error.message));
  const left = async () => leftovers(before, await takeSnapshot()).filter((line) => !daemonLine.test(line));
  await until('everything to go', async () => (await left()).length === 0, 5000).catch(() => {});
  const lines = await left();
  trouble.push(...lines.map((line) => `left: ${line}`));
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  const leaked = {
    vms: worker.podVms(),
    devices: count(/^(device|namespace)/),
    rules: count(/^(nft|qdisc)/),
    processes: count(/^process/),
  };
  return { fault: fault.name, step: step.name, podLived, leaked, recoveryMs: Math.round(recoveryMs), trouble };
}

function isGood(outcome: Outcome, fault: Fault): boolean {
  const mustLive = fault.podLives && outcome.step === 'running';
  return outcome.trouble.length === 0 && outcome.leaked.vms === 0 && !(mustLive && outcome.podLived !== true);
}

const columns = ['FAULT', 'STEP', 'POD', 'VMS', 'DEVICES', 'RULES', 'PROCESSES', 'FAULT LASTED'] as const;
const widths = [32, 18, 6, 4, 8, 6, 10, 12];
const row = (cells: readonly string[]) => `${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ')}\n`;

const settings = JSON.parse(process.env.CHAOS_SETTINGS ?? '{}') as { only?: string; output?: string };
const write = (text: string) => void (settings.output === 'json' ? process.stderr : process.stdout).write(text);
for (const folder of [paths.logs, paths.stateDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
await setUpWorkerNode();
const outcomes: Outcome[] = [];
let failed = 0;
write(row(columns));
for (const fault of faults) {
  for (const step of steps) {
    if (!`${fault.name}, ${step.name}`.includes(settings.only ?? '')) continue;
    const outcome = await play(fault, step, outcomes.length % 200);
    outcomes.push(outcome);
    const { vms, devices, rules, processes } = outcome.leaked;
    const pod = outcome.podLived === '-' ? '-' : outcome.podLived ? 'lives' : 'ended';
    const lasted = `${(outcome.recoveryMs / 1000).toFixed(1)} s`;
    write(row([fault.name, step.name, pod, ...[vms, devices, rules, processes].map(String), lasted]));
    for (const line of outcome.trouble) write(`    ${line}\n`);
    if (isGood(outcome, fault)) continue;
    failed += 1;
    for (const name of ['cloud-api-adaptor', 'agent-relay']) {
      const log = readFileSync(`${paths.logs}/${name}.log`, 'utf8').split('\n').slice(-30).join('\n');
      process.stderr.write(`--- ${name}\n${log}\n`);
    }
  }
}
if (settings.output === 'json') process.stdout.write(`${JSON.stringify({ ok: failed === 0, outcomes }, null, 2)}\n`);
write(
  failed === 0
    ? `\nok: ${outcomes.length} cases, nothing leaked\n`
    : `\nFAILED: ${failed} of ${outcomes.length} cases\n`,
);
process.exit(failed === 0 && outcomes.length > 0 ? 0 : 1);
