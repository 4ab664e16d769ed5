import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clsactIngressParent, ingressParent, Netns } from '@peerpods/netlink';
import fc from 'fast-check';
import { encodeTunnelMessages, type TunnelMessage, tunnelMessages } from './node-messages.ts';

const word = fc.integer({ min: 1, max: 0x7fff_ffff });
const addresses = fc.oneof(
  fc.record({ remote: fc.ipV4(), local: fc.ipV4() }),
  fc.record({ remote: fc.ipV6(), local: fc.ipV6() }),
);
const tunnel = fc
  .record({
    vni: fc.integer({ min: 0, max: 0xff_ffff }),
    port: fc.integer({ min: 1, max: 0xffff }),
    podMtu: word,
    addresses,
    index: word,
    podIndex: word,
    parent: fc.constantFrom(ingressParent, clsactIngressParent),
    fd: fc.integer({ min: 0, max: 0xffff }),
  })
  .map(
    ({ vni, port, podMtu, addresses: ends, index, podIndex, parent, fd }): TunnelMessage => ({
      spec: { vni, port, podMtu, ...ends },
      index,
      podIndex,
      parent,
      pod: new Netns('pod', fd),
    }),
  );

test('messages that are filled in are byte for byte those that are encoded for the same tunnel', () => {
  fc.assert(
    fc.property(tunnel, (message) => {
      const encoded = encodeTunnelMessages(message);
      const filled = tunnelMessages(message);
      for (const [name, request] of Object.entries(encoded)) {
        const like = filled[name as keyof typeof filled];
        assert.deepEqual(Buffer.from(like.payload), Buffer.from(request.payload), name);
        assert.deepEqual({ ...like, payload: undefined }, { ...request, payload: undefined }, name);
      }
    }),
  );
});
