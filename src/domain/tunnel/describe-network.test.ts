import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InterfaceAddress, Link, Neighbour, Route, Rule } from '@peerpods/netlink';
import { describePod, describeRoute, findPodLink, furtherLinks, leftBehind, type SeenPod } from './describe-network.ts';

const link: Link = {
  index: 3,
  name: 'eth0',
  up: true,
  loopback: false,
  mac: '0a:58:0a:f4:01:11',
  mtu: 1450,
  kind: 'veth',
  masterIndex: undefined,
  lowerIndex: undefined,
  lowerNetnsId: undefined,
  alias: undefined,
  operState: 6,
  vxlan: undefined,
  attributes: [],
};

function route(destination: string, given: Partial<Route> = {}): Route {
  const [address = '', length = ''] = destination.split('/');
  return {
    version: address.includes(':') ? 6 : 4,
    destination: { address, length: Number(length) },
    linkIndex: 3,
    table: 254,
    protocol: 3,
    scope: 0,
    type: 1,
    onlink: false,
    attributes: [],
    ...given,
  };
}

function address(text: string, given: Partial<InterfaceAddress> = {}): InterfaceAddress {
  const [ip = '', length = ''] = text.split('/');
  return {
    version: ip.includes(':') ? 6 : 4,
    linkIndex: 3,
    address: ip,
    prefixLength: Number(length),
    peer: undefined,
    broadcast: undefined,
    label: undefined,
    scope: 0,
    permanent: true,
    tentative: false,
    attributes: [],
    ...given,
  };
}

const neighbour = (ip: string, state: number): Neighbour => ({
  version: ip.includes(':') ? 6 : 4,
  linkIndex: 3,
  address: ip,
  mac: 'ee:ee:ee:ee:ee:ee',
  state,
  attributes: [],
});

const rule = (given: Partial<Rule>): Rule => ({
  version: 4,
  priority: 32766,
  source: undefined,
  destination: undefined,
  table: 254,
  action: 1,
  inputLink: undefined,
  outputLink: undefined,
  mark: undefined,
  markMask: undefined,
  attributes: [],
  ...given,
});

const seen = (given: Partial<SeenPod> = {}): SeenPod => ({
  link,
  addresses: [address('10.244.1.17/24')],
  routes: [route('0.0.0.0/0', { gateway: '10.244.1.1' })],
  neighbours: [],
  rules: [],
  furtherLinks: [],
  ...given,
});

test('addresses: one global IPv4, any number of IPv6; link-local, host and tentative ones are not the pod’s', () => {
  const addresses = [
    address('fe80::1/64', { scope: 253 }),
    address('fd00::5/64'),
    address('10.244.1.17/24'),
    address('169.254.0.1/16', { scope: 253 }),
    address('fd00::6/64', { tentative: true }),
  ];
  const side = describePod(seen({ addresses }), []);
  assert.deepEqual([side.podIp, side.podIps6, side.podMac], ['10.244.1.17/24', ['fd00::5/64'], '0a:58:0a:f4:01:11']);
  assert.equal(describePod(seen({ addresses: [address('fd00::5/128')] }), []).podIp, undefined);
});

test('two IPv4 addresses, none at all, and a link without MAC are refused in words', () => {
  const two = seen({ addresses: [address('10.0.0.1/24'), address('10.0.0.2/24')] });
  assert.throws(() => describePod(two, []), { code: 'E_POD_NETWORK', message: /eth0 has 2 IPv4 addresses/ });
  assert.throws(() => describePod(seen({ addresses: [] }), []), { code: 'E_POD_NETWORK', message: /eth0 has 0 IPv4/ });
  const noMac = seen({ link: { ...link, mac: undefined } });
  assert.throws(() => describePod(noMac, []), { code: 'E_POD_NETWORK', message: /no MAC/ });
});

test('routes of the pod’s interface, each version apart, in order; permanent neighbours only', () => {
  const side = describePod(
    seen({
      addresses: [address('10.244.1.17/32'), address('fd00::5/128')],
      routes: [
        route('0.0.0.0/0', { gateway: '169.254.1.1' }),
        route('169.254.1.1/32', { scope: 253 }),
        route('172.16.0.0/12', { linkIndex: 9 }),
        route('10.9.0.0/16', { type: 7 }),
        route('::/0', { gateway: 'fe80::1' }),
        route('fe80::/64'),
      ],
      neighbours: [neighbour('169.254.1.1', 0x80), neighbour('10.244.1.1', 2), neighbour('fe80::1', 0x80)],
    }),
    [],
  );
  const destinations = (list: typeof side.routes) => list.map((one) => one.destination);
  assert.deepEqual(destinations(side.routes), ['0.0.0.0/0', '169.254.1.1/32']);
  assert.deepEqual(destinations(side.routes6), ['::/0']);
  assert.deepEqual(
    [side.neighbours, side.neighbours6].map((list) => list.map((one) => one.address)),
    [['169.254.1.1'], ['fe80::1']],
  );
});

