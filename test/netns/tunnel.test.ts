/** Both ends of a tunnel in real namespaces: traffic flows, a second run changes nothing, teardown leaves nothing. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { encodePodNetwork, parsePodNetwork } from '#codec/pod-network.ts';
import { inspectPodNetwork } from '#domain/tunnel/inspect.ts';
import { setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { lacksCommand, lacksRoot } from '../support/requirements.ts';
import { answer, contextOf, type Place, place, snapshot, underlay, wordFrom } from './topology.ts';

function lacksKernel(context: TestContext): boolean {
  return ['ip', 'tc', 'nft', 'python3'].some((command) => lacksCommand(context, command)) || lacksRoot(context);
}

const port = 14789;

async function podOn(context: TestContext, worker: Place, address: string, routes: string): Promise<Place> {
  const pod = await place(context, 'pod');
  worker.run(`ip link add pod1 type veth peer name eth0 netns ${pod.name}; ip link set pod1 up
    sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.pod1.proxy_arp=1`);
  pod.run(`ip addr add ${address} dev eth0; ip link set eth0 up; ${routes}`);
  return pod;
}

async function tunnel(worker: Place, vm: Place, pod: Place, inside: Place) {
  const vni = 4711;
  const inspected = await inspectPodNetwork(pod.netns.path, { vni, port }, contextOf(worker));
  const spec = {
    netns: pod.netns.path,
    podInterface: 'eth0',
    vni,
    port,
    remote: '192.0.2.2',
    local: '192.0.2.1',
    podMtu: inspected.mtu,
  };
  const record = await setUpNodeEnd(spec, contextOf(worker));
  const podNetwork = parsePodNetwork(JSON.parse(JSON.stringify(encodePodNetwork(inspected))));
  const vmSpec = { podNetwork, podNetnsPath: inside.netns.path };
  await setUpVmEnd(vmSpec, contextOf(vm));
  return { record, vmSpec, spec };
}

const linkScope = 'ip route add 169.254.1.1 dev eth0 scope link; ip route add default via 169.254.1.1';
const behindVeth = 'ip link set pod1 address ee:ee:ee:ee:ee:ee; ip route add 10.244.1.17 dev pod1';
const topologies = [
  ['flannel', '10.244.1.17/24', 'ip route add default via 10.244.1.1', 'ip addr add 10.244.1.1/24 dev pod1'],
  [
    'GKE, PTP',
    '10.244.1.17/24',
    `ip route del 10.244.1.0/24; ip route add 10.244.1.1 dev eth0 scope link
      ip route add 10.244.1.0/24 via 10.244.1.1 src 10.244.1.17; ip route add default via 10.244.1.1`,
    'ip addr add 10.244.1.1/24 dev pod1',
  ],
  ['Calico', '10.244.1.17/32', linkScope, behindVeth],
  [
    'AWS: permanent neighbour, no proxy ARP',
    '10.244.1.17/32',
    `${linkScope}; ip neigh add 169.254.1.1 lladdr ee:ee:ee:ee:ee:ee dev eth0 nud permanent`,
    `${behindVeth}; sysctl -qw net.ipv4.conf.pod1.proxy_arp=0`,
  ],
] as const;

for (const [name, address, routes, onWorker] of topologies) {
  test(`traffic flows: ${name}`, async (context) => {
    if (lacksKernel(context)) return;
    const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
    const pod = await podOn(context, worker, address, routes);
    worker.run(onWorker);
    const inside = await place(context, 'inside');
    const before = snapshot(worker, pod, vm, inside);
    const made = await tunnel(worker, vm, pod, inside);
    answer(context, inside, '10.244.1.17', 'from the VM');
    answer(context, worker, '192.0.2.1', 'from the worker');
    assert.equal(wordFrom(worker, '10.244.1.17'), 'from the VM');
    assert.equal(wordFrom(inside, '192.0.2.1'), 'from the worker');

    await setUpNodeEnd(made.spec, contextOf(worker));
    await setUpVmEnd(made.vmSpec, contextOf(vm));
    assert.equal(wordFrom(worker, '10.244.1.17'), 'from the VM');

    await tearDownNodeEnd(made.record, contextOf(worker));
    await tearDownVmEnd(made.vmSpec, contextOf(vm));
    await tearDownNodeEnd(made.record, contextOf(worker));
    assert.equal(snapshot(worker, pod, vm, inside), before);
  });
}

for (const [underlayMtu, expected] of [
  [1400, 1350],
  [1500, 1450],
  [9000, 1500],
] as const) {
  test(`an underlay MTU of ${underlayMtu} gives the pod ${expected}`, async (context) => {
    if (lacksKernel(context)) return;
    const [worker, vm] = (await underlay(context, 2, underlayMtu)) as [Place, Place];
    const pod = await podOn(context, worker, '10.244.1.17/24', 'ip route add default via 10.244.1.1');
    const inside = await place(context, 'inside');
    await tunnel(worker, vm, pod, inside);
    assert.equal(JSON.parse(inside.run('ip -j link show eth0'))[0].mtu, expected);
  });
}
