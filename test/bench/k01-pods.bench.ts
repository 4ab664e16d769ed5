/** K1 with a real API server: pods created all at once, and how long the webhook, or one that looks at nothing, has them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mutatePod } from '#domain/admission/mutate.ts';
import { answerReview } from '#domain/admission/review.ts';
import { defaultMutationSettings } from '#domain/admission/settings.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { POD } from '#io/kubernetes/kinds.ts';
import { hasKubernetes } from '../cluster/support/kubernetes-program.ts';
import { applyObject } from '../cluster/support/manifests.ts';
import { holdAddress } from '../cluster/support/service-address.ts';
import { TestCluster } from '../cluster/support/test-cluster.ts';
import { TestCa } from '../support/test-ca.ts';
import type { Bench, BenchContext, BenchRow } from './bench.ts';
import { buildGo } from './compile.ts';
import { interleave } from './interleave.ts';
import { nodeProgram, Program } from './processes.ts';
import { burstPod, burstReview } from './review-of-burst.ts';
import { median, quantile } from './statistics.ts';

const rounds = { rounds: 3, warmUps: 1 };
const pods = 1000;
const ports = { ours: 18_445, reference: 18_446 } as const;
type Name = keyof typeof ports;
const goals = { p99Ms: 50, meanRatio: 1.25 } as const;

interface Burst {
  /** From the request at the webhook's door to its answer there. */
  readonly p99Ms: number;
  /** As the API server has it: with its own client, connections and waits. */
  readonly meanMs: number;
}

export const bench: Bench = {
  ids: ['K1'],
  title: 'webhook: pods created at once through an API server',
  needsNamespaces: true,
  needsCommands: ['go'],
  lacks: () => (hasKubernetes() ? undefined : 'needs a Kubernetes API server (make test builds it)'),
  async run(context) {
    return rowsOf(await measure(context));
  },
};

