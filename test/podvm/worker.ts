/** A worker with real daemons and QEMU machines, for scenes in namespaces of their own. */

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { paths } from '#dev/demo/daemons.ts';
import { addPod, removePod, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Agent, Hypervisor } from '#dev/shim/shim.ts';

export const machinesDir = join(paths.stateDir, 'providers/qemu');
export const poolMsMax = 120_000;
/** The pool's machines; a pod that asks for more memory gets a cold one. */
export const warmShape = { name: '1x512', memoryMiB: 512 } as const;

export const machineIds = () => (existsSync(machinesDir) ? readdirSync(machinesDir).toSorted() : []);

/** Names and times that the guest told on its console, in seconds since its kernel started. */
export function stampsOf(machineId: string): readonly (readonly [string, number])[] {
  const file = join(machinesDir, machineId, 'console.log');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [...text.matchAll(/\[podvm\] ([\d.]+) ([^\r\n]*)/g)].map(([, time, name]) => [name ?? '', Number(time)]);
}

/** From the adaptor's own metrics. */
export async function untilPoolIsFull(count: number): Promise<void> {
  const line = `peerpods_warm_pod_vms{shape="${warmShape.name}",state="waiting"} ${count}`;
  for (const until = performance.now() + poolMsMax; ; await delay(100)) {
    const metrics = await fetch('http://127.0.0.1:8000/metrics').then(
      (response) => response.text(),
      () => '',
    );
    if (metrics.includes(line)) return;
    if (performance.now() > until) throw new Error(`the pool was not full in ${poolMsMax} ms\n${metrics}`);
  }
}

export interface Life {
  readonly pod: WorkerPod;
  readonly sandboxId: string;
  readonly agent: Agent;
  /** From StartVM to an answer of the agent. */
  readonly ms: number;
}

export async function startPod(index: number, memoryMiB: number): Promise<Life> {
  const pod = await addPod(index);
  const shim = new Hypervisor(paths.hypervisorSocket);
  const sandboxId = randomBytes(32).toString('hex');
  const request = { id: sandboxId, podName: pod.name, podNamespace: 'test', netnsPath: pod.netnsPath, memoryMiB };
  const socket = await shim.createVm(request);
  const started = performance.now();
  await shim.startVm(sandboxId);
  const agent = await Agent.dial(socket);
  await agent.check();
  const ms = Math.round(performance.now() - started);
  return { pod, sandboxId, agent, ms };
}

/** What a shell in a container of its own says. */
export async function shell({ agent, sandboxId }: Life, script: string): Promise<string> {
  const containerId = `${sandboxId.slice(0, 50)}-${randomBytes(4).toString('hex')}`;
  await agent.createContainer(containerId, ['sh', '-c', script]);
  await agent.startContainer(containerId);
  const target = { containerId, execId: containerId };
  const { text } = await agent.readAllStdout(target);
  await agent.waitProcess(target);
  return text.trim();
}

export async function stopPod({ pod, sandboxId, agent }: Life): Promise<void> {
  await agent[Symbol.asyncDispose]();
  await new Hypervisor(paths.hypervisorSocket).stopVm(sandboxId);
  await removePod(pod);
}
