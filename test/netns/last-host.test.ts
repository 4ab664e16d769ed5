/** The host's interface is remembered between pods: one exchange a pod, and never the wrong interface. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Netlink } from '@peerpods/netlink';
import { type InspectSettings, inspectPodNetwork, type LastHost } from '#domain/tunnel/inspect.ts';
import { port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { contextOf, hostAddress, lacksKernel, type Place, underlay } from './topology.ts';

test('a known host interface costs no exchange of its own, and is looked for anew when it is not the right one', async (context) => {
  if (lacksKernel(context)) return;
  const [worker] = (await underlay(context, 1)) as [Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { netlink, ...around } = contextOf(worker);
  const lastHost: LastHost = {};
  let exchanges = 0;
  const counting: Netlink = {
    exchange(legs) {
      exchanges += 1;
      return netlink.exchange(legs);
    },
  };
  const inspect = async (settings: Partial<InspectSettings> = {}) => {
    exchanges = 0;
    const parts = { ...around, netlink: counting, lastHost };
    const { workerNodeIp, dedicated } = await inspectPodNetwork(
      pod.netns.path,
      { vni: 4711, port, ...settings },
      parts,
    );
    return { workerNodeIp, dedicated, exchanges };
  };
  const usual = { workerNodeIp: `${hostAddress(1)}/24`, dedicated: false };
  assert.deepEqual(await inspect(), { ...usual, exchanges: 2 });
  assert.deepEqual(await inspect(), { ...usual, exchanges: 1 });

  // Another default route, on a link that is better.
  worker.run(`ip link add other type bridge; ip addr add 198.51.100.7/24 dev other; ip link set other up
    ip route del default; ip route add default via 198.51.100.1 dev other`);
  const moved = { workerNodeIp: '198.51.100.7/24', dedicated: false };
  assert.deepEqual(await inspect(), { ...moved, exchanges: 2 });
  assert.deepEqual(await inspect(), { ...moved, exchanges: 1 });

  // That link goes: one exchange to see it, and two as the first time.
  worker.run(`ip link del other; ip route add default via ${hostAddress(254)}`);
  assert.deepEqual(await inspect(), { ...usual, exchanges: 3 });
  assert.deepEqual(await inspect(), { ...usual, exchanges: 1 });

  // A named one is asked for at once, whatever was remembered.
  worker.run('ip link add second type bridge; ip addr add 198.51.100.8/24 dev second; ip link set second up');
  const second = { workerNodeIp: '198.51.100.8/24', dedicated: true, exchanges: 1 };
  assert.deepEqual(await inspect({ hostInterface: 'second' }), second);
  await assert.rejects(inspect({ hostInterface: 'third' }), {
    code: 'E_POD_NETWORK',
    message: /no host interface third/,
  });
  assert.deepEqual((await inspect()).workerNodeIp, usual.workerNodeIp);
});
