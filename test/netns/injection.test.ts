/** VXLAN frames from those who are not the tunnel's far end: none of ten thousand gets in, at either end. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { addPeerPod, port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { hostAddress, hostAddress6, lacksKernel, type Place, underlay } from './topology.ts';

const count = 10_000;
const vni = 4711;
const mark = 'injected';

interface Direction {
  /** Where the frames are sent to. */
  readonly target: Place;
  readonly address: string;
  /** The far end, whose frames are let in. */
  readonly peer: Place;
  readonly stranger: Place;
  readonly frame: readonly [number, string, string, string, string, string];
  /** Injected frames that came out of the tunnel. */
  delivered(): Promise<number>;
}

/** A peer pod, a host that has nothing to do with it, and both ends to attack. */
async function scene(
  context: TestContext,
  addressOf: (n: number) => string,
): Promise<Record<'VM' | 'worker', Direction>> {
  const [worker, vm, stranger] = (await underlay(context, 3)) as [Place, Place, Place];
  worker.run(flannel.onWorker(1, 1));
  if (addressOf === hostAddress6) for (const host of [worker, vm]) host.run('ip -4 addr flush dev up0');
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { inside, podNetwork } = await addPeerPod(context, { worker, pod, vm, remote: addressOf(2) });
  const [podAddress = ''] = addresses;
  const gatewayMac = worker.run('cat /sys/class/net/cni0/address').trim();
  return {
    VM: {
      target: vm,
      address: addressOf(2),
      peer: worker,
      stranger,
      frame: [vni, gatewayMac, podNetwork.podMac, '10.244.1.1', podAddress, mark],
      delivered: await inside.packets.count('eth0', mark),
    },
    worker: {
      target: worker,
      address: addressOf(1),
      peer: vm,
      stranger,
      frame: [vni, podNetwork.podMac, gatewayMac, podAddress, '10.244.1.1', mark],
      delivered: await worker.packets.count('cni0', mark),
    },
  };
}

/** When the count has been still for a while. */
async function settled(read: () => Promise<number>): Promise<number> {
  for (let last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const now = await read();
    if (now === last) return now;
    last = now;
  }
}

for (const end of ['VM', 'worker'] as const) {
  test(`${count} frames with the right VNI from a stranger, ${count} with wrong VNIs from the far end: the ${end} delivers none`, async (context) => {
    if (lacksKernel(context)) return;
    const { target, address, peer, stranger, frame, delivered } = (await scene(context, hostAddress))[end];
    const others = [0, vni - 1, vni + 1, vni << 8, (vni << 8) & 0xffffff, 0xffffff].map((one) => one & 0xffffff);
    await stranger.packets.inject(address, port, count, frame);
    await peer.packets.inject(address, port, count, frame, others);
    await stranger.packets.injectFragments(address, port, 1000, frame);
    for (const length of [7, 8]) await stranger.packets.injectDisguised(address, port, 1000, frame, length);
    assert.equal(await settled(delivered), 0);

    // The controls: the same frames from the far end arrive, and without the pins the stranger's do
    await peer.packets.inject(address, port, 100, frame);
    assert.equal(await settled(delivered), 100);
    target.run('nft delete table inet peerpods');
    await stranger.packets.inject(address, port, count, frame);
    assert.ok((await settled(delivered)) > 0.99 * count);
    const before = await settled(delivered);
    await stranger.packets.injectFragments(address, port, 100, frame);
    assert.ok((await settled(delivered)) >= before + 90, 'fragments are put together');
    await stranger.packets.injectDisguised(address, port, 100, frame, 7);
    assert.ok((await settled(delivered)) >= before + 180, 'what was cut off does not count');
  });

  test(`frames for another port that NAT sends on to the tunnel do not get in at the ${end}`, async (context) => {
    if (lacksKernel(context)) return;
    const { target, address, stranger, frame, delivered } = (await scene(context, hostAddress))[end];
    target.run(`nft 'add table ip nat; add chain ip nat in { type nat hook prerouting priority dstnat; }
      add rule ip nat in udp dport 30000 redirect to :${port}'`);
    await stranger.packets.inject(address, 30_000, 1000, frame);
    assert.equal(await settled(delivered), 0);
    target.run('nft delete table inet peerpods');
    await stranger.packets.inject(address, 30_000, 100, frame);
    assert.equal(await settled(delivered), 100);
  });

  test(`over IPv6 a stranger's frames, whole and in fragments, do not get in at the ${end} either`, async (context) => {
    if (lacksKernel(context)) return;
    const { target, address, peer, stranger, frame, delivered } = (await scene(context, hostAddress6))[end];
    await stranger.packets.inject(address, port, 1000, frame);
    await stranger.packets.injectFragments(address, port, 1000, frame);
    await stranger.packets.injectDisguised(address, port, 1000, frame, 8);
    assert.equal(await settled(delivered), 0);
    await peer.packets.inject(address, port, 100, frame);
    assert.equal(await settled(delivered), 100);
    target.run('nft delete table inet peerpods');
    await stranger.packets.inject(address, port, 100, frame);
    assert.equal(await settled(delivered), 200);
    await stranger.packets.injectFragments(address, port, 100, frame);
    assert.ok((await settled(delivered)) >= 290, 'fragments are put together');
  });
}

test('a pod VM cannot send into the tunnel of another pod on the same worker', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm1, vm2] = (await underlay(context, 3)) as [Place, Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const first = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const second = await addPod(context, flannel, worker, { worker: 1, number: 2 });
  const one = await addPeerPod(context, {
    worker,
    pod: first.pod,
    vm: vm1,
    remote: hostAddress(2),
    settings: { vni: 1 },
  });
  await addPeerPod(context, { worker, pod: second.pod, vm: vm2, remote: hostAddress(3), settings: { vni: 2 } });
  const gatewayMac = worker.run('cat /sys/class/net/cni0/address').trim();
  const delivered = await worker.packets.count('cni0', mark);
  const asFirst = [1, one.podNetwork.podMac, gatewayMac, first.addresses[0] ?? '', '10.244.1.1', mark] as const;
  await vm2.packets.inject(hostAddress(1), port, 1000, asFirst);
  assert.equal(await settled(delivered), 0);
  await vm1.packets.inject(hostAddress(1), port, 100, asFirst);
  assert.equal(await settled(delivered), 100);
});
