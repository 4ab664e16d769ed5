/** Several pods, several workers, and underlays of other shapes: packets find their way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setUpNodeEnd } from '#domain/tunnel/node-end.ts';
import { setUpVmEnd } from '#domain/tunnel/vm-end.ts';
import { addPeerPod, assertSameNetwork, planPeerPod, port } from './peer-pod.ts';
import { addPod, cnis, flannel } from './pod-nets.ts';
import { contextOf, hostAddress, hostAddress6, lacksKernel, type Place, place, underlay } from './topology.ts';

const dualStack = cnis.find(({ name }) => name.startsWith('dual stack')) ?? flannel;
/** Nothing is routed from one interface to another; bridges go on, as they do where no filter looks into them. */
const refuseToForward =
  'sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true; ' +
  'nft add table ip refuse; nft "add chain ip refuse f { type filter hook forward priority 0; policy drop; }"';

test('two peer pods on one worker reach each other and the worker, although nothing may be forwarded', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm1, vm2] = (await underlay(context, 3)) as [Place, Place, Place];
  worker.run(flannel.onWorker(1, 1));
  for (const host of [worker, vm1, vm2]) host.run(refuseToForward);
  const peers = [];
  for (const [number, vm] of [vm1, vm2].entries()) {
    const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: number + 1 });
    const spec = { worker, pod, vm, remote: hostAddress(number + 2), settings: { vni: 100 + number } };
    const { inside } = await addPeerPod(context, spec);
    const [address = ''] = addresses;
    await inside.packets.answer(address, `pod ${number + 1}`);
    peers.push({ inside, address });
  }
  const [one, two] = peers;
  assert.ok(one && two);
  await worker.packets.answer('10.244.1.1', 'worker');
  assert.equal(await one.inside.packets.ask(two.address), 'pod 2');
  assert.equal(await two.inside.packets.ask(one.address), 'pod 1');
  assert.equal(await worker.packets.ask(one.address), 'pod 1');
  assert.equal(await one.inside.packets.ask('10.244.1.1'), 'worker');
  assert.equal(await one.inside.packets.fetch(two.address, 1 << 20), 1 << 20);
});

test('peer pods of two workers that use the same VNI reach each other through the pod network', async (context) => {
  if (lacksKernel(context)) return;
  const hosts = (await underlay(context, 4)) as [Place, Place, Place, Place];
  const peers = [];
  for (const worker of [1, 2]) {
    const node = hosts[worker - 1] as Place;
    node.run(dualStack.onWorker(worker, 2));
    const other = 3 - worker;
    node.run(`ip route add fd00:244:${other}::/64 via ${hostAddress6(other)}`);
    const { pod, addresses } = await addPod(context, dualStack, node, { worker, number: 1 });
    const vm = hosts[worker + 1] as Place;
    const { inside } = await addPeerPod(context, { worker: node, pod, vm, remote: hostAddress(worker + 2) });
    for (const address of addresses) await inside.packets.answer(address, `pod of worker ${worker}`);
    peers.push({ inside, addresses });
  }
  const [one, two] = peers;
  assert.ok(one && two);
  for (const address of two.addresses) assert.equal(await one.inside.packets.ask(address), 'pod of worker 2');
  for (const address of one.addresses) assert.equal(await two.inside.packets.ask(address), 'pod of worker 1');
  assert.equal(await one.inside.packets.fetch(two.addresses[0] ?? '', 1 << 20), 1 << 20);
});

test('a tunnel may share its UDP port with the VXLAN of the pod network itself', async (context) => {
  if (lacksKernel(context)) return;
  const hosts = (await underlay(context, 3)) as [Place, Place, Place];
  const [first, second, vm] = hosts;
  first.run(flannel.onWorker(1, 2));
  second.run(flannel.onWorker(2, 2));
  const { pod, addresses } = await addPod(context, flannel, first, { worker: 1, number: 1 });
  const far = await addPod(context, flannel, second, { worker: 2, number: 1 });
  const settings = { port: 8472 };
  const { inside } = await addPeerPod(context, { worker: first, pod, vm, remote: hostAddress(3), settings });
  await inside.packets.answer(addresses[0] ?? '', 'in the VM');
  await far.pod.packets.answer(far.addresses[0] ?? '', 'far');
  assert.equal(await far.pod.packets.ask(addresses[0] ?? ''), 'in the VM');
  assert.equal(await inside.packets.ask(far.addresses[0] ?? ''), 'far');
});

