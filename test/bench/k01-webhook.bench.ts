/** K1: a burst of pods through the webhook, from Go's HTTP client as the API server has it, to a server that looks at nothing. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutatePod } from '#domain/admission/mutate.ts';
import { answerReview } from '#domain/admission/review.ts';
import { defaultMutationSettings } from '#domain/admission/settings.ts';
import { TestCa } from '../support/test-ca.ts';
import type { Bench, BenchRow } from './bench.ts';
import { buildGo } from './compile.ts';
import { interleave } from './interleave.ts';
import { nodeProgram, output, Program } from './processes.ts';
import { burstReview } from './review-of-burst.ts';
import { median, quantile } from './statistics.ts';

const rounds = { rounds: 5, warmUps: 1 };
const burst = 1000;
/** The server has one CPU for itself. */
const [serverCpu, callerCpu] = [0, 1];
const ports = { ours: 18_443, reference: 18_444 } as const;
type Name = keyof typeof ports;

interface Run {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export const bench: Bench = {
  ids: ['K1'],
  title: 'webhook: a burst of pods',
  needsNamespaces: false,
  needsCommands: ['go'],
  async run({ folder, progress }) {
    await using stack = new AsyncDisposableStack();
    const load = buildGo('load/review-load');
    if (load === undefined) throw new Error('the load generator could not be built');
    progress('starting servers');
    const { servers, args } = await startServers(folder, stack);
    const run = async (name: Name, atOnce: number): Promise<Run> => {
      const before = cpuMs(servers[name].pid);
      const address = ['-url', `https://localhost:${ports[name]}/mutate-v1-pod?timeout=10s`];
      const text = await output([load, ...address, ...args, '-count', String(burst), '-at-once', String(atOnce)], {
        cpu: callerCpu,
      });
      const times = (JSON.parse(text) as { timesUs: number[] }).timesUs.map((us) => us / 1000);
      const cpuUs = ((cpuMs(servers[name].pid) - before) * 1000) / burst;
      return { p50Ms: median(times), p99Ms: quantile(times, 0.99), cpuUs };
    };
    const compare = (atOnce: number) =>
      interleave<Name, Run>(
        { ours: () => run('ours', atOnce), reference: () => run('reference', atOnce) },
        { ...rounds, onRound: (round) => progress(`${atOnce} at once, round ${round}`) },
      );
    return rowsOf(await compare(50), await compare(200));
  },
};

async function startServers(folder: string, stack: AsyncDisposableStack) {
  const ca = await TestCa.create('bench');
  const { certPem, keyPem } = await ca.issue('localhost');
  const review = burstReview();
  const { body } = answerReview(review, (pod, namespace) => mutatePod(pod, namespace, defaultMutationSettings));
  const files = { 'tls.crt': certPem, 'tls.key': keyPem, 'ca.pem': ca.certPem, review, answer: body };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const options = ['-cert-dir', folder, '-bind-address', `127.0.0.1:${ports.ours}`, '-metrics-bind-address', '0'];
  const ours = [
    ...nodeProgram('../../src/daemons/webhook/main.ts'),
    ...options,
    '-health-probe-bind-address',
    '127.0.0.1:0',
  ];
  const reference = [...nodeProgram('reference/constant-answers.ts'), folder, String(ports.reference)];
  const servers = {
    ours: stack.use(await Program.start(ours, { cpu: serverCpu })),
    reference: stack.use(await Program.start([...reference, join(folder, 'answer')], { cpu: serverCpu })),
  };
  return { servers, args: ['-ca', join(folder, 'ca.pem'), '-review', join(folder, 'review')] };
}

function rowsOf(fifty: Record<Name, Run[]>, twoHundred: Record<Name, Run[]>): BenchRow[] {
  const of = (runs: Run[], figure: keyof Run) => median(runs.map((run) => run[figure]));
  const row = (name: string, runs: Record<Name, Run[]>, figure: keyof Run, unit: string, most: Bound): BenchRow => {
    const [ours, reference] = [of(runs.ours, figure), of(runs.reference, figure)];
    const ratio = ours / reference;
    const isRatio = most.ratio !== undefined;
    const holds = isRatio ? ratio <= (most.ratio ?? 0) : ours <= (most.value ?? 0);
    const goal = isRatio ? `<= ${most.ratio} x` : `<= ${most.value} ${unit}`;
    return { id: 'K1', name, ours, reference, ratio, unit, goal, holds };
  };
  return [
    row(`${burst} reviews, 50 at once, p99`, fifty, 'p99Ms', 'ms', { value: 50 }),
    row(`${burst} reviews, 200 at once, p99, to the same answer for all`, twoHundred, 'p99Ms', 'ms', {
      ratio: 1.5,
    }),
    row('CPU of a review, to the same answer for all', fifty, 'cpuUs', 'µs', { ratio: 3 }),
  ];
}

interface Bound {
  readonly value?: number;
  readonly ratio?: number;
}
