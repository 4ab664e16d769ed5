import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePodNetwork, parsePodNetwork } from './pod-network.ts';

const minimal = {
  podip: '10.244.1.17/24',
  'pod-hw-addr': '0a:58:0a:f4:01:11',
  interface: 'eth0',
  'worker-node-ip': '192.168.122.20/24',
  'tunnel-type': 'vxlan',
  routes: null,
  neighbors: null,
  mtu: 1450,
  index: 0,
  'vxlan-port': 4789,
  'vxlan-id': 555000,
  dedicated: false,
  'external-net-via-pod-vm': false,
};

test('what upstream writes comes back as the same JSON, the default route in its plain spelling', () => {
  const routes = [
    { dst: '::ffff:0.0.0.0/0', gw: '10.244.1.1', dev: 'eth0', protocol: 'boot' },
    { dst: '10.244.1.0/24', gw: '', dev: 'eth0', protocol: 'kernel', scope: 'link' },
  ];
  const neighbors = [{ ip: '169.254.1.1', 'hw-addr': 'ee:ee:ee:ee:ee:ee', dev: 'eth0', state: 'permanent' }];
  const written = encodePodNetwork(parsePodNetwork({ ...minimal, routes, neighbors }));
  const expected = [{ ...routes[0], dst: '0.0.0.0/0' }, routes[1]];
  assert.deepEqual(JSON.parse(JSON.stringify(written)), { ...minimal, routes: expected, neighbors });
});

test('all spellings of the IPv4 default route, keys in any case, unknown keys', () => {
  for (const Dst of ['', null, '0.0.0.0/0', '::ffff:0.0.0.0/0', '::FFFF:0.0.0.0/0', '::ffff:0:0/0']) {
    const parsed = parsePodNetwork({ ...minimal, Routes: [{ Dst, GW: '10.0.0.1', new: 1 }], other: {} });
    assert.deepEqual([parsed.routes[0]?.destination, parsed.routes[0]?.gateway], ['0.0.0.0/0', '10.0.0.1']);
  }
});

test('keys of ours survive the round trip', () => {
  const ours = {
    ...minimal,
    routes: [{ dst: '10.0.0.0/8', gw: '10.1.1.1', metric: 5, src: '10.244.1.17', onlink: true, mtu: 1300 }],
    podips6: ['fd00::5/64'],
    routes6: [{ dst: '::/0', gw: 'fe80::1', dev: 'eth0' }],
    neighbors6: [{ ip: 'fe80::1', 'hw-addr': 'ee:ee:ee:ee:ee:ee' }],
  };
  assert.deepEqual(JSON.parse(JSON.stringify(encodePodNetwork(parsePodNetwork(ours)))), ours);
});

test('nonsense is a coded error', () => {
  const bad: unknown[] = [
    null,
    undefined,
    [],
    'x',
    { ...minimal, podip: '10.0.0.1/33' },
    { ...minimal, 'tunnel-type': 'geneve' },
    { ...minimal, mtu: '1450' },
    { ...minimal, routes: [{ dst: '', gw: '' }] },
    { ...minimal, routes: [{ dst: '10.0.0.0/8', protocol: 'bgp' }] },
    { ...minimal, neighbors: [{ ip: '10.0.0.1', state: 'PERMANENT' }] },
  ];
  for (const value of bad) assert.throws(() => parsePodNetwork(value), { code: 'E_POD_NETWORK' });
});