test('subnets named by the operator follow the pod’s own routes, in the versions that the pod has', () => {
  const side = describePod(seen(), ['172.30.0.0/16', 'fd00::/8']);
  assert.deepEqual(
    side.routes.map((one) => [one.destination, one.gateway]),
    [
      ['0.0.0.0/0', '10.244.1.1'],
      ['172.30.0.0/16', '10.244.1.1'],
    ],
  );
  assert.deepEqual(side.routes6, []);
});

test('a route keeps metric, source, onlink and MTU; a protocol without a name in the file becomes boot', () => {
  const given = { gateway: '10.0.0.1', metric: 7, source: '10.0.0.2', onlink: true, mtu: 1300, scope: 253 };
  const plain = { destination: '10.9.0.0/16', device: 'eth0', ...given, scope: 'link' };
  for (const [protocol, name] of [
    [2, 'kernel'],
    [4, 'static'],
    [16, 'dhcp'],
    [9, 'boot'],
    [186, 'boot'],
  ] as const) {
    assert.deepEqual(describeRoute(route('10.9.0.0/16', { ...given, protocol }), 'eth0'), { ...plain, protocol: name });
  }
  assert.equal(describeRoute(route('10.9.0.0/16', { scope: 42 }), 'eth0').scope, undefined);
});

test('the pod’s interface is that of the best default route, or the one named', () => {
  const other = { ...link, index: 9, name: 'net1' };
  const routes = [
    route('0.0.0.0/0', { gateway: '10.0.0.1', linkIndex: 9, metric: 50 }),
    route('0.0.0.0/0', { gateway: '10.244.1.1', metric: 10 }),
    route('::/0', { gateway: 'fe80::1', linkIndex: 9, metric: 1 }),
  ];
  assert.equal(findPodLink([other, link], routes, undefined).name, 'eth0');
  assert.equal(findPodLink([other, link], routes, 'net1').name, 'net1');
  assert.equal(findPodLink([other, link], routes.slice(2), undefined).name, 'net1');
  assert.throws(() => findPodLink([link], [], undefined), { code: 'E_POD_NETWORK', message: /default route/ });
  assert.throws(() => findPodLink([link], routes, 'eth7'), { code: 'E_POD_NETWORK', message: /eth7/ });
});

test('what stays behind is told: interfaces, routes by other interfaces, multipath and blackhole routes, policy rules', () => {
  const routes = [
    route('0.0.0.0/0', { gateway: '10.244.1.1' }),
    route('172.16.0.0/12', { linkIndex: 9 }),
    route('10.8.0.0/16', { linkIndex: undefined, multipath: new Uint8Array(8) }),
    route('10.9.0.0/16', { type: 6, linkIndex: undefined }),
  ];
  const rules = [
    rule({ priority: 0, table: 255 }),
    rule({}),
    rule({ priority: 500, table: 1000, source: { address: '10.244.1.17', length: 32 } }),
    rule({ priority: 600, action: 7 }),
  ];
  assert.deepEqual(leftBehind(seen({ routes, rules, furtherLinks: ['net1'] })), [
    'interface net1',
    'route to 172.16.0.0/12',
    'route to 10.8.0.0/16',
    'route to 10.9.0.0/16',
    'rule 500',
    'rule 600',
  ]);
});

test('a further interface is one with an address, not what the kernel puts into each namespace', () => {
  const links = [
    { ...link, index: 1, name: 'lo', loopback: true },
    link,
    { ...link, index: 5, name: 'tunl0' },
    { ...link, index: 9, name: 'net1' },
  ];
  const addresses = [
    address('127.0.0.1/8', { linkIndex: 1 }),
    address('10.244.1.17/24'),
    address('fe80::1/64', { linkIndex: 5, scope: 253 }),
    address('192.168.7.2/24', { linkIndex: 9 }),
  ];
  assert.deepEqual(furtherLinks(links, link, addresses), ['net1']);
});
