/**
 * Pods from a pool of warm machines, through real daemons: against a cold one in the same run, over a killed adaptor,
 * until the pool is switched off. Runs in namespaces of its own; prints one JSON document on stdout.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Daemon, paths, startAdaptor, startRelay } from '#dev/demo/daemons.ts';
import { leftovers, takeSnapshot } from '#dev/demo/leftovers.ts';
import { setUpWorkerNode } from '#dev/demo/worker-node.ts';
import { machineIds, machinesDir, poolMsMax, shell, startPod, stopPod, untilPoolIsFull, warmShape } from './worker.ts';

export interface WarmReport {
  readonly coldMs: number;
  readonly warmMs: readonly number[];
  /** Machines before and after the restart of the adaptor, while nothing else happened. */
  readonly machinesBefore: readonly string[];
  readonly machinesAfter: readonly string[];
  /** What a shell in a warm pod sees of the way that it came. */
  readonly inWarmPod: string;
  readonly secretsLeft: readonly string[];
  readonly leftovers: readonly string[];
}

const sizes = ['-qemu-instance-types', warmShape.name];
const pool = [...sizes, '-warm-pool', `${warmShape.name}=1`];

async function restart(adaptor: Daemon, how: 'kill' | 'stop', more: readonly string[]): Promise<Daemon> {
  if (how === 'stop') await adaptor.stop();
  else await adaptor[Symbol.asyncDispose]();
  rmSync(paths.adaptorSocket, { force: true });
  const successor = startAdaptor('qemu', more);
  await successor.ready(paths.adaptorSocket);
  return successor;
}

async function play(): Promise<WarmReport> {
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await setUpWorkerNode();
  const before = await takeSnapshot();
  await using daemons = new AsyncDisposableStack();
  const relay = daemons.use(startRelay());
  await relay.ready(paths.relaySocket);
  let adaptor = daemons.use(startAdaptor('qemu', pool));
  await adaptor.ready(paths.adaptorSocket);
  await untilPoolIsFull(1);
  const cold = await startPod(0, warmShape.memoryMiB + 1);
  const first = await startPod(1, warmShape.memoryMiB);
  const inWarmPod = await shell(first, 'ls /run/peerpod /media/cidata; grep -c PRIVATE /run/peerpod/*; ps');
  await untilPoolIsFull(1);
  const machinesBefore = machineIds();
  adaptor = daemons.use(await restart(adaptor, 'kill', pool));
  await untilPoolIsFull(1);
  const machinesAfter = machineIds();
  const second = await startPod(2, warmShape.memoryMiB);
  for (const life of [cold, first, second]) await stopPod(life);
  // Without a pool in its settings the adaptor ends what is left of one.
  adaptor = daemons.use(await restart(adaptor, 'stop', sizes));
  for (const until = performance.now() + poolMsMax; machineIds().length > 0; await delay(50)) {
    if (performance.now() > until) throw new Error(`machines are left: ${machineIds().join(', ')}`);
  }
  const secretsLeft = existsSync('/run/peerpod/warm') ? readdirSync('/run/peerpod/warm') : [];
  await adaptor.stop();
  await relay.stop();
  for (const folder of ['/run/peerpod/warm', join(paths.stateDir, 'warm')])
    rmSync(folder, { recursive: true, force: true });
  const left = leftovers(before, await takeSnapshot());
  const warmMs = [first.ms, second.ms];
  return { coldMs: cold.ms, warmMs, machinesBefore, machinesAfter, inWarmPod, secretsLeft, leftovers: left };
}

try {
  process.stdout.write(`${JSON.stringify(await play())}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  for (const id of machineIds()) {
    const console = join(machinesDir, id, 'console.log');
    if (existsSync(console)) process.stderr.write(`--- ${id}\n${readFileSync(console, 'utf8').slice(-3000)}\n`);
  }
  const log = join(paths.logs, 'cloud-api-adaptor.log');
  if (existsSync(log)) process.stderr.write(`--- adaptor\n${readFileSync(log, 'utf8').slice(-6000)}\n`);
  process.exitCode = 1;
}
process.exit();
