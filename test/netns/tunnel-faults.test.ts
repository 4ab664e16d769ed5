/** Each message of set-up and teardown goes wrong in each way: the kernel is as before, or the next run makes it so. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext, test } from 'node:test';
import { deleteNetns, type Netlink, netlink } from '@peerpods/netlink';
import type { PodNetwork } from '#codec/pod-network.ts';
import { setUpNodeEnd, tearDownNodeEnd } from '#domain/tunnel/node-end.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { type FaultKind, faultKinds, faultsOf, faulty } from './faults.ts';
import { fingerprint } from './fingerprint.ts';
import {
  assertSettles,
  contextOf,
  lacksKernel,
  noLinkLocal,
  type Place,
  place,
  snapshot,
  underlay,
} from './topology.ts';

const vni = 99;
const port = 14789;
const podNetwork: PodNetwork = {
  podIp: '10.1.0.5/24',
  podIps6: ['fd00:1::5/64'],
  podMac: '02:00:00:00:00:05',
  interface: 'eth0',
  workerNodeIp: '192.0.2.1/24',
  routes: [
    route({ destination: '0.0.0.0/0', gateway: '169.254.1.1' }),
    route({ destination: '169.254.1.1/32', scope: 'link' }),
  ],
  routes6: [route({ destination: '::/0', gateway: 'fd00:1::1', onlink: true })],
  neighbours: [{ address: '169.254.1.1', mac: 'ee:ee:ee:ee:ee:ee', device: 'eth0', state: 'permanent' }],
  neighbours6: [],
  mtu: 9000,
  index: 0,
  vxlanPort: port,
  vni,
  dedicated: false,
  externalNetViaPodVm: false,
};

function route(given: Partial<PodNetwork['routes'][number]> & { destination: string }): PodNetwork['routes'][number] {
  return {
    gateway: undefined,
    device: 'eth0',
    protocol: 'boot',
    scope: undefined,
    metric: undefined,
    source: undefined,
    onlink: false,
    mtu: undefined,
    ...given,
  };
}

/** One end of a tunnel, and all that it could leave something in. */
interface End {
  readonly places: readonly Place[];
  setUp(on: Netlink): Promise<unknown>;
  tearDown(on: Netlink): Promise<void>;
  state(): Promise<string>;
}

/** A clsact qdisc of somebody else on the pod's interface takes another way through the code. */
async function nodeEnd(context: TestContext, clsact: boolean): Promise<End> {
  const [worker] = (await underlay(context, 1)) as [Place];
  const pod = await place(context, 'pod');
  pod.run(noLinkLocal);
  pod.run('ip link add eth0 index 7 type veth peer name far; ip link set far up; ip link set eth0 up');
  if (clsact) pod.run('tc qdisc add dev eth0 clsact');
  const record = {
    netns: pod.netns.path,
    podInterface: 'eth0',
    vni,
    port,
    remote: '192.0.2.2',
    local: '192.0.2.1',
    podMtu: 1450,
  };
  const host = contextOf(worker);
  const places = [worker, pod];
  return {
    places,
    setUp: (on) => setUpNodeEnd(record, { ...host, netlink: on }),
    tearDown: (on) => tearDownNodeEnd(record, { ...host, netlink: on }),
    state: () => fingerprint(places, [7, 0x100_0000 + vni]),
  };
}

async function vmEnd(context: TestContext): Promise<End> {
  const [, vm] = (await underlay(context, 2)) as [Place, Place];
  const inside = await place(context, 'inside');
  inside.run(noLinkLocal);
  const spec = { podNetwork, podNetnsPath: inside.netns.path };
  const host = contextOf(vm);
  const places = [vm, inside];
  return {
    places,
    setUp: (on) => setUpVmEnd(spec, { ...host, netlink: on }, { waitMs: 0 }),
    tearDown: (on) => tearDownVmEnd(spec, { ...host, netlink: on }),
    state: () => fingerprint(places, [0x100_0000 + vni]),
  };
}

const besideClsact = 'node end beside a clsact qdisc';
const ends: Record<string, (context: TestContext) => Promise<End>> = {
  'node end': (context) => nodeEnd(context, false),
  [besideClsact]: (context) => nodeEnd(context, true),
  'VM end': vmEnd,
};

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

