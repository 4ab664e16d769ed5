import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Filter, type Link, Netns, type Qdisc } from '@peerpods/netlink';
import { redirectPriority } from './node-messages.ts';
import {
  addressFault,
  judgeNodeEnd,
  judgeQdisc,
  type NodeEndRecord,
  planNodeEnd,
  planRemoval,
  type SeenNodeEnd,
} from './node-plan.ts';

const record: NodeEndRecord = {
  netns: '/run/netns/x',
  podInterface: 'eth0',
  vni: 7,
  port: 4789,
  remote: '192.0.2.2',
  local: '192.0.2.1',
  podMtu: 1450,
};
const link = (name: string, index: number, given: Partial<Link> = {}): Link => ({
  index,
  name,
  up: true,
  loopback: false,
  mac: '02:00:00:00:00:01',
  mtu: 1450,
  kind: 'veth',
  masterIndex: undefined,
  lowerIndex: undefined,
  lowerNetnsId: undefined,
  alias: undefined,
  operState: 6,
  vxlan: undefined,
  attributes: [],
  ...given,
});
const podLink = link('eth0', 2);
const vxlan = { vni: 7, port: 4789, remote: '192.0.2.2', local: '192.0.2.1' };
const tunnel = link('vxlan1', 99, { kind: 'vxlan', vxlan });
const qdisc = (kind: string): Qdisc => ({ linkIndex: 2, kind, handle: 0xffff0000, parent: 0xfffffff1, attributes: [] });
const filter = (linkIndex: number, targetIndex: number, priority = redirectPriority): Filter => ({
  linkIndex,
  kind: 'u32',
  handle: 1,
  parent: 0xffff0000,
  priority,
  protocol: 3,
  redirect: { mode: 1, targetIndex },
  attributes: [],
});
const complete: SeenNodeEnd = {
  podLink,
  tunnel,
  qdisc: qdisc('ingress'),
  podFilters: [filter(2, 99)],
  tunnelFilters: [filter(99, 2)],
};
const pod = new Netns('pod', 5);
const texts = (steps: readonly { request: { attempted: string } }[]) => steps.map(({ request }) => request.attempted);

test('what is there is judged: complete only when both ways lead where they should', () => {
  const judge = (given: Partial<SeenNodeEnd>) => judgeNodeEnd({ ...complete, ...given }, record);
  assert.equal(judge({}), 'complete');
  assert.equal(judge({ tunnelFilters: [] }), 'partial');
  assert.equal(judge({ podFilters: [filter(2, 98)] }), 'partial');
  assert.equal(judge({ podFilters: [filter(2, 99, 49152)] }), 'partial');
  assert.equal(judge({ tunnel: { ...tunnel, up: false } }), 'partial');
  assert.equal(judge({ tunnel: { ...tunnel, mtu: 1500 } }), 'partial');
  assert.equal(judge({ tunnel: { ...tunnel, vxlan: { ...vxlan, local: undefined } } }), 'partial');
  assert.equal(judge({ tunnel: { ...tunnel, vxlan: { ...vxlan, remote: '192.0.2.9' } } }), 'foreign');
  assert.equal(judge({ tunnel: link('vxlan1', 99) }), 'foreign');
  assert.equal(judge({ tunnel: undefined, tunnelFilters: [] }), 'partial');
  assert.equal(judge({ tunnel: undefined, tunnelFilters: [], podFilters: [filter(2, 50, 1)] }), 'absent');
});

test('the qdisc is ours when the record says so, or when nothing in it is anybody else’s', () => {
  const judge = (given: Partial<SeenNodeEnd>, ownsQdisc?: boolean) =>
    judgeQdisc({ ...complete, ...given }, { ...record, ownsQdisc });
  assert.deepEqual([judge({}, true), judge({}, false), judge({})], [true, false, true]);
  const shared = { podFilters: [filter(2, 99), filter(2, 50, 49152)] };
  assert.deepEqual([judge(shared, true), judge(shared)], [false, false]);
  assert.equal(judge({ qdisc: qdisc('clsact') }), false);
  assert.equal(judge({ qdisc: undefined }, true), false);
});

test('the plan makes the device where the underlay is, and the rest in the pod; a qdisc that is there is used', () => {
  const plan = planNodeEnd(record, 2, undefined, pod, undefined);
  assert.deepEqual(texts(plan), [
    'create vxlan link vxlan1',
    'add ingress qdisc to the pod interface',
    'add ingress qdisc to vxlan1',
    'redirect the pod interface to vxlan1',
    'redirect vxlan1 to the pod interface',
  ]);
  assert.deepEqual(
    plan.map(({ netns }) => netns),
    [undefined, pod, pod, pod, pod],
  );
  assert.deepEqual(
    plan.map(({ undo }) => texts(undo?.() ?? [])),
    [['delete link #16777223'], ['delete ingress qdisc of link #2'], [], ['delete filters of link #2'], []],
  );
  const beside = planNodeEnd(record, 2, qdisc('clsact'), pod, undefined);
  assert.ok(!texts(beside).includes('add ingress qdisc to the pod interface'));
  const parentOf = (operation: (typeof beside)[number] | undefined) =>
    Buffer.from(operation?.request.payload ?? new Uint8Array(20)).readUInt32LE(12);
  assert.deepEqual([parentOf(beside[2]), parentOf(plan[3])], [0xfffffff2, 0xffff0000]);
});

test('removal takes what is ours and nothing else', () => {
  const removal = (given: Partial<SeenNodeEnd>, ownsQdisc?: boolean) =>
    texts(planRemoval({ ...complete, ...given }, { ...record, ownsQdisc }, pod));
  assert.deepEqual(removal({}), ['delete ingress qdisc of link #2', 'delete link #99']);
  assert.deepEqual(removal({}, false), ['delete filters of link #2', 'delete link #99']);
  assert.deepEqual(removal({ qdisc: qdisc('clsact') }), ['delete filters of link #2', 'delete link #99']);
  assert.deepEqual(removal({ tunnel: undefined }), ['delete ingress qdisc of link #2']);
  assert.deepEqual(removal({ podLink: undefined, qdisc: undefined, podFilters: [] }), ['delete link #99']);
  assert.deepEqual(removal({ tunnel: undefined, podFilters: [] }), [], 'an empty qdisc alone is somebody else’s');
  assert.deepEqual(removal({ tunnel: link('vxlan1', 99) }), [], 'another tunnel, with its filters');
});

test('no tunnel joins addresses of two versions, nor a worker with itself', () => {
  assert.equal(addressFault(record), undefined);
  assert.equal(addressFault({ remote: '2001:db8::2', local: '2001:db8::1' }), undefined);
  assert.match(addressFault({ ...record, remote: '2001:db8::2' }) ?? '', /different versions/);
  for (const [remote, local] of [
    ['192.0.2.1', '192.0.2.1'],
    ['127.0.0.9', '192.0.2.1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['::1', '2001:db8::1'],
  ] as const) {
    assert.match(addressFault({ remote, local }) ?? '', /is the worker's own/, remote);
  }
});
