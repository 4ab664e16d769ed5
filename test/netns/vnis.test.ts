/** VNIs, ports and names that others have: found before they are given, and named when they are in the way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { netlink } from '@peerpods/netlink';
import { silentLog } from '#base/log.ts';
import { setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { addPin } from '#domain/tunnel/source-pin.ts';
import { readVnisInUse } from '#domain/tunnel/vnis-in-use.ts';
import { planPeerPod, port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import {
  assertSettles,
  contextOf,
  hostAddress,
  lacksKernel,
  type Place,
  place,
  snapshot,
  underlay,
} from './topology.ts';

type Context = Parameters<typeof place>[0];

async function scene(context: Context, settings = {}) {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const peer = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2), settings });
  return { worker, vm, pod, peer, address: addresses[0] ?? '' };
}

const vxlan = (name: string, vni: number, rest = `dstport ${port} remote 192.0.2.9`) =>
  `ip link add ${name} type vxlan id ${vni} ${rest}`;

test('the VNIs in use are those of devices here and in pods, and those pinned, on that port', async (context) => {
  if (lacksKernel(context)) return;
  const worker = await place(context, 'worker');
  const [one, two] = [await place(context, 'pod'), await place(context, 'pod')];
  worker.run(`ip addr add 192.0.2.1/24 dev lo
    ${vxlan('here', 10)}; ${vxlan('elsewhere', 11, 'dstport 4790 remote 192.0.2.9')}
    ${vxlan('v1', 20)}; ip link set v1 netns ${one.name}; ${vxlan('v2', 21)}; ip link set v2 netns ${two.name}`);
  await addPin(contextOf(worker), { remote: '192.0.2.9', port, vni: 30 });
  await addPin(contextOf(worker), { remote: '192.0.2.9', port: 4790, vni: 31 });
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (fields: { path?: string }) => warnings.push(fields.path ?? '') };
  const paths = [one.netns.path, two.netns.path, '/run/netns/gone', two.netns.path];
  const found = await readVnisInUse(paths, port, { netlink, hostNetns: worker.netns, log });
  assert.deepEqual(
    [...found].toSorted((a, b) => a - b),
    [10, 20, 21, 30],
  );
  assert.deepEqual(warnings, []);
});

test('a VNI that something else has: a clear error, nothing left, and success once it is free', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, pod, peer } = await scene(context);
  worker.run(vxlan('other', 4711));
  const before = await snapshot(worker, pod);
  await assert.rejects(setUpNodeEnd(peer.record, contextOf(worker)), {
    code: 'E_TUNNEL',
    message: new RegExp(`VNI 4711 is in use on UDP port ${port}: .*VNI already exists`),
  });
  await assertSettles(() => snapshot(worker, pod), before);
  const done = setUpNodeEnd(peer.record, contextOf(worker));
  setTimeout(() => worker.run('ip link del other'), 150);
  await done;
  await tearDownNodeEnd(peer.record, contextOf(worker));
});

test('a VNI that is another pod’s: an error, and the other’s pin and packets stay', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, peer, address } = await scene(context);
  const second = await addPod(context, flannel, worker, { worker: 1, number: 2 });
  await peer.setUp();
  await peer.inside.packets.answer(address, 'in the VM');
  const before = await snapshot(worker, second.pod);
  const clashing = { ...peer.record, netns: second.pod.netns.path, remote: '192.0.2.99' };
  await assert.rejects(setUpNodeEnd(clashing, contextOf(worker)), {
    code: 'E_TUNNEL',
    message: /VNI 4711 on UDP port 14789 belongs to a tunnel to another address/,
  });
  await tearDownNodeEnd(clashing, contextOf(worker));
  await assertSettles(() => snapshot(worker, second.pod), before);
  assert.equal(await worker.packets.ask(address), 'in the VM');
});

for (const [what, occupy] of [
  ['a program', (worker: Place) => worker.packets.answer('0.0.0.0', 'taken')],
  [
    'a VXLAN device of another kind',
    async (worker: Place) =>
      worker.run(`${vxlan('ovs', 0, 'dstport 7777 external').replace('id 0', '')}; ip link set ovs up`),
  ],
] as const) {
  test(`a UDP port that ${what} has: the error says to choose another, and nothing is left`, async (context) => {
    if (lacksKernel(context)) return;
    const { worker, pod, peer } = await scene(context, { port: 7777 });
    await occupy(worker);
    const before = await snapshot(worker, pod);
    await assert.rejects(setUpNodeEnd(peer.record, contextOf(worker)), {
      code: 'E_TUNNEL',
      message: /UDP port 7777 is in use .*choose another VXLAN port/,
    });
    await assertSettles(() => snapshot(worker, pod), before);
  });
}

test('a link called vxlan1 that is not this tunnel’s is left alone, by set-up and by teardown', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, pod, peer } = await scene(context);
  await peer.setUp();
  const before = await snapshot(worker, pod);
  // As a record that was overtaken by a newer tunnel of the same pod
  const old = { ...peer.record, vni: 1, remote: '192.0.2.50' };
  await assert.rejects(setUpNodeEnd(old, contextOf(worker)), {
    code: 'E_TUNNEL',
    message: /vxlan1 in .* belongs to another tunnel/,
  });
  await tearDownNodeEnd(old, contextOf(worker));
  await assertSettles(() => snapshot(worker, pod), before);
});

test('addresses of different versions cannot be joined by a tunnel', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, peer } = await scene(context);
  await assert.rejects(setUpNodeEnd({ ...peer.record, remote: '2001:db8::2' }, contextOf(worker)), {
    code: 'E_TUNNEL',
    message: /different versions/,
  });
});

test('a namespace that does not exist, and a file that is none any more', async (context) => {
  if (lacksKernel(context)) return;
  const { worker, peer } = await scene(context);
  for (const netns of ['/run/netns/never', '/etc/hostname']) {
    await assert.rejects(setUpNodeEnd({ ...peer.record, netns }, contextOf(worker)), { code: 'E_NETNS' });
    await tearDownNodeEnd({ ...peer.record, netns }, contextOf(worker));
  }
});