test('the tunnel goes over IPv6 where the hosts have nothing else', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(dualStack.onWorker(1, 1));
  for (const host of [worker, vm]) host.run('ip -4 addr flush dev up0');
  const { pod, addresses } = await addPod(context, dualStack, worker, { worker: 1, number: 1 });
  const { inside, podNetwork } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress6(2) });
  assert.equal(podNetwork.workerNodeIp, `${hostAddress6(1)}/64`);
  assertSameNetwork(pod, inside, 1430);
  for (const address of addresses) {
    await inside.packets.answer(address, 'in the VM');
    assert.equal(await worker.packets.ask(address), 'in the VM');
  }
  await worker.packets.answer('10.244.1.1', 'worker');
  assert.equal(await inside.packets.ask('10.244.1.1', { bytes: 1430 - 28 }), 'worker');
  assert.equal(await inside.packets.ask('10.244.1.1', { bytes: 1430 - 27 }), 'too large');
});

/** A second network between the hosts, on up1. */
async function secondNetwork(context: Parameters<typeof place>[0], hosts: readonly Place[]): Promise<Place> {
  const fabric = await place(context, 'second');
  fabric.run('ip link add br0 type bridge mcast_snooping 0; ip link set br0 up; ip addr add 198.51.100.254/24 dev br0');
  for (const [index, host] of hosts.entries()) {
    fabric.run(
      `ip link add port${index} type veth peer name up1 netns ${host.name}; ip link set port${index} master br0 up`,
    );
    host.run(`ip addr add 198.51.100.${index + 1}/24 dev up1; ip link set up1 up`);
  }
  return fabric;
}

