/** One pod's life as the shim drives it, with what a user of the pod sees on the way. */

import { randomBytes } from 'node:crypto';
import { get, Agent as HttpAgent } from 'node:http';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';
import { paths } from './daemons.ts';
import { type LiveLine, Progress, type StepRecord } from './progress.ts';
import type { WorkerPod } from './worker-node.ts';
import { workloadCommand } from './workload-command.ts';

export interface PodReport {
  readonly number: number;
  readonly name: string;
  readonly steps: readonly StepRecord[];
  readonly http: { readonly status: number; readonly body: string };
  readonly exec: { readonly stdout: string; readonly exitCode: number };
}

const port = 8080;
/** All pods together, so that twenty of them do not take twenty times as long. */
const throughputBytesTotal = 32 * 1024 * 1024;
const roundTripsTotal = 400;

export interface Effort {
  readonly throughputBytes: number;
  readonly roundTrips: number;
}

/** What each of `pods` pods measures. */
export function effortFor(pods: number): Effort {
  const share = Math.ceil(throughputBytesTotal / pods / 65_536) * 65_536;
  return { throughputBytes: Math.max(share, 1024 * 1024), roundTrips: Math.max(Math.ceil(roundTripsTotal / pods), 20) };
}

interface HttpReply {
  readonly status: number;
  readonly body: string;
  readonly bytes: number;
}

function httpGet(address: string, path: string, agent: HttpAgent): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const request = get({ host: address, port, path, agent, timeout: 30_000 }, (response) => {
      let bytes = 0;
      let body = '';
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= 64 * 1024) body += chunk.toString('utf8');
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, bytes }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer from ${address}${path}`)));
    request.on('error', reject);
  });
}

/** Median of `count` timings of `body`, in µs. */
async function medianUs(count: number, body: () => Promise<unknown>): Promise<number> {
  const timings: number[] = [];
  for (let run = 0; run < count; run += 1) {
    const started = performance.now();
    await body();
    timings.push((performance.now() - started) * 1000);
  }
  timings.sort((a, b) => a - b);
  return Math.round(timings[Math.floor(count / 2)] ?? 0);
}

async function megabytesPerSecond(bytes: number, body: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await body();
  return Math.round(bytes / 1e3 / (performance.now() - started));
}

async function measureTunnel(pod: WorkerPod, { throughputBytes, roundTrips }: Effort) {
  using http = {
    agent: new HttpAgent({ keepAlive: true, maxSockets: 1 }),
    [Symbol.dispose]() {
      this.agent.destroy();
    },
  };
  const roundTripUs = await medianUs(roundTrips, () => httpGet(pod.address, '/', http.agent));
  const rate = await megabytesPerSecond(throughputBytes, async () => {
    const reply = await httpGet(pod.address, `/bytes?count=${throughputBytes}`, http.agent);
    if (reply.bytes !== throughputBytes) throw new Error(`${reply.bytes} of ${throughputBytes} bytes came`);
  });
  return { roundTripUs, megabytesPerSecond: rate };
}

async function measureRelay(agent: Agent, containerId: string, { throughputBytes, roundTrips }: Effort) {
  const roundTripUs = await medianUs(roundTrips, () => agent.check());
  const target = { containerId, execId: 'throughput' };
  await agent.exec(target, ['head', '-c', String(throughputBytes), '/dev/zero']);
  const rate = await megabytesPerSecond(throughputBytes, async () => {
    const { bytes } = await agent.readAllStdout(target);
    if (bytes !== throughputBytes) throw new Error(`${bytes} of ${throughputBytes} bytes came`);
  });
  await agent.waitProcess(target);
  return { roundTripUs, megabytesPerSecond: rate };
}

async function execInPod(agent: Agent, containerId: string) {
  const target = { containerId, execId: 'greeting' };
  await agent.exec(target, ['sh', '-c', 'echo hello from an exec; exit 7']);
  const { text } = await agent.readAllStdout(target);
  return { stdout: text, exitCode: await agent.waitProcess(target) };
}

async function useAgent(agent: Agent, pod: WorkerPod, sandboxId: string, progress: Progress, effort: Effort) {
  const pause = `${sandboxId.slice(0, 56)}-pause`;
  const web = `${sandboxId.slice(0, 56)}-web`;
  await progress.step('Health.Check', () => agent.check());
  await progress.step('CreateSandbox', () => agent.createSandbox(pod.name, sandboxId));
  await progress.step('pause container', async () => {
    await agent.createContainer(pause, ['/pause']);
    await agent.startContainer(pause);
  });
  const pauseEnd = agent.waitProcess({ containerId: pause, execId: pause });
  pauseEnd.catch(() => {}); // judged at the end of the pod's life
  await progress.step('CreateContainer, StartContainer', async () => {
    await agent.createContainer(web, workloadCommand(process.env.DEMO_SETTINGS), [
      `POD_NAME=${pod.name}`,
      'PATH=/usr/bin:/bin',
    ]);
    await agent.startContainer(web);
  });
  const webProcess = { containerId: web, execId: web };
  await progress.step('ReadStdout', async () =>
    Buffer.from(await agent.readStdout(webProcess))
      .toString('utf8')
      .trim(),
  );
  const oneShot = new HttpAgent({ keepAlive: false });
  const http = await progress.step(
    `GET http://${pod.address}:${port}/`,
    () => httpGet(pod.address, '/', oneShot),
    (reply) => `${reply.status} ${reply.body.trim()}`,
  );
  const exec = await progress.step(
    'ExecProcess',
    () => execInPod(agent, web),
    (result) => `exit code ${result.exitCode}, ${JSON.stringify(result.stdout)}`,
  );
  const rates = (rate: { roundTripUs: number; megabytesPerSecond: number }) =>
    `round trip ${rate.roundTripUs} µs, ${rate.megabytesPerSecond} MB/s`;
  await progress.step('tunnel: HTTP', () => measureTunnel(pod, effort), rates);
  await progress.step('relay: Check, ReadStdout', () => measureRelay(agent, web, effort), rates);
  const killed = await progress.step(
    'SignalProcess, WaitProcess',
    async () => {
      await agent.signal(webProcess, 9);
      return await agent.waitProcess(webProcess);
    },
    (status) => `status ${status}`,
  );
  await progress.step('DestroySandbox', async () => {
    await agent.removeContainer(web);
    await agent.destroySandbox();
  });
  if (http.status !== 200) throw new Error(`HTTP status ${http.status}`);
  if (exec.exitCode !== 7 || exec.stdout === '') throw new Error(`the exec gave ${JSON.stringify(exec)}`);
  if (killed !== 137) throw new Error(`the killed container gave status ${killed}`);
  return { http: { status: http.status, body: http.body }, exec };
}

/** Throws when anything in the pod's life is not as it should be. */
export async function runPod(pod: WorkerPod, live: LiveLine, effort: Effort, seen: () => void): Promise<PodReport> {
  const progress = new Progress(pod.name, live);
  const shim = new Hypervisor(paths.hypervisorSocket);
  const id = randomBytes(32).toString('hex');
  const request = { id, podName: pod.name, podNamespace: 'demo', netnsPath: pod.netnsPath };
  const agentSocket = await progress.step('CreateVM', () => shim.createVm(request));
  try {
    await progress.step('StartVM', () => shim.startVm(id));
    seen();
    await using agent = await Agent.dial(agentSocket);
    const outcome = await useAgent(agent, pod, id, progress, effort);
    return { number: pod.number, name: pod.name, steps: progress.steps, ...outcome };
  } finally {
    await progress.step('StopVM', () => shim.stopVm(id));
  }
}