/** What must hold of a fault in set-up: nothing is left of it, or it was overcome. */
async function checkSetUp(end: End, kind: FaultKind, at: number, before: string, complete: string): Promise<void> {
  const fault = faulty({ at, kind });
  if (await succeeds(end.setUp(fault.netlink))) {
    assert.equal(await end.state(), complete, `set-up, message ${at}, overcome`);
    await end.tearDown(netlink);
  }
  assert.ok(fault.seen >= at);
  assert.equal(await end.state(), before, `set-up, message ${at}`);
}

/** What must hold of a fault in teardown: it is overcome, or the next teardown finishes. */
async function checkTearDown(end: End, kind: FaultKind, at: number, before: string): Promise<void> {
  await end.setUp(netlink);
  const fault = faulty({ at, kind });
  if (!(await succeeds(end.tearDown(fault.netlink)))) await end.tearDown(netlink);
  assert.ok(fault.seen >= at);
  assert.equal(await end.state(), before, `teardown, message ${at}`);
}

/** A process killed at a message: the next one may finish the work, or take down what there is. */
async function checkKill(end: End, at: number, before: string, complete: string): Promise<void> {
  assert.equal(await succeeds(end.setUp(faulty({ at, kind: 'cut off' }).netlink)), false);
  await end.setUp(netlink);
  assert.equal(await end.state(), complete, `set-up killed at message ${at}, run again`);
  await end.tearDown(netlink);
  assert.equal(await end.state(), before, `set-up killed at message ${at}, run again, torn down`);
  await succeeds(end.setUp(faulty({ at, kind: 'cut off' }).netlink));
  await end.tearDown(netlink);
  assert.equal(await end.state(), before, `set-up killed at message ${at}, torn down`);
}

async function studied(end: End) {
  const text = await snapshot(...end.places);
  const before = await end.state();
  const inSetUp = await faultsOf(end.setUp);
  const complete = await end.state();
  assert.notEqual(complete, before);
  const inTearDown = await faultsOf(end.tearDown);
  assert.equal(await end.state(), before);
  return { before, complete, text, inSetUp, inTearDown };
}

// The kernel's grace periods are what takes time
describe('each message goes wrong in each way', { concurrency: true }, () => {
  for (const [name, make] of Object.entries(ends)) {
    // The clsact qdisc makes a difference to what is planned, not to how it is carried out
    for (const kind of name === besideClsact ? (['EPERM', 'lost answer'] as const) : faultKinds) {
      it(`${name}, ${kind}: rolled back, overcome, or finished by the next run`, async (context) => {
        if (lacksKernel(context)) return;
        const end = await make(context);
        const { before, complete, text, inSetUp, inTearDown } = await studied(end);
        assert.ok(inSetUp(kind).length > 0 && inTearDown(kind).length > 0);
        for (const at of inSetUp(kind)) await checkSetUp(end, kind, at, before, complete);
        for (const at of inTearDown(kind)) await checkTearDown(end, kind, at, before);
        await assertSettles(() => snapshot(...end.places), text);
      });
    }

    it(`${name}, killed: the next run finishes, or tears down what there is`, async (context) => {
      if (lacksKernel(context)) return;
      const end = await make(context);
      const { before, complete, text, inSetUp, inTearDown } = await studied(end);
      for (const at of inSetUp('cut off')) await checkKill(end, at, before, complete);
      for (const at of inTearDown('cut off')) await checkTearDown(end, 'cut off', at, before);
      await assertSettles(() => snapshot(...end.places), text);
    });
  }
});

test('teardown succeeds after the pod’s namespace is gone, and removes the pin', async (context) => {
  if (lacksKernel(context)) return;
  const end = await nodeEnd(context, false);
  const [worker, pod] = end.places as [Place, Place];
  const before = await snapshot(worker);
  await end.setUp(netlink);
  assert.notEqual(await snapshot(worker), before);
  await deleteNetns(pod.netns.path);
  await end.tearDown(netlink);
  await end.tearDown(netlink);
  await assertSettles(() => snapshot(worker), before);
});

test('teardown and set-up succeed after somebody flushed all nftables rules', async (context) => {
  if (lacksKernel(context)) return;
  for (const make of [ends['node end'], ends['VM end']]) {
    const end = await make?.(context);
    assert.ok(end);
    const before = await snapshot(...end.places);
    await end.setUp(netlink);
    const complete = await snapshot(...end.places);
    end.places[0]?.run('nft flush ruleset');
    await end.setUp(netlink);
    await assertSettles(() => snapshot(...end.places), complete, 'a second set-up pins again');
    end.places[0]?.run('nft flush ruleset');
    await end.tearDown(netlink);
    await assertSettles(() => snapshot(...end.places), before);
  }
});
