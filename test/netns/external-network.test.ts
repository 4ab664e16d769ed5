/** The external network through the pod VM: its second interface becomes the pod's way out, and comes back whole. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parsePodSubnets } from '#domain/tunnel/pod-subnets.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { faulty } from './faults.ts';
import { planPeerPod } from './peer-pod.ts';
import { addPod, cnis, flannel } from './pod-nets.ts';
import { contextOf, hostAddress, lacksKernel, networkOf, type Place, place, snapshot, underlay } from './topology.ts';

const calico = cnis.find(({ name }) => name === 'Calico') ?? flannel;

/** A peer pod whose VM has ens6 on a network of its own; 203.0.113.254 there answers as 'outside'. */
async function scene(
  context: TestContext,
  cni = flannel,
  ens6 = 'ip addr add 203.0.113.2/24 dev ens6; ip route add default via 203.0.113.254 dev ens6 metric 600',
) {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(cni.onWorker(1, 1));
  const outside = await place(context, 'outside');
  outside.run(
    'ip link add uplink type veth peer name ens6; ip addr add 203.0.113.254/24 dev uplink; ip link set uplink up',
  );
  outside.run(`ip addr add 8.8.8.8/32 dev lo; ip link set ens6 netns ${vm.name}`);
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
    assert.equal(await snapshot(vm, inside), once, 'a second run, as after a crash, changes nothing');
    await peer.tearDown();
    assert.equal(await snapshot(vm, inside), before);
  });
}

test('a second interface in the primary one’s subnet goes out by the primary’s gateway', async (context) => {
  if (lacksKernel(context)) return;
  const { vm, peer } = await scene(context, flannel, 'ip addr add 192.0.2.55/24 dev ens6; ip link set ens6 up');
  const before = await snapshot(vm, peer.inside);
  await peer.setUp();
  assert.match(peer.inside.run('ip route show default'), /^default via 192\.0\.2\.254 dev ens6\s*$/);
  await peer.tearDown();
  assert.equal(await snapshot(vm, peer.inside), before);
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
  assert.equal(await snapshot(vm, peer.inside), before);
  const done = setUpVmEnd(peer.vmSpec, contextOf(vm), { waitMs: 5000 });
  setTimeout(
    () => vm.run('ip link set ens6 up; ip addr add 203.0.113.2/24 dev ens6; ip route add default via 203.0.113.254'),
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
  await setUpVmEnd(peer.vmSpec, host);
  const complete = [networkOf(inside, 'eth0'), networkOf(inside, 'ens6')];
  await tearDownVmEnd(peer.vmSpec, host);
  const before = await snapshot(vm, inside);
  const run = (fault: ReturnType<typeof faulty>) =>
    setUpVmEnd(peer.vmSpec, { ...host, netlink: fault.netlink }, { waitMs: 0 }).then(
      () => true,
      () => false,
    );
  let cases = 0;
  for (let at = 1; ; at++) {
    const refused = faulty({ at, kind: 'EPERM' });
    const succeeded = await run(refused);
    if (refused.seen < at) break;
    cases++;
    if (succeeded) await tearDownVmEnd(peer.vmSpec, host);
    assert.equal(await snapshot(vm, inside), before, `message ${at} refused`);

    const cut = faulty({ at, kind: 'cut off' });
    assert.equal(await run(cut), false);
    await setUpVmEnd(peer.vmSpec, host);
    assert.deepEqual([networkOf(inside, 'eth0'), networkOf(inside, 'ens6')], complete, `cut off at message ${at}`);
    await tearDownVmEnd(peer.vmSpec, host);
    assert.equal(await snapshot(vm, inside), before, `cut off at message ${at}, finished, taken down`);
  }
  assert.ok(cases > 40, `${cases} cases`);
});
