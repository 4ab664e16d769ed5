import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodRoute } from '#codec/pod-network.ts';
import { parsePodSubnets, routesToSubnets } from './pod-subnets.ts';

const route = (given: Partial<PodRoute> & { destination: string }): PodRoute => ({
  gateway: undefined,
  device: 'eth0',
  protocol: undefined,
  scope: undefined,
  metric: undefined,
  source: undefined,
  onlink: false,
  mtu: undefined,
  ...given,
});

test('a list of CIDRs: blanks and empty entries are fine, bits of the host are cleared', () => {
  assert.deepEqual(parsePodSubnets(''), []);
  assert.deepEqual(parsePodSubnets(' 10.1.2.3/16, ,fd00:1::5/64,'), ['10.1.0.0/16', 'fd00:1::/64']);
});

test('a malformed entry is an error that names the option and the entry', () => {
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/8;10.1.0.0/16', 'cluster', '10.0.0.0/08', '300.0.0.0/8']) {
    assert.throws(() => parsePodSubnets(`10.1.0.0/16,${bad}`), {
      code: 'E_SETTING',
      message: `E_SETTING: -pod-subnet-cidrs: "${bad}" is not a CIDR`,
    });
  }
});

test('each subnet goes by the gateway of the best default route of its version', () => {
  const subnets = parsePodSubnets('172.30.0.0/16,fd00::/8,10.244.1.0/24');
  const routes = [
    route({ destination: '0.0.0.0/0', gateway: '10.244.1.9', metric: 200 }),
    route({ destination: '0.0.0.0/0', gateway: '10.244.1.1', metric: 100, onlink: true }),
    route({ destination: '10.244.1.0/24' }),
  ];
  assert.deepEqual(routesToSubnets(subnets, routes, 4, 'eth0'), [
    route({ destination: '172.30.0.0/16', gateway: '10.244.1.1', onlink: true }),
  ]);
  const routes6 = [route({ destination: '::/0', gateway: 'fe80::1' })];
  assert.deepEqual(routesToSubnets(subnets, routes6, 6, 'eth0'), [
    route({ destination: 'fd00::/8', gateway: 'fe80::1' }),
  ]);
});

test('a default route without a gateway gives direct routes; none at all is an error, unless nothing was wanted', () => {
  const direct = [route({ destination: '0.0.0.0/0' })];
  assert.equal(routesToSubnets(['10.0.0.0/8'], direct, 4, 'eth0')[0]?.gateway, undefined);
  assert.throws(() => routesToSubnets(['10.0.0.0/8'], [], 4, 'eth0'), { code: 'E_POD_NETWORK' });
  assert.deepEqual(routesToSubnets(['10.0.0.0/8'], [], 6, 'eth0'), []);
});
