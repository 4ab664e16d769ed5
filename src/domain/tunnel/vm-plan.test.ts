import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Netns } from '@peerpods/netlink';
import { parsePodNetwork } from '#codec/pod-network.ts';
import { planVmEnd, tunnelOf } from './vm-plan.ts';

const file = {
  podip: '10.244.1.17/24',
  'pod-hw-addr': '0a:58:0a:f4:01:11',
  interface: 'eth0',
  'worker-node-ip': '192.0.2.1/24',
  routes: [
    { dst: '0.0.0.0/0', gw: '169.254.1.1', dev: 'eth0' },
    { dst: '169.254.1.1/32', gw: '', dev: 'eth0', scope: 'link' },
  ],
  podips6: ['fd00::5/64'],
  routes6: [{ dst: '::/0', gw: 'fe80::1' }],
  neighbors: [{ ip: '169.254.1.1', 'hw-addr': 'ee:ee:ee:ee:ee:ee', dev: 'eth0', state: 'permanent' }],
  mtu: 1450,
  'vxlan-port': 4789,
  'vxlan-id': 7,
};
const pod = new Netns('pod', 5);
const plan = (given: object = {}, existing?: number) => {
  const network = parsePodNetwork({ ...file, ...given });
  return planVmEnd(network, tunnelOf(network), 1450, existing, pod, undefined);
};

test('the device first, then addresses, then routes with those without gateway first, then neighbours', () => {
  assert.deepEqual(
    plan().map(({ request }) => request.attempted),
    [
      'create vxlan link eth0',
      'add address 10.244.1.17/24 to link #16777223',
      'add address fd00::5/64 to link #16777223',
      'add route 169.254.1.1/32 link #16777223',
      'add route 0.0.0.0/0 via 169.254.1.1 link #16777223',
      'add route ::/0 via fe80::1 link #16777223',
      'add neighbour 169.254.1.1 to link #16777223',
    ],
  );
});

test('what an earlier run left is completed, and only then may anything be there already', () => {
  const [first, ...rest] = plan({}, 42);
  assert.equal(first?.request.attempted, 'change link #42');
  assert.equal(first?.undo, undefined, 'what was there before is not taken away when this run fails');
  assert.ok(rest.every(({ tolerate }) => tolerate?.includes('EEXIST')));
  assert.ok(plan().every(({ tolerate = [] }) => tolerate.length === 0));
});

test('a neighbour without MAC or with state none, and a tunnel without VNI or port, are refused in words', () => {
  for (const bad of [
    { neighbors: [{ ip: '10.0.0.1' }] },
    { neighbors: [{ ip: '10.0.0.1', 'hw-addr': 'ee:ee:ee:ee:ee:ee', state: 'none' }] },
    { 'vxlan-id': 0 },
    { 'vxlan-port': undefined },
  ]) {
    assert.throws(() => plan(bad), { code: 'E_POD_NETWORK' });
  }
});
