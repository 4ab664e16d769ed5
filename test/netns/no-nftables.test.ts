/** A kernel without nf_tables, so far as our netlink is concerned: iptables takes its place, and is really run. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNetlink, kernelRun } from '@peerpods/netlink';
import { setUpNodeEnd, type TunnelContext, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { addPin, readPins, removePin } from '#domain/tunnel/source-pin.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { runProgram } from '#io/run-program.ts';
import { decodeMessages, encodeMessage } from '../../native/message.ts';
import { lacksCommand } from '../support/requirements.ts';
import { planPeerPod, port } from './peer-pod.ts';
import { addPod, flannel } from './pod-nets.ts';
import {
  assertSettles,
  contextOf,
  hostAddress,
  hostAddress6,
  lacksKernel,
  type Place,
  snapshot,
  underlay,
} from './topology.ts';

const NETLINK_NETFILTER = 12;
const [EINVAL, EOPNOTSUPP] = [22, 95];

/** As nfnetlink answers when nobody registered nf_tables: the begin of a batch, or a question, and nothing else. */
const withoutNft = () =>
  createNetlink(async (lane, legs) => {
    if (legs[0]?.protocol !== NETLINK_NETFILTER) return await kernelRun(lane, legs);
    const results = legs.map(({ sends }) => {
      const [first] = sends.flatMap(decodeMessages);
      const payload = Buffer.alloc(20);
      payload.writeInt32LE(-(first?.type === 16 ? EOPNOTSUPP : EINVAL), 0);
      const reply = Buffer.from(encodeMessage({ type: 2, flags: 0, sequence: first?.sequence ?? 0, payload }));
      return { reply, errno: 0, skipped: false };
    });
    return { errno: 0, attempted: '', legs: results };
  });

function contextWithoutNft(host: Place): TunnelContext {
  const run: TunnelContext['run'] = (program, args, ...bounds) =>
    runProgram('ip', ['netns', 'exec', host.name, program, ...args], ...bounds);
  return { ...contextOf(host), netlink: withoutNft(), run };
}

for (const [name, addressOf] of [
  ['IPv4', hostAddress],
  ['IPv6', hostAddress6],
] as const) {
  test(`over ${name}: packets flow, a stranger's frames are dropped at both ends, nothing is left`, async (context) => {
    if (lacksKernel(context) || lacksCommand(context, 'iptables-legacy')) return;
    const [worker, vm, stranger] = (await underlay(context, 3)) as [Place, Place, Place];
    worker.run(flannel.onWorker(1, 1));
    if (addressOf === hostAddress6) for (const host of [worker, vm]) host.run('ip -4 addr flush dev up0');
    // Looking alone makes the table appear
    for (const host of [worker, vm]) host.run('iptables-legacy -t raw -S; ip6tables-legacy -t raw -S');
    const { pod, addresses } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
    const [address = ''] = addresses;
    const peer = await planPeerPod(context, { worker, pod, vm, remote: addressOf(2) });
    const { inside, record, vmSpec } = peer;
    const [onWorker, inVm] = [contextWithoutNft(worker), contextWithoutNft(vm)];
    const read = () => snapshot(worker, pod, vm, inside);
    const before = await read();
    for (const _ of [1, 2]) {
      await setUpNodeEnd(record, onWorker);
      await setUpVmEnd(vmSpec, inVm);
    }
    const once = await read();
    assert.equal(once.match(/-j DROP/g)?.length, 2);
    assert.equal(once.match(/table inet/g), null);
    await setUpNodeEnd(record, contextWithoutNft(worker));
    await assertSettles(read, once, 'a second run, and another process, change nothing');
    assert.deepEqual(await readPins(contextWithoutNft(worker)), [{ vni: 4711, port }]);

    await inside.packets.answer(address, 'in the VM');
    assert.equal(await worker.packets.ask(address), 'in the VM');
    const gatewayMac = worker.run('cat /sys/class/net/cni0/address').trim();
    const macs = [gatewayMac, peer.podNetwork.podMac] as const;
    const frames = {
      vm: [4711, macs[0], macs[1], '10.244.1.1', address, 'injected'],
      worker: [4711, macs[1], macs[0], address, '10.244.1.1', 'injected'],
    } as const;
    const counters = [await inside.packets.count('eth0', 'injected'), await worker.packets.count('cni0', 'injected')];
    const counted = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return await Promise.all(counters.map((count) => count()));
    };
    await stranger.packets.inject(addressOf(2), port, 500, frames.vm);
    await stranger.packets.injectFragments(addressOf(2), port, 100, frames.vm);
    await stranger.packets.inject(addressOf(1), port, 500, frames.worker);
    await stranger.packets.injectFragments(addressOf(1), port, 100, frames.worker);
    assert.deepEqual(await counted(), [0, 0]);
    await worker.packets.inject(addressOf(2), port, 50, frames.vm);
    await vm.packets.inject(addressOf(1), port, 50, frames.worker);
    assert.deepEqual(await counted(), [50, 50], 'the far end’s own frames arrive');

    await tearDownNodeEnd(record, contextWithoutNft(worker));
    await tearDownVmEnd(vmSpec, inVm);
    await tearDownNodeEnd(record, onWorker);
    await assertSettles(read, before);
  });
}

test('several pins share what is static; each goes alone, and the port’s rules with its last', async (context) => {
  if (lacksKernel(context) || lacksCommand(context, 'iptables-legacy')) return;
  const [host] = (await underlay(context, 1)) as [Place];
  host.run('iptables-legacy -t raw -S');
  const on = contextWithoutNft(host);
  const rules = () => host.run('iptables-legacy -t raw -S');
  const before = rules();
  const pins = [
    { remote: '192.0.2.7', port, vni: 1 },
    { remote: '192.0.2.8', port, vni: 2 },
    { remote: '192.0.2.8', port: 8472, vni: 1 },
  ] as const;
  await Promise.all(pins.map((pin) => addPin(on, pin)));
  assert.deepEqual(
    ['NOTRACK', 'DROP', '-j peerpods'].map((part) => rules().split(part).length - 1),
    [3, 3, 2],
  );
  await assert.rejects(addPin(on, { ...pins[0], remote: '192.0.2.9' }), { code: 'E_TUNNEL' });
  await removePin(on, { ...pins[0], remote: '192.0.2.9' });
  await removePin(on, pins[2]);
  assert.deepEqual(
    ['NOTRACK', 'DROP', '-j peerpods'].map((part) => rules().split(part).length - 1),
    [2, 2, 1],
  );
  await Promise.all(pins.map((pin) => removePin(on, pin)));
  assert.equal(rules(), before);
});

test('with neither nf_tables nor iptables there is no tunnel, and the error says why', async (context) => {
  if (lacksKernel(context)) return;
  const [worker, vm] = (await underlay(context, 2)) as [Place, Place];
  worker.run(flannel.onWorker(1, 1));
  const { pod } = await addPod(context, flannel, worker, { worker: 1, number: 1 });
  const { record } = await planPeerPod(context, { worker, pod, vm, remote: hostAddress(2) });
  const missing: TunnelContext['run'] = (program, _args, ...bounds) => runProgram(`no-such-${program}`, [], ...bounds);
  const on = { ...contextWithoutNft(worker), run: missing };
  const before = await snapshot(worker, pod);
  await assert.rejects(setUpNodeEnd(record, on), {
    code: 'E_TUNNEL',
    message: /no nf_tables, and there is no program/,
  });
  await assertSettles(() => snapshot(worker, pod), before);
});
