/** The scene itself, inside its namespaces: a worker node, its daemons, pods, and the check that nothing is left. */

import { mkdirSync, readFileSync } from 'node:fs';
import { paths, startAdaptor, startRelay } from './daemons.ts';
import { leftovers, takeSnapshot } from './leftovers.ts';
import { effortFor, runPod } from './pod-life.ts';
import { LiveLine, Progress } from './progress.ts';
import { SecretWatch } from './secrets.ts';
import { addPod, removePod, setUpWorkerNode } from './worker-node.ts';

interface Settings {
  readonly pods: number;
  readonly output: 'text' | 'json';
  readonly provider: string;
  readonly verbose: boolean;
}

/** Kernel objects end asynchronously (RCU): what is still there after this long is left over. */
const settleMs = 5000;

async function settled(before: ReadonlySet<string>): Promise<string[]> {
  const until = performance.now() + settleMs;
  for (;;) {
    const left = leftovers(before, await takeSnapshot());
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Keys are in files from CreateVM to StopVM; the search for them later is worth nothing if none was ever seen. */
async function livePods(settings: Settings, live: LiveLine, secrets: SecretWatch) {
  const left: string[] = [];
  const effort = effortFor(settings.pods);
  const outcomes = await Promise.allSettled(
    Array.from({ length: settings.pods }, async (_, index) => {
      const pod = await addPod(index);
      try {
        return await runPod(pod, live, effort, () => secrets.learn(paths.podsDir));
      } finally {
        left.push(...(await removePod(pod)));
      }
    }),
  );
  const pods = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (pods.length > 0 && secrets.count === 0)
    throw new Error('no key was seen while pods lived: nothing to search for');
  return { pods, left, failure: outcomes.find((outcome) => outcome.status === 'rejected')?.reason };
}

async function play(settings: Settings, live: LiveLine) {
  const progress = new Progress('worker', live);
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await progress.step('worker node and pod network', setUpWorkerNode);
  const before = await takeSnapshot();
  const secrets = new SecretWatch();
  let outcome: Awaited<ReturnType<typeof livePods>>;
  {
    await using relay = startRelay();
    await progress.step('agent-relay', () => relay.ready(paths.relaySocket));
    await using adaptor = startAdaptor(settings.provider);
    await progress.step('cloud-api-adaptor', () => adaptor.ready(paths.adaptorSocket));
    outcome = await livePods(settings, live, secrets);
    await progress.step('daemons stop', async () => {
      await adaptor.stop();
      await relay.stop();
    });
  }
  const left = await progress.step(
    'nothing left behind',
    async () => [...outcome.left, ...(await settled(before)), ...secrets.found('/run')],
    (found) =>
      found.length === 0
        ? 'no device, rule, qdisc, process, socket, namespace, file or secret'
        : `${found.length} left`,
  );
  for (const line of left) live.print(`  left: ${line}`);
  return { ...outcome, left };
}

function showLogs(): void {
  for (const name of ['agent-relay', 'cloud-api-adaptor']) {
    const log = readFileSync(`${paths.logs}/${name}.log`, 'utf8');
    process.stderr.write(`--- ${name}\n${log.split('\n').slice(-200).join('\n')}\n`);
  }
}

async function run(settings: Settings): Promise<boolean> {
  const stream = settings.output === 'json' ? process.stderr : process.stdout;
  const screen = {
    isTerminal: stream.isTTY === true,
    columns: stream.columns || 80, // a terminal of unknown width says 0
    write: (text: string) => void stream.write(text),
  };
  using live = new LiveLine(screen, () => performance.now());
  const { pods, left, failure } = await play(settings, live);
  const ok = failure === undefined && left.length === 0 && pods.length === settings.pods;
  if (settings.verbose || !ok) showLogs();
  if (failure !== undefined) process.stderr.write(`${failure instanceof Error ? failure.stack : String(failure)}\n`);
  if (settings.output === 'json') {
    const document = { ok, provider: settings.provider, pods, leftovers: left };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    live.print(ok ? `\nok: ${pods.length} pod(s) lived and left nothing` : '\nFAILED, see above');
  }
  return ok;
}

process.exitCode = (await run(JSON.parse(process.env.DEMO_SETTINGS ?? '{}') as Settings)) ? 0 : 1;
