/** A pod VM that has just booted: the forwarder's end of the tunnel waits for interfaces and addresses, within bounds. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setUpVmEnd } from '#domain/tunnel/vm-end.ts';
import { type PeerPod, planPeerPod } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { assertSettles, contextOf, hostAddress, lacksKernel, type Place, snapshot, underlay } from './topology.ts';

const lateMs = 400;
const bare = 'ip addr flush dev up0; ip route flush dev up0';

async function bootingVm(context: TestContext, spec: { hostInterface?: string; vmInterface?: string } = {}) {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  if (spec.hostInterface !== undefined) worker.run(dedicated(1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const peer = await planPeerPod(context, {
    worker,
    pod,
    vm,
    remote: hostAddress(2),
    ...(spec.hostInterface !== undefined && { settings: { hostInterface: spec.hostInterface } }),
    ...(spec.vmInterface !== undefined && { vmInterface: spec.vmInterface }),
  });
  return { worker, vm, peer, address: addresses[0] ?? '' };
}

const dedicated = (n: number) => `ip link add up1 type veth peer name far1; ip link set up1 up; ip link set far1 up
  ip addr add 198.51.100.${n}/24 dev up1`;

const setUp = (peer: PeerPod, vm: Place, waitMs = 5000, signal?: AbortSignal) =>
  setUpVmEnd(peer.vmSpec, contextOf(vm), { waitMs, signal });

for (const [what, before, late] of [
  ['its default route', bare, `ip addr add ${hostAddress(2)}/24 dev up0; ip route add default via 192.0.2.254`],
  [
    'its address, the default route being there',
    `${bare}; ip route add default dev up0`,
    `ip addr add ${hostAddress(2)}/24 dev up0`,
  ],
  [
    'the interface',
    'ip link set up0 down; ip link set up0 name other',
    `ip link set other name up0; ip link set up0 up; ip route add default via 192.0.2.254`,
  ],
] as const) {
  test(`the VM end waits for ${what}, and then works`, async (context) => {
    if (lacksKernel(context)) return;
    const { worker, vm, peer, address } = await bootingVm(context);
    vm.run(before);
    const started = performance.now();
    const done = setUp(peer, vm);
    setTimeout(() => vm.run(late), lateMs);
    await done;
    assert.ok(performance.now() - started > lateMs);
    await peer.setUp();
    await peer.inside.packets.answer(address, 'in the VM');
    assert.equal(await worker.packets.ask(address), 'in the VM');
  });
}

test('the VM end waits for the dedicated interface and its address', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await bootingVm(context, { hostInterface: 'up1', vmInterface: 'up1' });
  const done = setUp(peer, vm);
  setTimeout(() => vm.run('ip link add up1 type veth peer name far1; ip link set up1 up'), lateMs);
  setTimeout(() => vm.run('ip addr add 198.51.100.2/24 dev up1'), 2 * lateMs);
  const started = performance.now();
  await done;
  assert.ok(performance.now() - started > 1.5 * lateMs);
  assert.match(peer.inside.run('ip -d link show eth0'), /local 198\.51\.100\.2/);
});

test('waiting has an end, ends with the caller, and changes nothing', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await bootingVm(context);
  vm.run(bare);
  const before = await snapshot(vm, peer.inside);
  await assert.rejects(setUp(peer, vm, 200), {
    code: 'E_POD_NETWORK',
    message: /no interface with an IPv4 default route after 200 ms/,
  });
  vm.run('ip route add default dev up0');
  await assert.rejects(setUp(peer, vm, 200), { code: 'E_POD_NETWORK', message: /no IPv4 address on up0 after 200 ms/ });
  vm.run('ip route del default dev up0');
  const leaving = new AbortController();
  const reason = new Error('the forwarder is told to stop');
  setTimeout(() => leaving.abort(reason), 150);
  await assert.rejects(setUp(peer, vm, 60_000, leaving.signal), reason);
  await assertSettles(() => snapshot(vm, peer.inside), before);
});

test('several addresses to choose from, and a dedicated interface that is not named, are refused at once', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await bootingVm(context);
  const before = await snapshot(vm, peer.inside);
  vm.run('ip addr add 192.0.2.66/24 dev up0');
  await assert.rejects(setUp(peer, vm, 60_000), { code: 'E_POD_NETWORK', message: /several IPv4 addresses/ });
  vm.run('ip addr del 192.0.2.66/24 dev up0');
  for (const [hostInterface, why] of [
    [undefined, /-host-interface is not set/],
    ['up0', /-host-interface is the primary interface/],
  ] as const) {
    const vmSpec = { ...peer.vmSpec, hostInterface, podNetwork: { ...peer.podNetwork, dedicated: true } };
    await assert.rejects(setUp({ ...peer, vmSpec }, vm, 60_000), { code: 'E_POD_NETWORK', message: why });
  }
  await assertSettles(() => snapshot(vm, peer.inside), before);
});
