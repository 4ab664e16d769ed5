/** S4: what a change costs the controller among 150,000 PeerPods, against 1000; its memory, and a whole list anew. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeClusterFiles } from '../cluster/support/cluster-files.ts';
import { freePort } from '../cluster/support/test-cluster.ts';
import type { Bench } from './bench.ts';
import { PeerPodStream } from './peer-pod-stream.ts';
import { residentMiB } from './process-accounting.ts';
import { median } from './statistics.ts';

const few = 1000;
const many = 150_000;
const events = 20_000;
const rounds = 3;
const settleMs = 3000;
const main = join(import.meta.dirname, '../../src/daemons/controller/main.ts');

/** Of a process, in user mode and in the kernel, seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Figures {
  readonly listSeconds: number;
  readonly residentMiB: number;
  readonly eventMicroseconds: number;
}

async function measure(folder: string, count: number): Promise<Figures> {
  const [port, healthPort] = [await freePort(), await freePort()];
  const server = `https://127.0.0.1:${port}`;
  const files = await writeClusterFiles(folder, server);
  const pair = {
    certPem: readFileSync(files.path('server.crt'), 'utf8'),
    keyPem: readFileSync(files.path('server.key'), 'utf8'),
  };
  await using stream = await PeerPodStream.open(pair, count, port);
  const flags = [
    '-image',
    'x',
    '-kubeconfig',
    files.adminKubeconfig,
    '-health-port',
    String(healthPort),
    '-log-level',
    'error',
  ];
  const child = spawn(process.execPath, [main, ...flags, '-leader-elect=false', '-sweep', 'off'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { pid = 0 } = child;
  try {
    await stream.watching;
    const listSeconds = cpuSeconds(pid); // since its start; the time on the clock is the stream's and the neighbours' as well
    await stream.change(events); // the compiler's turn
    await delay(settleMs);
    const before = cpuSeconds(pid);
    await stream.change(events);
    const cpu = cpuSeconds(pid) - before;
    return { listSeconds, residentMiB: residentMiB(pid), eventMicroseconds: (cpu / events) * 1e6 };
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

export const bench: Bench = {
  ids: ['S4'],
  title: 'controller: 150,000 PeerPods',
  needsNamespaces: false,
  async run({ folder, progress }) {
    const found = new Map<number, Figures[]>([
      [few, []],
      [many, []],
    ]);
    for (let round = 0; round < rounds; round += 1) {
      for (const [count, figures] of found) {
        progress(`${count} PeerPods, round ${round + 1} of ${rounds}`);
        figures.push(await measure(folder, count));
      }
    }
    const of = (count: number, field: keyof Figures) => median((found.get(count) ?? []).map((one) => one[field]));
    const [cost, reference] = [of(many, 'eventMicroseconds'), of(few, 'eventMicroseconds')];
    const row = (name: string, field: keyof Figures, unit: string, bound: number) => {
      const [ours, small] = [of(many, field), of(few, field)];
      return {
        id: 'S4',
        name,
        ours,
        reference: small,
        ratio: ours / small,
        unit,
        goal: `<= ${bound} ${unit}`,
        holds: ours <= bound,
      };
    };
    return [
      {
        ...{ id: 'S4', name: `CPU of a change among ${many} PeerPods`, ours: cost, reference, ratio: cost / reference },
        ...{ unit: 'us', goal: '<= 1.5 x that among 1000', holds: cost <= 1.5 * reference },
      },
      row(`memory at ${many} PeerPods`, 'residentMiB', 'MiB', 600),
      row(`CPU from the start to all ${many} listed`, 'listSeconds', 's', 30),
    ];
  },
};
