/** Where the kernel tracks connections, it does not track the tunnel's packets: no entry for each of a pod's ports. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPeerPod, port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { hostAddress, lacksKernel, type Place, underlay } from './topology.ts';

/** Hooks behind our own: what is tracked by then counts as such, in both directions. */
const countTracked = `
nft -f - <<'RULES'
table ip seen {
  counter untracked {}
  counter tracked {}
  chain in { type filter hook input priority 10; policy accept;
    udp dport ${port} ct state untracked counter name untracked
    udp dport ${port} ct state != untracked counter name tracked
  }
  chain out { type filter hook output priority 10; policy accept;
    udp dport ${port} ct state untracked counter name untracked
    udp dport ${port} ct state != untracked counter name tracked
  }
}
RULES`;

function packetsSeen(host: Place): Record<string, number> {
  const seen = JSON.parse(host.run('nft -j list counters table ip seen')) as {
    nftables: { counter?: { name: string; packets: number } }[];
  };
  return Object.fromEntries(seen.nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets]] : [])));
}

test("the tunnel's packets are left out of connection tracking at both ends", async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { inside } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  // Counted from here: the worker's end speaks before the VM's is there.
  for (const host of [worker, vm]) host.run(countTracked);
  const [address = ''] = addresses;
  await inside.packets.answer(address, 'pod');
  for (let call = 0; call < 20; call += 1) assert.equal(await worker.packets.ask(address, { tries: 200 }), 'pod');
  for (const [name, host] of Object.entries({ worker, vm })) {
    const { tracked, untracked = 0 } = packetsSeen(host);
    assert.equal(tracked, 0, `${name} tracks ${tracked} packets`);
    assert.ok(untracked >= 40, `${name} has seen ${untracked} packets of the tunnel`);
  }
});
