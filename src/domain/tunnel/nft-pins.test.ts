import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { takeBatch } from './nft-pins.ts';
import { additionOf, encodeAddition, readTunnelKey, tunnelKey } from './pin-table.ts';

const work = (kind: 'add' | 'remove', vni: number, port = 4789) => ({ kind, pin: { remote: '192.0.2.1', port, vni } });

test('additions overtake removals, since a pod’s start waits for them, but not those of the same VNI', () => {
  const waiting = [work('remove', 1), work('remove', 2), work('add', 3), work('add', 1), work('add', 1, 4790)];
  assert.deepEqual(takeBatch(waiting), [waiting[2], waiting[4]]);
});

test('without additions that may go, removals do; a VNI is in a batch once', () => {
  const waiting = [work('remove', 1), work('add', 1), work('remove', 2), work('remove', 2)];
  assert.deepEqual(takeBatch(waiting), [waiting[0], waiting[2]]);
  assert.deepEqual(takeBatch([]), []);
});

test('a batch is bounded', () => {
  const waiting = Array.from({ length: 1000 }, (_, vni) => work('remove', vni));
  assert.equal(takeBatch(waiting).length, 256);
});

test('a VNI and its port survive the way through the kernel’s set', () => {
  for (const key of [
    { port: 4789, vni: 1 },
    { port: 1, vni: 0xffffff },
    { port: 65535, vni: 0x010203 },
  ]) {
    assert.deepEqual(readTunnelKey(tunnelKey(key)), key);
  }
});

test('additions that are filled in are byte for byte those that are encoded for the same pin', () => {
  const pin = fc.record({
    remote: fc.oneof(fc.ipV4(), fc.ipV6()),
    port: fc.integer({ min: 1, max: 0xffff }),
    vni: fc.integer({ min: 0, max: 0xff_ffff }),
  });
  const bytes = (requests: ReturnType<typeof additionOf>) => requests.map(({ payload }) => Buffer.from(payload));
  fc.assert(fc.property(pin, (one) => assert.deepEqual(bytes(additionOf(one)), bytes(encodeAddition(one)))));
});