test('a dedicated interface carries the tunnel and nothing of it is on the primary one', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  await secondNetwork(context, [worker, vm]);
  worker.run(flannel.onWorker(1, 1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const spec = { worker, pod, vm, remote: '198.51.100.2', settings: { hostInterface: 'up1' }, vmInterface: 'up1' };
  const { inside, podNetwork } = await addPeerPod(context, spec);
  assert.deepEqual([podNetwork.dedicated, podNetwork.workerNodeIp], [true, '198.51.100.1/24']);
  const counters = await Promise.all(['up0', 'up1'].map((link) => vm.packets.count(link, 'from the worker')));
  await worker.packets.answer('10.244.1.1', 'from the worker');
  await inside.packets.answer(addresses[0] ?? '', 'in the VM');
  assert.equal(await inside.packets.ask('10.244.1.1'), 'from the worker');
  assert.equal(await worker.packets.ask(addresses[0] ?? ''), 'in the VM');
  const [onPrimary, onDedicated] = await Promise.all(counters.map((read) => read()));
  assert.deepEqual([onPrimary, (onDedicated ?? 0) > 0], [0, true]);
});

test('of several default routes the one with the least metric tells the worker’s address, the VM’s and the pod’s interface', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  await secondNetwork(context, [worker, vm]);
  // In the order of the lists the wrong ones come first
  for (const host of [worker, vm]) {
    host.run(`ip route del default; ip route add default via 198.51.100.254 metric 900
      ip route add default via 192.0.2.254 metric 100`);
  }
  worker.run(flannel.onWorker(1, 1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  pod.run(`ip link add net1 type veth peer name far1; ip link set far1 up; ip link set net1 up
    ip addr add 172.16.0.1/24 dev net1; ip route add default via 172.16.0.2 metric 50
    ip route del default via 10.244.1.1; ip route add default via 10.244.1.1 metric 10`);
  const { inside, podNetwork } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  assert.deepEqual([podNetwork.workerNodeIp, podNetwork.interface], ['192.0.2.1/24', 'eth0']);
  assertSameNetwork(pod, inside, 1450);
  await inside.packets.answer(addresses[0] ?? '', 'in the VM');
  assert.equal(await worker.packets.ask(addresses[0] ?? ''), 'in the VM');
});

test('a host interface with several IPv4 addresses: frames leave from the one that the VM was told', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  // By routing alone the tunnel's packets would have the second address as their source
  worker.run(
    `ip addr add 192.0.2.77/24 dev up0; ip route replace 192.0.2.0/24 dev up0 src 192.0.2.77; ${flannel.onWorker(1, 1)}`,
  );
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { inside, podNetwork } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  assert.equal(podNetwork.workerNodeIp, '192.0.2.1/24');
  await inside.packets.answer(addresses[0] ?? '', 'in the VM');
  assert.equal(await worker.packets.ask(addresses[0] ?? ''), 'in the VM');
});

test('upstream’s VM end works with our node end, and our VM end with upstream’s node end', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, upstreamVm, ourVm] = (await underlay(context, 3)) as [Place, Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const first = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const second = await addPod(context, flannel, worker, { worker: 1, number: 2 });

  // As upstream's forwarder makes its end: moved, renamed, no source pin, a source address that routing chooses
  const ours = await planPeerPod(context, {
    worker,
    pod: first.pod,
    vm: upstreamVm,
    remote: hostAddress(2),
    settings: { vni: 501 },
  });
  await setUpNodeEnd(ours.record, contextOf(worker));
  upstreamVm.run(`ip link add vxlan0 type vxlan id 501 remote ${hostAddress(1)} dstport ${port} nolearning
    ip link set vxlan0 netns ${ours.inside.name}`);
  ours.inside.run(`ip link set vxlan0 name eth0; ip link set eth0 address ${ours.podNetwork.podMac} mtu 1450
    ip addr add ${ours.podNetwork.podIp} brd + dev eth0; ip link set eth0 up; ip route del 10.244.1.0/24
    ip route add 10.244.1.0/24 dev eth0 proto kernel scope link; ip route add default via 10.244.1.1
    ip route add 10.244.0.0/16 via 10.244.1.1`);

  // As upstream's adaptor makes its end
  const theirs = await planPeerPod(context, {
    worker,
    pod: second.pod,
    vm: ourVm,
    remote: hostAddress(3),
    settings: { vni: 502 },
  });
  await setUpVmEnd(theirs.vmSpec, contextOf(ourVm));
  const redirect = (from: string, to: string) => `tc qdisc add dev ${from} ingress
    tc filter add dev ${from} parent ffff: protocol all u32 match u32 0 0 action mirred egress redirect dev ${to}`;
  worker.run(`ip link add ppvxlan1 type vxlan id 502 remote ${hostAddress(3)} dstport ${port} nolearning
    ip link set ppvxlan1 netns ${second.pod.name}`);
  second.pod.run(`ip link set ppvxlan1 name vxlan1; ip link set vxlan1 up
    ${redirect('eth0', 'vxlan1')}; ${redirect('vxlan1', 'eth0')}`);

  await ours.inside.packets.answer(first.addresses[0] ?? '', 'upstream VM end');
  await theirs.inside.packets.answer(second.addresses[0] ?? '', 'our VM end');
  await worker.packets.answer('10.244.1.1', 'worker');
  assert.equal(await worker.packets.ask(first.addresses[0] ?? ''), 'upstream VM end');
  assert.equal(await worker.packets.ask(second.addresses[0] ?? ''), 'our VM end');
  for (const { inside } of [ours, theirs]) assert.equal(await inside.packets.ask('10.244.1.1'), 'worker');
  assert.equal(await ours.inside.packets.ask(second.addresses[0] ?? ''), 'our VM end');
});
