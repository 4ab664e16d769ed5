/** P1: the worker's end of a tunnel through our netlink package, against the same six steps as ip and tc processes. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  addIngressQdisc,
  addRedirectFilter,
  createNetns,
  deleteNetns,
  execute,
  getLink,
  netlink,
  newLink,
  openNetns,
  query,
  throwFirstError,
} from '@peerpods/netlink';
import type { BenchRow } from './main.ts';

const rounds = 60;
const warmUps = 5;
const folder = `/tmp/bench-${randomBytes(4).toString('hex')}`;

async function inPod<T>(round: number, body: (path: string) => Promise<T>): Promise<T> {
  const path = `${folder}/${round}`;
  await createNetns(path);
  try {
    {
      using netns = openNetns(path);
      await execute(netlink, netns, [newLink({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'peer' } })]);
    }
    return await body(path);
  } finally {
    await deleteNetns(path);
  }
}

async function ours(path: string, vni: number): Promise<number> {
  using netns = openNetns(path);
  const [eth0] = await query(netlink, netns, getLink({ name: 'eth0' }));
  const from = eth0?.index ?? 0;
  const index = 100_000 + vni;
  const started = performance.now();
  const vxlan = { vni, remote: '192.0.2.1', port: 4789 };
  const replies = await netlink.exchange([
    { family: 'route', messages: [newLink({ kind: 'vxlan', name: 'vxlan1', index, up: true, netns, vxlan })] },
    {
      netns,
      family: 'route',
      messages: [
        addIngressQdisc(from),
        addRedirectFilter({ linkIndex: from, targetIndex: index }),
        addIngressQdisc(index),
        addRedirectFilter({ linkIndex: index, targetIndex: from }),
      ],
    },
  ]);
  const took = performance.now() - started;
  for (const reply of replies) throwFirstError(reply);
  return took;
}

function withProcesses(path: string, vni: number): number {
  const enter = ['nsenter', `--net=${path}`];
  const redirect = (from: string, to: string) => [
    [...enter, 'tc', 'qdisc', 'add', 'dev', from, 'ingress'],
    [
      ...enter,
      ...`tc filter add dev ${from} parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev ${to}`.split(
        ' ',
      ),
    ],
  ];
  const netns = openNetns(path);
  const create = `ip link add vxlan1 netns /proc/${process.pid}/fd/${netns.fd} type vxlan id ${vni} remote 192.0.2.1 dstport 4789 nolearning`;
  const started = performance.now();
  for (const command of [
    create.split(' '),
    [...enter, 'ip', 'link', 'set', 'vxlan1', 'up'],
    ...redirect('eth0', 'vxlan1'),
    ...redirect('vxlan1', 'eth0'),
  ]) {
    const [program = '', ...args] = command;
    const result = spawnSync(program, args, { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`${command.join(' ')}: ${result.stderr}`);
  }
  const took = performance.now() - started;
  netns[Symbol.dispose]();
  return took;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timings = { ours: [] as number[], reference: [] as number[] };
for (let round = 0; round < warmUps + rounds; round += 1) {
  const vni = 1000 + 2 * round;
  const our = await inPod(2 * round, (path) => ours(path, vni));
  const reference = await inPod(2 * round + 1, async (path) => withProcesses(path, vni + 1));
  if (round < warmUps) continue;
  timings.ours.push(our);
  timings.reference.push(reference);
}
spawnSync('rm', ['-rf', folder]);
const [our, reference] = [median(timings.ours), median(timings.reference)];
const row: BenchRow = {
  id: 'P1',
  name: 'tunnel set-up against six ip and tc processes from Node',
  ours: our,
  reference,
  ratio: reference / our,
  unit: 'ms',
  goal: 'at least 9 times faster',
  holds: reference / our >= 9,
};
console.log(JSON.stringify([row]));
