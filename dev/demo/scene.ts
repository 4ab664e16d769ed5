/** The scene itself, inside its namespaces: a worker node, its daemons, pods, and the check that nothing is left. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { paths, startAdaptor, startRelay } from './daemons.ts';
import { leftovers, takeSnapshot } from './leftovers.ts';
import { effortFor, type PodReport, runPod } from './pod-life.ts';
import { LiveLine, Progress } from './progress.ts';
import { SecretWatch } from './secrets.ts';
import { addPod, removePod, setUpWorkerNode } from './worker-node.ts';

interface Settings {
  readonly pods: number;
  readonly output: 'text' | 'json';
  readonly provider: string;
  readonly verbose: boolean;
}

/** In emulation TLS is a hundred times slower: fewer bytes show as much. */
const emulationFactor = 16;

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

interface Outcome {
  readonly pods: PodReport[];
  readonly left: string[];
  failure: unknown;
}

/** Each pod's whole life, all at once. What came of them is in `outcome`, even if they do not all come to their end. */
async function livePods(settings: Settings, live: LiveLine, secrets: SecretWatch, outcome: Outcome): Promise<void> {
  const effort = effortFor(settings.pods * (settings.provider === 'qemu' ? emulationFactor : 1));
  const lives = Array.from({ length: settings.pods }, async (_, index) => {
    const pod = await addPod(index);
    try {
      outcome.pods.push(await runPod(pod, live, effort, () => secrets.learn(paths.podsDir)));
    } finally {
      outcome.left.push(...(await removePod(pod)));
    }
  });
  const failed = (await Promise.allSettled(lives)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  // Keys are in files from CreateVM to StopVM; the search for them later is worth nothing if none was ever seen.
  if (secrets.count === 0) throw new Error('no key was seen while pods lived: nothing to search for');
}

async function play(settings: Settings, live: LiveLine, outcome: Outcome): Promise<void> {
  const progress = new Progress('worker', live);
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await progress.step('worker node and pod network', setUpWorkerNode);
  const before = await takeSnapshot();
  const secrets = new SecretWatch();
  {
    await using relay = startRelay();
    await progress.step('agent-relay', () => relay.ready(paths.relaySocket));
    await using adaptor = startAdaptor(settings.provider);
    await progress.step('cloud-api-adaptor', () => adaptor.ready(paths.adaptorSocket));
    // A daemon that dies would leave its pods waiting for it.
    await Promise.race([livePods(settings, live, secrets, outcome), adaptor.died, relay.died]);
    await progress.step('daemons stop', async () => {
      await adaptor.stop();
      await relay.stop();
    });
  }
  outcome.left.push(
    ...(await progress.step(
      'nothing left behind',
      async () => [...(await settled(before)), ...secrets.found('/run')],
      (found) =>
        found.length + outcome.left.length === 0
          ? 'no device, rule, qdisc, process, socket, namespace, file or secret'
          : `${found.length + outcome.left.length} left`,
    )),
  );
}

function showLogs(): void {
  for (const name of ['agent-relay', 'cloud-api-adaptor']) {
    const path = `${paths.logs}/${name}.log`;
    const log = existsSync(path) ? readFileSync(path, 'utf8') : '(it was never started)';
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
  const outcome: Outcome = { pods: [], left: [], failure: undefined };
  try {
    await play(settings, live, outcome);
  } catch (error) {
    outcome.failure = error;
  }
  const { pods, left, failure } = outcome;
  pods.sort((a, b) => a.number - b.number);
  for (const line of left) live.print(`  left: ${line}`);
  const ok = failure === undefined && left.length === 0 && pods.length === settings.pods;
  if (settings.verbose || !ok) showLogs();
  if (failure !== undefined) process.stderr.write(`${failure instanceof Error ? failure.stack : String(failure)}\n`);
  if (settings.output === 'json') {
    const reports = pods.map(({ name, steps, http, exec }) => ({ name, steps, http, exec }));
    const document = { ok, provider: settings.provider, pods: reports, leftovers: left };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    live.print(ok ? `\nok: ${pods.length} pod(s) lived and left nothing` : '\nFAILED, see above');
  }
  return ok;
}

const ok = await run(JSON.parse(process.env.DEMO_SETTINGS ?? '{}') as Settings);
// Not exitCode alone: after a failure pods may still wait for a daemon that is gone. The kernel clears up after us.
process.exit(ok ? 0 : 1);