async function measure({ folder, progress }: BenchContext): Promise<Record<Name, Burst[]>> {
  await using stack = new AsyncDisposableStack();
  progress('starting an API server');
  const cluster = stack.use(
    await TestCluster.start({ apiserverFlags: ['--disable-admission-plugins=ServiceAccount'] }),
  );
  const overhead = { podFixed: { cpu: '250m', memory: '120Mi' } };
  const named = { metadata: { name: 'kata-remote' }, handler: 'kata-remote', overhead };
  await applyObject(cluster.api, { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', ...named });
  const caPem = await startServers(folder, stack);
  const doors = {
    ours: await openDoor(cluster, 'ours', stack),
    reference: await openDoor(cluster, 'reference', stack),
  };
  const burst = async (name: Name, label: string): Promise<Burst> => {
    await pointAt(cluster, name, caPem, doors[name]);
    const before = await admissionOf(cluster, name);
    await createAtOnce(cluster, label);
    const after = await admissionOf(cluster, name);
    const timesMs = (await doors[name].take()).map((us) => us / 1000);
    if (timesMs.length < pods * 0.9) throw new Error(`the door saw ${timesMs.length} calls of ${pods} only`);
    const meanMs = ((after.seconds - before.seconds) * 1000) / (after.count - before.count);
    return { p99Ms: quantile(timesMs, 0.99), meanMs };
  };
  return await interleave<Name, Burst>(
    { ours: (round) => burst('ours', `ours-${round}`), reference: (round) => burst('reference', `reference-${round}`) },
    { ...rounds, onRound: (round) => progress(`${pods} pods, round ${round}`) },
  );
}

async function startServers(folder: string, stack: AsyncDisposableStack) {
  const ca = await TestCa.create('bench');
  const { certPem, keyPem } = await ca.issue('*.default.svc');
  const { body } = answerReview(burstReview(), (pod, namespace) => mutatePod(pod, namespace, defaultMutationSettings));
  const files = { 'tls.crt': certPem, 'tls.key': keyPem, answer: body };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  const listen = ['-bind-address', `127.0.0.1:${ports.ours}`, '-metrics-bind-address', '0'];
  const health = ['-health-probe-bind-address', '127.0.0.1:0'];
  const ours = nodeProgram('../../src/daemons/webhook/main.ts');
  stack.use(await Program.start([...ours, '-cert-dir', folder, ...listen, ...health]));
  const constant = [...nodeProgram('reference/constant-answers.ts'), folder, String(ports.reference)];
  stack.use(await Program.start([...constant, join(folder, 'answer')]));
  return ca.certPem;
}

/** A Service, and at its address the door to the webhook. */
async function openDoor(cluster: TestCluster, name: Name, stack: AsyncDisposableStack): Promise<Door> {
  const service = { metadata: { name, namespace: 'default' }, spec: { ports: [{ port: 443 }] } };
  const { spec } = await applyObject<KubeObject>(cluster.api, { apiVersion: 'v1', kind: 'Service', ...service });
  const { clusterIP = '' } = (spec ?? {}) as { readonly clusterIP?: string };
  holdAddress(clusterIP);
  return stack.use(await Door.open(`${clusterIP}:443`, `127.0.0.1:${ports[name]}`));
}

/** One configuration, which leads elsewhere at each turn. */
async function pointAt(cluster: TestCluster, name: Name, caPem: string, door: Door): Promise<void> {
  const service = { name, namespace: 'default', path: '/mutate-v1-pod' };
  await applyObject(cluster.api, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'peerpods-webhook' },
    webhooks: [
      {
        name: `${name}.peerpods.io`,
        clientConfig: { service, caBundle: Buffer.from(caPem).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 10,
      },
    ],
  });
  // A server that watches hears of it in a while.
  for (let tries = 0; tries < 100; tries += 1) {
    await cluster.api.create(podNamed(`probe-${name}-${process.hrtime.bigint()}`), POD);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if ((await door.take()).length > 0) return;
  }
  throw new Error('the API server does not come to the webhook');
}

function podNamed(name: string): KubeObject {
  return burstPod({ name, namespace: 'default' });
}

async function createAtOnce(cluster: TestCluster, label: string): Promise<void> {
  const made = await Promise.all(
    Array.from({ length: pods }, (_, n) => cluster.api.create(podNamed(`${label}-${n}`), POD)),
  );
  const limits = made.map(({ spec }) => {
    const { containers = [] } = spec as { readonly containers?: readonly { resources?: { limits?: object } }[] };
    return containers[0]?.resources?.limits ?? {};
  });
  const untouched = limits.filter((limit) => !('kata.peerpods.io/vm' in limit)).length;
  if (untouched > 0) throw new Error(`${untouched} of ${pods} pods were not mutated`);
}

/** The API server's own measure of this webhook's calls. */
async function admissionOf(cluster: TestCluster, name: Name): Promise<{ seconds: number; count: number }> {
  const { certPem, keyPem } = await cluster.files.clientPair('bench', ['system:masters']);
  const trust = { cert: certPem, key: keyPem, ca: cluster.files.caPem };
  const text = await new Promise<string>((resolve, reject) => {
    const request = https.get(`${cluster.server}/metrics`, trust, (response) => {
      let all = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        all += part;
      });
      response.once('end', () => resolve(all));
    });
    request.once('error', reject);
  });
  const metric = 'apiserver_admission_webhook_admission_duration_seconds';
  const read = (suffix: string) => {
    const line = text.split('\n').find((one) => one.startsWith(`${metric}_${suffix}{`) && one.includes(`"${name}.`));
    return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0);
  };
  return { seconds: read('sum'), count: read('count') };
}

/** Keeps time between the API server and a webhook, as a process of its own. */
class Door implements Disposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  static async open(address: string, target: string): Promise<Door> {
    const program = buildGo('load/review-door');
    if (program === undefined) throw new Error('the door could not be built');
    const child = spawn(program, [address, target], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    if ((await lines.next()).value !== 'ready') throw new Error('the door does not open');
    return new Door(child, lines);
  }

  /** Times of the calls since the last time, µs. */
  async take(): Promise<readonly number[]> {
    this.#child.stdin?.write('\n');
    const { value } = await this.#lines.next();
    return (JSON.parse(String(value)) as { timesUs: number[] }).timesUs;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

function rowsOf({ ours, reference }: Record<Name, Burst[]>): BenchRow[] {
  const row = (name: string, figure: keyof Burst, goal: string, holds: (own: number, ratio: number) => boolean) => {
    const [own, other] = [ours, reference].map((bursts) => median(bursts.map((burst) => burst[figure]))) as [
      number,
      number,
    ];
    const ratio = own / other;
    return { id: 'K1', name, ours: own, reference: other, ratio, unit: 'ms', goal, holds: holds(own, ratio) };
  };
  return [
    row(`${pods} pods at once through an API server, p99 at the webhook`, 'p99Ms', `<= ${goals.p99Ms} ms`, (own) => {
      return own <= goals.p99Ms;
    }),
    row('the same as the API server has it, mean', 'meanMs', `<= ${goals.meanRatio} x`, (_, ratio) => {
      return ratio <= goals.meanRatio;
    }),
  ];
}
