/** The scene itself, inside its namespaces: a worker node, its daemons, pods, and the check that nothing is left. */

import { mkdirSync, readFileSync } from 'node:fs';
import { paths, startAdaptor, startRelay } from './daemons.ts';
import { leftovers, takeSnapshot } from './leftovers.ts';
import { type PodReport, runPod } from './pod-life.ts';
import { Progress } from './progress.ts';
import { addPod, removePod, setUpWorkerNode } from './worker-node.ts';

interface Settings {
  readonly pods: number;
  readonly output: 'text' | 'json';
  readonly provider: string;
  readonly verbose: boolean;
}

/** Kernel objects end asynchronously (RCU): what is still there after this long is left over. */
const settleMs = 5000;

async function leftoversAfterSettling(before: ReadonlySet<string>): Promise<string[]> {
  const until = performance.now() + settleMs;
  for (;;) {
    const left = leftovers(before, await takeSnapshot());
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function play(settings: Settings, write: (line: string) => void) {
  const progress = new Progress('worker', write);
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await progress.step('worker node and pod network', setUpWorkerNode);
  const before = await takeSnapshot();
  const pods: PodReport[] = [];
  let failure: unknown;
  {
    await using relay = startRelay();
    await progress.step('agent-relay', () => relay.ready(paths.relaySocket));
    await using adaptor = startAdaptor(settings.provider);
    await progress.step('cloud-api-adaptor', () => adaptor.ready(paths.adaptorSocket));
    const outcomes = await Promise.allSettled(
      Array.from({ length: settings.pods }, async (_, index) => {
        const pod = await addPod(index);
        try {
          pods[index] = await runPod(pod, write);
        } finally {
          await removePod(pod);
        }
      }),
    );
    failure = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    await progress.step('daemons stop', async () => {
      await adaptor.stop();
      await relay.stop();
    });
  }
  const left = await progress.step(
    'nothing left behind',
    () => leftoversAfterSettling(before),
    (found) =>
      found.length === 0 ? 'no device, rule, qdisc, process, socket, namespace, file' : `${found.length} left`,
  );
  for (const line of left) write(`  left: ${line}\n`);
  return { pods: pods.filter(Boolean), left, failure, worker: progress.steps };
}

function showLogs(): void {
  for (const name of ['agent-relay', 'cloud-api-adaptor']) {
    const log = readFileSync(`${paths.logs}/${name}.log`, 'utf8');
    process.stderr.write(`--- ${name}\n${log.split('\n').slice(-200).join('\n')}\n`);
  }
}

const settings = JSON.parse(process.env.DEMO_SETTINGS ?? '{}') as Settings;
const write = (line: string) => void (settings.output === 'json' ? process.stderr : process.stdout).write(line);
const { pods, left, failure, worker } = await play(settings, write);
const ok = failure === undefined && left.length === 0 && pods.length === settings.pods && pods.every((pod) => pod.ok);
if (settings.verbose || !ok) showLogs();
if (failure !== undefined) process.stderr.write(`${failure instanceof Error ? failure.stack : String(failure)}\n`);
if (settings.output === 'json') {
  process.stdout.write(
    `${JSON.stringify({ ok, provider: settings.provider, worker, pods, leftovers: left }, null, 2)}\n`,
  );
} else {
  write(ok ? `\nok: ${pods.length} pod(s) lived and left nothing\n` : '\nFAILED, see above\n');
}
process.exitCode = ok ? 0 : 1;
