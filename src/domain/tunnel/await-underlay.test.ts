import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withAddress } from './await-underlay.ts';

const found = (...addresses: string[]) => ({ name: 'eth0', index: 2, mtu: 1500, addresses });

test('exactly one IPv4 address is the tunnel’s source; none yet is to be waited for; several are an error', () => {
  assert.equal(withAddress(found('192.0.2.2/24', '2001:db8::2/64'), 4)?.local, '192.0.2.2');
  assert.equal(withAddress(found('2001:db8::2/64'), 4), undefined);
  assert.throws(() => withAddress(found('192.0.2.2/24', '192.0.2.3/24'), 4), { code: 'E_POD_NETWORK' });
});

test('of several IPv6 addresses the kernel chooses', () => {
  assert.equal(withAddress(found('192.0.2.2/24', '2001:db8::2/64'), 6)?.local, '2001:db8::2');
  const several = withAddress(found('2001:db8::2/64', '2001:db8::3/64'), 6);
  assert.deepEqual([several?.name, several?.local], ['eth0', undefined]);
  assert.equal(withAddress(found('192.0.2.2/24'), 6), undefined);
});
