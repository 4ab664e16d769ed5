import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InterfaceAddress, type Link, Netns, type Route } from '@peerpods/netlink';
import {
  chooseExternal,
  encodeAlias,
  parseAlias,
  planInside,
  planRestoration,
  type SeenHost,
} from './external-plan.ts';

const link = (name: string, index: number): Link => ({
  index,
  name,
  up: true,
  loopback: false,
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  kind: undefined,
  masterIndex: undefined,
  lowerIndex: undefined,
  lowerNetnsId: undefined,
  alias: undefined,
  operState: 6,
  vxlan: undefined,
  attributes: [],
});
const address = (linkIndex: number, text: string, prefixLength = 24): InterfaceAddress => ({
  version: text.includes(':') ? 6 : 4,
  linkIndex,
  address: text,
  prefixLength,
  peer: undefined,
  broadcast: undefined,
  label: undefined,
  scope: 0,
  permanent: true,
  tentative: false,
  attributes: [],
});
const route = (linkIndex: number, gateway: string, given: Partial<Route> = {}): Route => ({
  version: gateway.includes(':') ? 6 : 4,
  destination: { address: gateway.includes(':') ? '::' : '0.0.0.0', length: 0 },
  gateway,
  linkIndex,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  onlink: false,
  attributes: [],
  ...given,
});

const seen: SeenHost = {
  links: [link('lo', 1), link('eth0', 2), link('veth7', 3), link('eth2', 5), link('eth1', 4)],
  addresses: [
    address(2, '192.0.2.2'),
    address(3, '10.0.0.1'),
    address(4, '203.0.113.2'),
    address(4, '2001:db8::4', 64),
    address(5, '192.0.2.55'),
  ],
  routes: [route(2, '192.0.2.254'), route(4, '203.0.113.254', { metric: 600 })],
};

test('the first interface with an address and a default route of its own, all its addresses included', () => {
  const { nic } = chooseExternal(seen, [2]) ?? {};
  assert.equal(nic?.name, 'eth1');
  assert.deepEqual(
    nic?.addresses.map((one) => ('address' in one ? one.address : '')),
    ['203.0.113.2', '2001:db8::4'],
  );
  assert.deepEqual(
    nic?.defaults.map(({ gateway, metric }) => [gateway, metric]),
    [['203.0.113.254', 600]],
  );
});

test('without a route of its own it must be in the primary one’s subnet, and uses that gateway', () => {
  const { nic } = chooseExternal(seen, [2, 4]) ?? {};
  assert.deepEqual([nic?.name, nic?.defaults[0]?.gateway, nic?.routes.length], ['eth2', '192.0.2.254', 0]);
  const elsewhere = { ...seen, addresses: [address(2, '192.0.2.2'), address(5, '198.51.100.5')] };
  assert.equal(chooseExternal(elsewhere, [2, 4]), undefined);
});

test('interfaces that the tunnel needs, that have no IPv4 address, or that no cloud attaches are never taken', () => {
  assert.equal(chooseExternal(seen, [2, 4, 5]), undefined);
  const local = ['veth0', 'docker0', 'podman1', 'br-1', 'cni0', 'tunl0', 'tun0', 'tap3', 'lo'];
  for (const name of local) {
    const links = seen.links.map((one) => (one.index === 4 ? { ...one, name } : one));
    assert.equal(chooseExternal({ ...seen, links }, [2, 5]), undefined, name);
  }
  const only6 = { ...seen, addresses: seen.addresses.filter(({ version }) => version === 6) };
  assert.equal(chooseExternal(only6, [2]), undefined);
});

test('the note on the link holds what is needed to finish or undo, and nonsense is no note', () => {
  const { nic } = chooseExternal(seen, [2]) ?? {};
  assert.ok(nic);
  const read = parseAlias(encodeAlias(nic));
  assert.deepEqual(read, {
    name: 'eth1',
    addresses: [
      { address: '203.0.113.2', length: 24 },
      { address: '2001:db8::4', length: 64 },
    ],
    defaults: [{ destination: { address: '0.0.0.0', length: 0 }, gateway: '203.0.113.254', metric: 600 }],
    routes: [{ destination: { address: '0.0.0.0', length: 0 }, gateway: '203.0.113.254', metric: 600 }],
  });
  for (const alias of [undefined, '', 'uplink', 'peerpods-external {', 'peerpods-external {"n":1}']) {
    assert.equal(parseAlias(alias), undefined);
  }
  const many = {
    ...nic,
    addresses: Array.from({ length: 9 }, (_, n) => address(4, `2001:db8:1111:2222:3333:4444:5555:${n}`, 64)),
  };
  assert.throws(() => encodeAlias(many), { code: 'E_POD_NETWORK' });
});

test('inside, its default routes take the place of the pod’s, in the versions that it has', () => {
  const { nic } = chooseExternal(seen, [2]) ?? {};
  assert.ok(nic);
  const podRoutes = [route(9, '10.244.1.1'), route(9, 'fd00::1')];
  const texts = planInside(nic, 4, podRoutes, new Netns('pod', 5)).map(({ request }) => request.attempted);
  assert.deepEqual(texts, [
    'change link #4',
    'add address 203.0.113.2/24 to link #4',
    'add address 2001:db8::4/64 to link #4',
    'delete route 0.0.0.0/0 via 10.244.1.1 link #9',
    'add route 0.0.0.0/0 via 203.0.113.254 link #4',
  ]);
});

test('the note goes last when everything is back', () => {
  const { nic } = chooseExternal(seen, [2]) ?? {};
  assert.ok(nic);
  const steps = planRestoration(nic, 12, undefined);
  assert.deepEqual(
    steps.map(({ request }) => request.attempted),
    [
      'change link #12',
      'add address 203.0.113.2/24 to link #12',
      'add address 2001:db8::4/64 to link #12',
      'add route 0.0.0.0/0 via 203.0.113.254 link #12',
      'change link #12',
    ],
  );
});
