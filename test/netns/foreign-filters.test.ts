/** A pod's interface that others filter already: their filters go on working, and outlive the tunnel. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lacks } from '../support/requirements.ts';
import { planPeerPod } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { assertSettles, hostAddress, lacksKernel, type Place, snapshot, underlay } from './topology.ts';

/** Bytes of UDP whose packets foreign filters catch on the way in, and out. */
const caught = { in: 333, out: 353 } as const;
const totalLength = (bytes: number) => bytes + 28;

/** Into a link that leads nowhere: what a foreign filter catches never arrives. */
const sink = 'ip link add sink type veth peer name sink2; ip link set sink up; ip link set sink2 up';
const filter = (parent: string, bytes: number) => `tc filter add dev eth0 ${parent} protocol ip u32 \\
  match u16 ${totalLength(bytes)} 0xffff at 2 action mirred egress redirect dev sink`;

const foreign: Record<string, { script: string; tcx?: true; in: boolean; out: boolean }> = {
  'an ingress qdisc without filters': { script: 'tc qdisc add dev eth0 ingress', in: false, out: false },
  'an ingress qdisc with a filter': {
    script: `${sink}; tc qdisc add dev eth0 ingress; ${filter('parent ffff:', caught.in)}`,
    in: true,
    out: false,
  },
  'a clsact qdisc without filters': { script: 'tc qdisc add dev eth0 clsact', in: false, out: false },
  'a clsact qdisc with filters both ways': {
    script: `${sink}; tc qdisc add dev eth0 clsact; ${filter('ingress', caught.in)}; ${filter('egress', caught.out)}`,
    in: true,
    out: true,
  },
  'a BPF program on tcx': { script: 'true', tcx: true, in: true, out: false },
};

for (const [name, { script, tcx = false, ...catches }] of Object.entries(foreign)) {
  test(`${name} on the pod's interface is kept, goes on, and is there after the tunnel`, async (context) => {
    if (lacksKernel(context)) return;
    const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
    worker.run(flannel.onWorker(1, 1));
    const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
    const [address = ''] = addresses;
    pod.run(script);
    if (tcx) {
      const attached = await pod.packets.tcxDrop('eth0', totalLength(caught.in)).then(
        () => true,
        () => false,
      );
      if (lacks(context, attached, 'BPF programs on tcx (Linux 6.6)')) return;
    }
    const probe = async (word: string) => {
      assert.equal(await worker.packets.ask(address), word);
      const [into, outOf] = await Promise.all(
        [caught.in, caught.out].map((bytes) => worker.packets.ask(address, { bytes, tries: 3 })),
      );
      assert.deepEqual([into, outOf], [catches.in ? null : word, catches.out ? null : word]);
    };
    await pod.packets.answer(address, 'pod');
    await probe('pod');
    const peer = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
    const before = await snapshot(worker, pod);

    await peer.setUp();
    await peer.inside.packets.answer(address, 'in the VM');
    await probe('in the VM');
    const once = await snapshot(worker, pod);
    await peer.setUp();
    await assertSettles(() => snapshot(worker, pod), once);
    await probe('in the VM');

    await peer.tearDown();
    await assertSettles(() => snapshot(worker, pod), before);
    await probe('pod');
  });
}

test('a filter that somebody adds while the tunnel is up outlives it, with the qdisc that was ours', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const peer = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  await peer.setUp();
  pod.run(`${sink}; ${filter('parent ffff:', caught.in)}`);
  await peer.tearDown();
  const left = pod.run('tc filter show dev eth0 ingress');
  assert.match(left, /sink/);
  assert.doesNotMatch(left, /50001/);
  assert.doesNotMatch(pod.run('ip link'), /vxlan/);
});
