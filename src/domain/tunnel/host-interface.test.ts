import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Route } from '@peerpods/netlink';
import { linkOfBestDefault } from './host-interface.ts';

const byDefault = (version: 4 | 6, linkIndex: number | undefined, given: Partial<Route> = {}): Route => ({
  version,
  destination: { address: version === 4 ? '0.0.0.0' : '::', length: 0 },
  linkIndex,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  onlink: false,
  attributes: [],
  ...given,
});

test('the default route with the least metric, IPv4 before IPv6, the kernel’s order among equals', () => {
  const routes = [byDefault(6, 6, { metric: 1 }), byDefault(4, 1, { metric: 300 }), byDefault(4, 2), byDefault(4, 3)];
  assert.deepEqual(linkOfBestDefault(routes), { index: 2 });
  assert.deepEqual(linkOfBestDefault(routes, 6), { index: 6 });
  assert.equal(linkOfBestDefault([], 4), undefined);
});

test('an unreachable default route leads nowhere; a multipath one by its first next hop', () => {
  const hops = Buffer.alloc(32);
  for (const [at, index] of [
    [0, 7],
    [16, 8],
  ] as const) {
    hops.writeUInt16LE(16, at);
    hops.writeInt32LE(index, at + 4);
    hops.set([8, 0, 5, 0, 10, 0, 0, index], at + 8);
  }
  const routes = [byDefault(4, 1, { type: 7 }), byDefault(4, undefined, { multipath: hops, metric: 5 })];
  assert.deepEqual(linkOfBestDefault(routes), { index: 7 });
});
