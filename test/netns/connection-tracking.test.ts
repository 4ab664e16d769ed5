/** Where the kernel tracks connections, it does not track the tunnel's packets: no entry for each of a pod's ports. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { addPin, untrackTunnels } from '#domain/tunnel/source-pin.ts';
import { watchTracking } from '#domain/tunnel/watch-tracking.ts';
import { systemClock } from '#io/system-clock.ts';
import { addPeerPod, port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import { contextOf, hostAddress, lacksKernel, type Place, underlay } from './topology.ts';

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

const trackedOf = (host: Place) => Number(host.run('cat /proc/sys/net/netfilter/nf_conntrack_count'));
const chainsOf = (host: Place) => host.run('nft list table inet peerpods').match(/chain \S+/g)?.length;

async function scene(context: TestContext): Promise<{ hosts: Record<string, Place>; call: () => Promise<void> }> {
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { inside } = await addPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  const [address = ''] = addresses;
  await inside.packets.answer(address, 'pod');
  const call = async () => {
    for (let calls = 0; calls < 20; calls += 1) assert.equal(await worker.packets.ask(address, { tries: 200 }), 'pod');
  };
  return { hosts: { worker, vm }, call };
}

test("once connections are tracked, the tunnel's packets are left out of it at both ends", async (context) => {
  if (lacksKernel(context)) return;
  const { hosts, call } = await scene(context);
  for (const host of Object.values(hosts)) host.run(countTracked);
  await call();
  for (const [name, host] of Object.entries(hosts)) {
    assert.ok(trackedOf(host) > 0 && (packetsSeen(host).tracked ?? 0) > 0, `${name} tracks nothing`);
    await untrackTunnels(contextOf(host));
    host.run('nft reset counters table ip seen');
  }
  await call();
  for (const [name, host] of Object.entries(hosts)) {
    const { tracked, untracked = 0 } = packetsSeen(host);
    assert.equal(tracked, 0, `${name} tracks ${tracked} packets`);
    assert.ok(untracked >= 40, `${name} has seen ${untracked} packets of the tunnel`);
  }
});

test('where nothing is tracked, a packet meets one chain only, and the watch adds the others once something is', async (context) => {
  if (lacksKernel(context)) return;
  const { hosts, call } = await scene(context);
  for (const host of Object.values(hosts)) {
    let lookAgain: (() => void) | undefined;
    const after = (_: number, callback: () => void) => {
      lookAgain = callback;
      return () => {};
    };
    await using _watch = await watchTracking({ ...contextOf(host), clock: { ...systemClock, after } });
    assert.equal(chainsOf(host), 1);
    host.run(countTracked);
    await call();
    lookAgain?.();
    while (chainsOf(host) === 1) await setTimeout(10);
    assert.equal(chainsOf(host), 3);
  }
});

test('the chains come again with a table that somebody removed', async (context) => {
  if (lacksKernel(context)) return;
  const [host] = (await underlay(context, 1)) as [Place];
  const pin = { remote: hostAddress(2), port, vni: 1 };
  host.run(countTracked);
  host.run(`ping -c 1 -W 1 ${hostAddress(9)} || true; echo | nc -u -w 0 127.0.0.1 9 || true`);
  await addPin(contextOf(host), pin);
  await untrackTunnels(contextOf(host));
  assert.equal(chainsOf(host), 3);
  host.run('nft delete table inet peerpods');
  await addPin(contextOf(host), pin);
  assert.equal(chainsOf(host), 1);
  await untrackTunnels(contextOf(host));
  assert.equal(chainsOf(host), 3);
});
