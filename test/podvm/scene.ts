/**
 * Two pods in machines of their own, from CreateVM to StopVM, on a worker whose adaptor is killed meanwhile.
 * Runs in namespaces of its own; prints one JSON document on stdout and what it does on stderr.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Daemon, paths, startAdaptor, startRelay } from '#dev/demo/daemons.ts';
import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { addPod, removePod, setUpWorkerNode, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';

const settleMs = 10_000;
const workloadPort = 8080;
const machines = join(paths.stateDir, 'providers/qemu');

export interface SceneReport {
  readonly steps: readonly { readonly name: string; readonly ms: number }[];
  /** Of each pod's guest: seconds since its kernel started. */
  readonly stamps: readonly string[][];
  readonly kernels: readonly string[];
  readonly workerKernel: string;
  readonly answers: readonly string[];
  /** What pod 0 got from pod 1, and pod 1 from pod 0. */
  readonly neighbours: readonly string[];
  readonly execDuringOutage: string;
  readonly execAfterRestart: string;
  readonly leftovers: readonly string[];
}

const steps: { name: string; ms: number }[] = [];

async function step<T>(name: string, body: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await body();
  } finally {
    const ms = Math.round(performance.now() - started);
    steps.push({ name, ms });
    process.stderr.write(`${String(ms).padStart(6)} ms  ${name}\n`);
  }
}

interface Life {
  readonly pod: WorkerPod;
  readonly sandboxId: string;
  readonly agent: Agent;
  readonly containerId: string;
}

async function startPod(pod: WorkerPod): Promise<Life> {
  const shim = new Hypervisor(paths.hypervisorSocket);
  const sandboxId = randomBytes(32).toString('hex');
  const request = { id: sandboxId, podName: pod.name, podNamespace: 'test', netnsPath: pod.netnsPath };
  const agentSocket = await step(`${pod.name}: CreateVM`, () => shim.createVm(request));
  await step(`${pod.name}: StartVM`, () => shim.startVm(sandboxId));
  const agent = await Agent.dial(agentSocket);
  const containerId = `${sandboxId.slice(0, 56)}-web`;
  await step(`${pod.name}: containers`, async () => {
    await agent.createSandbox(pod.name, sandboxId);
    await agent.createContainer(containerId, ['demo-workload'], [`POD_NAME=${pod.name}`]);
    await agent.startContainer(containerId);
    await agent.readStdout({ containerId, execId: containerId }); // it listens
  });
  return { pod, sandboxId, agent, containerId };
}

let execs = 0;

/** What a shell in the pod says. */
async function shell({ agent, containerId }: Life, script: string): Promise<string> {
  execs += 1;
  const target = { containerId, execId: `exec-${execs}` };
  await agent.exec(target, ['sh', '-c', script]);
  const { text } = await agent.readAllStdout(target);
  const code = await agent.waitProcess(target);
  if (code !== 0) throw new Error(`${script}: exit code ${code}, ${text}`);
  return text.trim();
}

function httpGet(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: address, port: workloadPort, timeout: 30_000 }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString('utf8');
      });
      response.on('end', () => resolve(body.trim()));
    }).on('error', reject);
  });
}

async function killAndRestart(lives: readonly Life[], adaptor: Daemon) {
  const [first] = lives;
  if (!first) throw new Error('no pod');
  await step('kill -9 of the adaptor', () => adaptor[Symbol.asyncDispose]());
  rmSync(paths.adaptorSocket); // so that the successor's is told from it
  const execDuringOutage = await step('exec while it is away', () => shell(first, 'echo still here'));
  const successor = startAdaptor('qemu');
  await step('the adaptor again', () => successor.ready(paths.adaptorSocket));
  const execAfterRestart = await step('exec after its restart', () => shell(first, 'echo and still'));
  return { successor, execDuringOutage, execAfterRestart };
}

async function stopPod({ pod, sandboxId, agent }: Life): Promise<void> {
  await agent[Symbol.asyncDispose]();
  await step(`${pod.name}: StopVM`, () => new Hypervisor(paths.hypervisorSocket).stopVm(sandboxId));
}

function stampsOfMachines(): string[][] {
  return readdirSync(machines)
    .filter((name) => existsSync(join(machines, name, 'console.log')))
    .map((name) => {
      const text = readFileSync(join(machines, name, 'console.log'), 'utf8');
      return [...text.matchAll(/\[podvm\] ([^\r\n]*)/g)].map(([, line]) => line ?? '');
    });
}

async function leftAfterSettling(before: ReadonlySet<string>): Promise<string[]> {
  for (const until = performance.now() + settleMs; ; ) {
    const left = leftovers(before, await takeSnapshot());
    if (left.length === 0 || performance.now() > until) return left;
    await delay(50);
  }
}

async function play(): Promise<SceneReport> {
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await step('worker node', setUpWorkerNode);
  const before = await takeSnapshot();
  await using daemons = new AsyncDisposableStack();
  const relay = daemons.use(startRelay());
  await relay.ready(paths.relaySocket);
  const adaptor = daemons.use(startAdaptor('qemu'));
  await step('daemons', () => adaptor.ready(paths.adaptorSocket));
  const pods = [await addPod(0), await addPod(1)];
  const lives = await Promise.all(pods.map(startPod));
  const stamps = stampsOfMachines();
  const [one, other] = lives as [Life, Life];
  const kernels = await Promise.all(lives.map((life) => shell(life, 'uname -r')));
  const answers = await step('HTTP from the worker', () => Promise.all(pods.map(({ address }) => httpGet(address))));
  const fetchFrom = (life: Life, { address }: WorkerPod) =>
    shell(life, `timeout 20 wget -q -O - http://${address}:${workloadPort}/`);
  const neighbours = await step('HTTP from pod to pod', () =>
    Promise.all([fetchFrom(one, other.pod), fetchFrom(other, one.pod)]),
  );
  const { successor, ...execs } = await killAndRestart(lives, adaptor);
  daemons.use(successor);
  await Promise.all(lives.map(stopPod));
  for (const pod of pods) await removePod(pod);
  await successor.stop();
  await relay.stop();
  const left = await step('nothing left', () => leftAfterSettling(before));
  const workerKernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  return { steps, stamps, kernels, workerKernel, answers, neighbours, ...execs, leftovers: left };
}

try {
  process.stdout.write(`${JSON.stringify(await play())}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  for (const name of existsSync(machines) ? readdirSync(machines) : []) {
    const console = join(machines, name, 'console.log');
    if (existsSync(console)) process.stderr.write(`--- ${name}\n${readFileSync(console, 'utf8').slice(-4000)}\n`);
  }
  const log = join(paths.logs, 'cloud-api-adaptor.log');
  if (existsSync(log)) process.stderr.write(`--- adaptor\n${readFileSync(log, 'utf8').slice(-6000)}\n`);
  process.exitCode = 1;
}
