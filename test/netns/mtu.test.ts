/** Underlays of several MTUs: the pod's packets fill the tunnel's exactly, and none is ever cut into fragments. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPeerPod, assertSameNetwork } from './peer-pod.ts';
import { addPod, type Cni, flannel } from './pod-nets.ts';
import { hostAddress, lacksKernel, type Place, underlay } from './topology.ts';

const headers = 28;

/** A bridge whose pods have `podMtu`. */
const ofMtu = (podMtu: number): Cni => ({
  ...flannel,
  podMtu,
  onWorker: (worker, workers) => flannel.onWorker(worker, workers).replace('cni0 mtu 1450', `cni0 mtu ${podMtu}`),
});

/** Packets that a host cut up, or put together. */
const fragments = (host: Place) => host.run('nstat -asz IpFragCreates IpReasmReqds').match(/Ip\w+ +[1-9]\d*/g) ?? [];

for (const [underlayMtu, podMtu, expected] of [
  [1400, 1500, 1350],
  [1500, 1500, 1450],
  [1500, 1400, 1400],
  [9000, 1500, 1500],
  [9000, 9000, 8950],
] as const) {
  test(`underlay MTU ${underlayMtu}, pod network ${podMtu}: the pod VM gets ${expected} and fills it`, async (context) => {
    if (lacksKernel(context)) return;
    const [worker, vm] = (await underlay(context, 2, underlayMtu)) as [Place, Place];
    const cni = ofMtu(podMtu);
    worker.run(cni.onWorker(1, 1));
    const { pod, addresses } = await addPod(context, cni, worker, { worker: 1, number: 1 });
    const { inside } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
    const [address = ''] = addresses;
    assertSameNetwork(pod, inside, expected);
    await worker.packets.answer('10.244.1.1', 'worker');
    await inside.packets.answer(address, 'in the VM');
    assert.equal(await inside.packets.ask('10.244.1.1', { bytes: expected - headers }), 'worker');
    assert.equal(await inside.packets.ask('10.244.1.1', { bytes: expected - headers + 1 }), 'too large');
    assert.equal(await worker.packets.ask(address, { bytes: expected - headers }), 'in the VM');
    assert.equal(await inside.packets.fetch('10.244.1.1', 1 << 20), 1 << 20);
    assert.equal(await worker.packets.fetch(address, 1 << 20), 1 << 20);
    for (const host of [worker, vm]) assert.deepEqual(fragments(host), []);
    if (podMtu === expected) return;
    // The control: who fills the pod network's own MTU without looking has packets cut
    await worker.packets.ask(address, { bytes: podMtu - headers, tries: 1 });
    assert.notDeepEqual(fragments(worker), []);
  });
}

test('an underlay too small for a pod with IPv6 is refused in words', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2, 1320)) as [Place, Place];
  worker.run(`${flannel.onWorker(1, 1).replaceAll('mtu 1450', 'mtu 1300')}
    ip addr add fd00:244:1::1/64 dev cni0`);
  const cni: Cni = {
    ...flannel,
    podMtu: 1300,
    inPod: (at) => `${flannel.inPod(at)}; ip addr add fd00:244:1::11/64 dev eth0`,
  };
  const { pod } = await addPod(context, cni, worker, { worker: 1, number: 1 });
  await assert.rejects(addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) }), {
    code: 'E_POD_NETWORK',
    message: /IPv6 needs an MTU of 1280, an underlay of 1320 leaves 1270/,
  });
});
