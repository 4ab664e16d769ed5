import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import * as addresses from './addresses.ts';

test('IPv6 text is canonical', () => {
  const cases = {
    '::': '::',
    '::1': '::1',
    '2001:DB8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
    '2001:db8:0:1:1:1:1:1': '2001:db8:0:1:1:1:1:1',
    'fe80::': 'fe80::',
    '::ffff:192.0.2.1': '::ffff:192.0.2.1',
    '1:2:3:4:5:6:7::': '1:2:3:4:5:6:7:0',
  };
  for (const [text, canonical] of Object.entries(cases)) {
    assert.equal(addresses.formatIp(addresses.parseIp(text)), canonical);
  }
});

test('parsing agrees with net.isIP on what an address is', () => {
  const near = fc.stringMatching(/^[0-9a-f:.]{0,24}$/);
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), near), (text) => {
      let version = 0;
      try {
        version = addresses.ipVersion(text);
      } catch (error) {
        assert.ok(error instanceof addresses.AddressError);
      }
      assert.equal(version, isIP(text));
    }),
    { numRuns: 1000 },
  );
});

test('bytes to text and back is identity', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, (ip) => assert.deepEqual(addresses.parseIp(addresses.formatIp(ip)), ip)));
});

test('prefixes: parsed, masked, broadcast, membership', () => {
  const prefix = addresses.parsePrefix('10.1.2.3/23');
  assert.deepEqual(prefix, { address: '10.1.2.3', length: 23 });
  assert.equal(addresses.formatPrefix(addresses.networkOf(prefix)), '10.1.2.0/23');
  assert.equal(addresses.broadcastOf(prefix), '10.1.3.255');
  assert.equal(addresses.broadcastOf({ address: '10.1.2.3', length: 31 }), undefined);
  assert.ok(addresses.prefixContains(prefix, '10.1.3.9'));
  assert.ok(!addresses.prefixContains(prefix, '10.1.4.9'));
  assert.ok(!addresses.prefixContains(prefix, '::1'));
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '::/129', '/8', '10.0.0.0/08', '10.0.0.01/8']) {
    assert.throws(() => addresses.parsePrefix(wrong), addresses.AddressError, wrong);
  }
});

test('MAC addresses', () => {
  assert.equal(addresses.formatMac(addresses.parseMac('AA:bb:00:01:02:03')), 'aa:bb:00:01:02:03');
  for (const wrong of ['', 'aa:bb:00:01:02', 'aa-bb-00-01-02-03', 'aa:bb:00:01:02:03:04']) {
    assert.throws(() => addresses.parseMac(wrong), addresses.AddressError, wrong);
  }
});
