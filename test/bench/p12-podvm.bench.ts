/** P12: StartVM with real machines, cold and from the warm pool; the image's size, its boot and its memory. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, startAdaptor, startRelay } from '#dev/demo/daemons.ts';
import { setUpWorkerNode } from '#dev/demo/worker-node.ts';
import {
  type Life,
  machineIds,
  shell,
  stampsOf,
  startPod,
  stopPod,
  untilPoolIsFull,
  warmShape,
} from '../podvm/worker.ts';
import type { Bench, BenchContext, BenchRow } from './bench.ts';
import { median } from './statistics.ts';

const coldRounds = 3;
const warmRounds = 2;
const poolSize = 3;
const imageDir = join(import.meta.dirname, '../../podvm/build');
const goals = { ratio: 8, warmMs: 1000, bootMs: 8000, imageMiB: 64, memoryMiB: 256 } as const;

interface Measured {
  readonly coldMs: readonly number[];
  readonly warmMs: readonly number[];
  /** Until the forwarder listens, in seconds since the kernel started. */
  readonly bootS: readonly number[];
  readonly stages: string;
  readonly guestMiB: number;
}

export const bench: Bench = {
  ids: ['P12'],
  title: 'pod VMs: cold and warm machines of QEMU',
  needsNamespaces: true,
  needsCommands: ['qemu-system-x86_64'],
  lacks: () =>
    process.getuid?.() === 0 && existsSync(join(imageDir, 'manifest.json'))
      ? undefined
      : 'needs root and the pod VM image (make podvm)',
  async run(context) {
    return rowsOf(await measure(context), imageMiB());
  },
};

async function measure({ progress }: BenchContext): Promise<Measured> {
  for (const folder of [paths.logs, paths.stateDir, '/run/netns']) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await setUpWorkerNode();
  await using daemons = new AsyncDisposableStack();
  const relay = daemons.use(startRelay());
  await relay.ready(paths.relaySocket);
  const pool = ['-qemu-instance-types', warmShape.name, '-warm-pool', `${warmShape.name}=${poolSize}`];
  const adaptor = daemons.use(startAdaptor('qemu', pool));
  await adaptor.ready(paths.adaptorSocket);
  progress(`${poolSize} machines begin to wait`);
  await untilPoolIsFull(poolSize);
  const cold: Life[] = [];
  const booted: (readonly (readonly [string, number])[])[] = [];
  let guestMiB = Number.NaN;
  let pods = 0;
  for (let round = 0; round < coldRounds; round += 1) {
    progress(`cold machine ${round + 1} of ${coldRounds}`);
    const before = new Set(machineIds());
    const life = await startPod(pods++, warmShape.memoryMiB + 1);
    cold.push(life);
    booted.push(stampsOf(machineIds().find((id) => !before.has(id)) ?? ''));
    guestMiB = usedMiB(await shell(life, 'cat /proc/meminfo'));
    await stopPod(life);
  }
  const warmMs: number[] = [];
  for (let round = 0; round < warmRounds; round += 1) {
    await untilPoolIsFull(poolSize);
    progress(`warm machines, round ${round + 1} of ${warmRounds}`);
    const lives: Life[] = [];
    // One after the other, faster than the pool begins to fill up again.
    for (let claim = 0; claim < poolSize; claim += 1) lives.push(await startPod(pods++, warmShape.memoryMiB));
    warmMs.push(...lives.map(({ ms }) => ms));
    await Promise.all(lives.map(stopPod));
  }
  await adaptor.stop();
  const bootS = booted.map((stamps) => stamps.find(([name]) => name === 'forwarder is ready')?.[1] ?? Number.NaN);
  return { coldMs: cold.map(({ ms }) => ms), warmMs, bootS, stages: stagesOf(booted), guestMiB };
}

/** The median time of each stamp, over the boots. */
function stagesOf(booted: readonly (readonly (readonly [string, number])[])[]): string {
  const names = booted[0]?.map(([name]) => name) ?? [];
  const at = (name: string) => median(booted.map((stamps) => stamps.find(([one]) => one === name)?.[1] ?? Number.NaN));
  return names.map((name) => `${name} ${at(name).toFixed(1)} s`).join(', ');
}

function usedMiB(meminfo: string): number {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1]);
  return (kib('MemTotal') - kib('MemAvailable')) / 1024;
}

function imageMiB(): number {
  const files = (
    JSON.parse(readFileSync(join(imageDir, 'manifest.json'), 'utf8')) as { files: Record<string, { bytes: number }> }
  ).files;
  return (files['podvm.raw.zst']?.bytes ?? Number.NaN) / 1024 / 1024;
}

function rowsOf({ coldMs, warmMs, bootS, stages, guestMiB }: Measured, compressedMiB: number): BenchRow[] {
  const [cold, warm, boot] = [median(coldMs), median(warmMs), 1000 * median(bootS)];
  const slowest = Math.max(...warmMs);
  const row = (name: string, ours: number, reference: number, unit: string, goal: string, holds: boolean) => ({
    ...{ id: 'P12', name, ours, reference, ratio: reference / ours, unit, goal, holds },
  });
  return [
    {
      ...row('StartVM to an answering agent, warm against cold', warm, cold, 'ms', '>= 8x', cold / warm >= goals.ratio),
      note: `cold: ${stages}`,
    },
    row(`slowest of ${warmMs.length} warm starts`, slowest, goals.warmMs, 'ms', '<= 1 s', slowest <= goals.warmMs),
    row('cold boot until the forwarder listens', boot, goals.bootMs, 'ms', '<= 8 s', boot <= goals.bootMs),
    row('image, compressed', compressedMiB, goals.imageMiB, 'MiB', '<= 64 MiB', compressedMiB <= goals.imageMiB),
    row(
      'guest memory in use with an idle pod',
      guestMiB,
      goals.memoryMiB,
      'MiB',
      '<= 256 MiB',
      guestMiB <= goals.memoryMiB,
    ),
  ];
}
