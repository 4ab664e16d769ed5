import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podMtu, tunnelMtu } from './mtu.ts';

test('the tunnel takes 50 bytes over IPv4 and 70 over IPv6', () => {
  assert.deepEqual([tunnelMtu(1500, '192.0.2.1/24'), tunnelMtu(9001, '2001:db8::1')], [1450, 8931]);
});

test('the pod keeps its MTU if that fits, and has what fits when nothing was told', () => {
  const of = (wanted: number, underlay: number) => podMtu(wanted, underlay, '192.0.2.1', false);
  assert.deepEqual([of(1500, 1500), of(1400, 1500), of(1500, 9001), of(0, 9001)], [1450, 1400, 1500, 8951]);
});

test('IPv6 needs 1280, IPv4 does not', () => {
  assert.equal(podMtu(1500, 1330, '192.0.2.1', true), 1280);
  assert.equal(podMtu(1500, 1329, '192.0.2.1', false), 1279);
  assert.throws(() => podMtu(1500, 1329, '192.0.2.1', true), { code: 'E_POD_NETWORK' });
  assert.throws(() => podMtu(1500, 1349, '2001:db8::1', true), { code: 'E_POD_NETWORK' });
});
