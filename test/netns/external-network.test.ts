/** The external network through the pod VM: its second interface becomes the pod's way out, and comes back whole. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Netlink, netlink } from '@peerpods/netlink';
import { parsePodSubnets } from '#domain/tunnel/pod-subnets.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { faultsOf, faulty } from './faults.ts';
import { fingerprint } from './fingerprint.ts';
import { planPeerPod } from './peer-pod.ts';
import { addPod, cnis, flannel } from './pod-nets.ts';
import {
  assertSettles,
  contextOf,
  hostAddress,
  lacksKernel,
  networkOf,
  noLinkLocal,
  type Place,
  place,
  snapshot,
  underlay,
} from './topology.ts';

const calico = cnis.find(({ name }) => name === 'Calico') ?? flannel;

/** A peer pod whose VM has ens6 on a network of its own; 203.0.113.254 there answers as 'outside'. */
async function scene(
  context: TestContext,
  cni = flannel,
  ens6 = 'ip addr add 203.0.113.2/24 brd + dev ens6; ip route add default via 203.0.113.254 dev ens6 metric 600',
) {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(cni.onWorker(1, 1));
  const outside = await place(context, 'outside');
  outside.run(
    'ip link add uplink type veth peer name ens6; ip addr add 203.0.113.254/24 dev uplink; ip link set uplink up',
  );
  outside.run('ip addr add 8.8.8.8/32 dev lo');
  vm.run(noLinkLocal);
  outside.run(`ip link set ens6 netns ${vm.name}`);
  vm.run(`ip link set ens6 up; ${ens6}`);
  const { pod, addresses } = await addPod(context, cni, worker, { worker: 1, number: 1 });
  const settings = {
    externalNetViaPodVm: true,
    podSubnets: parsePodSubnets('10.244.0.0/16,172.30.0.1/16,192.0.2.0/24,fd00::/64'),
  };
  const peer = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2), settings });
  return { worker, vm, outside, pod, peer, address: addresses[0] ?? '' };
}

for (const cni of [flannel, calico]) {
  test(`${cni.name}: the pod's way out is the VM's second interface, the pod's subnets stay on the tunnel`, async (context) => {
    if (lacksKernel(context)) return;
    const { worker, vm, outside, peer, address } = await scene(context, cni);
    const { inside } = peer;
    const before = await snapshot(vm, inside);
    await peer.setUp();
    await Promise.all([
      outside.packets.answer('8.8.8.8', 'outside'),
      inside.packets.answer(address, 'in the VM'),
      worker.packets.answer(hostAddress(1), 'worker'),
    ]);
    assert.equal(await inside.packets.ask('8.8.8.8'), 'outside');
    assert.equal(await worker.packets.ask(address), 'in the VM');
    assert.equal(await inside.packets.ask(hostAddress(1)), 'worker', 'a subnet that was named goes by the tunnel');
    const routes = inside.run('ip route show');
    assert.match(routes, /default via 203\.0\.113\.254 dev ens6/);
    assert.equal(routes.match(/default/g)?.length, 1);
    assert.match(routes, /172\.30\.0\.0\/16 via \S+ dev eth0/);

    const once = await snapshot(vm, inside);
    await peer.setUp();
    await assertSettles(() => snapshot(vm, inside), once, 'a second run, as after a crash, changes nothing');
    await peer.tearDown();
    await assertSettles(() => snapshot(vm, inside), before);
  });
}

test('a second interface in the primary one’s subnet goes out by the primary’s gateway', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await scene(context, flannel, 'ip addr add 192.0.2.55/24 brd + dev ens6; ip link set ens6 up');
  const before = await snapshot(vm, peer.inside);
  await peer.setUp();
  assert.match(peer.inside.run('ip route show default'), /^default via 192\.0\.2\.254 dev ens6\s*$/);
  await peer.tearDown();
  await assertSettles(() => snapshot(vm, peer.inside), before);
});

test('the second interface may come late; without one nothing stays of the tunnel', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await scene(context);
  vm.run('ip link set ens6 down; ip addr flush dev ens6');
  const before = await snapshot(vm, peer.inside);
  await assert.rejects(setUpVmEnd(peer.vmSpec, contextOf(vm), { waitMs: 300 }), {
    code: 'E_POD_NETWORK',
    message: /no second interface/,
  });
  await assertSettles(() => snapshot(vm, peer.inside), before);
  const done = setUpVmEnd(peer.vmSpec, contextOf(vm), { waitMs: 5000 });
  setTimeout(
    () =>
      vm.run(
        'ip link set ens6 up; ip addr add 203.0.113.2/24 brd + dev ens6; ip route add default via 203.0.113.254 metric 600',
      ),
    300,
  );
  await done;
  assert.match(peer.inside.run('ip route show default'), /ens6/);
});

test('each message refused: the interface and the pod are as before; cut off at any message, the next run finishes', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await scene(context);
  const { inside } = peer;
  const host = contextOf(vm);
  const setUp = (on: Netlink) => setUpVmEnd(peer.vmSpec, { ...host, netlink: on }, { waitMs: 0 });
  const read = () => fingerprint([vm, inside], []);
  const text = await snapshot(vm, inside);
  const before = await read();
  const faults = await faultsOf(setUp);
  const complete = [networkOf(inside, 'eth0'), networkOf(inside, 'ens6')];
  await tearDownVmEnd(peer.vmSpec, host);
  for (const at of faults('cut off')) {
    await setUp(faulty({ at, kind: 'EPERM' }).netlink).then(
      () => tearDownVmEnd(peer.vmSpec, host),
      () => {},
    );
    await assertSettles(read, before, `message ${at} refused`);
  }
  for (const at of faults('cut off')) {
    await assert.rejects(setUp(faulty({ at, kind: 'cut off' }).netlink));
    await setUp(netlink);
    assert.deepEqual([networkOf(inside, 'eth0'), networkOf(inside, 'ens6')], complete, `cut off at message ${at}`);
    await tearDownVmEnd(peer.vmSpec, host);
    await assertSettles(read, before, `cut off at message ${at}, finished, taken down`);
  }
  await assertSettles(() => snapshot(vm, inside), text);
});
