/** The pod networks of common CNI plugins through the tunnel: the VM has what the pod had, and packets flow. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSameNetwork, planPeerPod } from './peer-pod.ts';
import { addPod, cnis } from './pod-nets.ts';
import { assertSettles, hostAddress, lacksKernel, type Place, snapshot, underlay } from './topology.ts';

for (const cni of cnis) {
  test(`${cni.name}: the VM has the pod's network, packets flow both ways, nothing is left`, async (context) => {
    if (lacksKernel(context)) return;
    const { underlayMtu = 1500, podMtu } = cni;
    const [worker, vm] = (await underlay(context, 2, underlayMtu)) as [Place, Place];
    worker.run(cni.onWorker(1, 1));
    const { pod, addresses } = await addPod(context, cni, worker, { worker: 1, number: 1 });
    const neighbour = await addPod(context, cni, worker, { worker: 1, number: 2 });
    const peer = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
    const { inside } = peer;
    const before = await snapshot(worker, pod, vm, inside);

    await peer.setUp();
    const mtu = Math.min(podMtu, underlayMtu - 50);
    assertSameNetwork(pod, inside, mtu);
    const talk = async () => {
      for (const address of addresses) {
        assert.equal(await worker.packets.ask(address), 'in the VM', `worker to ${address}`);
        assert.equal(await neighbour.pod.packets.ask(address), 'in the VM', `neighbour to ${address}`);
      }
      for (const address of cni.workerAddresses(1)) {
        assert.equal(await inside.packets.ask(address), 'on the worker', `to the worker's ${address}`);
      }
      for (const address of neighbour.addresses) {
        assert.equal(await inside.packets.ask(address), 'neighbour', `to the neighbour's ${address}`);
      }
    };
    await Promise.all([
      ...addresses.map((address) => inside.packets.answer(address, 'in the VM')),
      ...cni.workerAddresses(1).map((address) => worker.packets.answer(address, 'on the worker')),
      ...neighbour.addresses.map((address) => neighbour.pod.packets.answer(address, 'neighbour')),
    ]);
    await talk();
    const [address = ''] = addresses;
    assert.equal(await neighbour.pod.packets.fetch(address, 1 << 20), 1 << 20);
    assert.equal(await inside.packets.fetch(neighbour.addresses[0] ?? '', 1 << 20), 1 << 20);

    const once = await snapshot(worker, pod, vm, inside);
    await peer.setUp();
    await assertSettles(() => snapshot(worker, pod, vm, inside), once, 'a second set-up changes nothing');
    await talk();

    await peer.tearDown();
    await peer.tearDown();
    await assertSettles(() => snapshot(worker, pod, vm, inside), before);
  });
}
