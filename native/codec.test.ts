/** Codecs on bytes the kernel really sent (test/golden/netlink), and on bytes nobody sends. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeAddress } from './address.ts';
import { decodeAttributes, encodeAttributes } from './attribute.ts';
import { NLA_F_NESTED, NLMSG_ERROR, TCA_EGRESS_REDIR } from './constants.ts';
import { NetlinkDecodeError } from './errors.ts';
import { planSends } from './exchange.ts';
import { decodeQdisc } from './ingress-qdisc.ts';
import { decodeLink, delLink, getLinks, newLink } from './link.ts';
import { decodeFilter } from './match-filter.ts';
import { decodeIntact, decodeMessages, encodeMessage, type NetlinkMessage, type NetlinkQuery } from './message.ts';
import { decodeNeighbour } from './neighbour.ts';
import { getTables } from './nftables.ts';
import { nftBatch } from './nftables-message.ts';
import { getElements, type NftSet } from './nftables-set.ts';
import { areAcknowledgements, sortReplies } from './reply.ts';
import { addRoute, decodeRoute, nextHopsOf } from './route.ts';
import { decodeRule } from './rule.ts';

const pins: NftSet = { table: { family: 'inet', name: 'pins' }, name: 'sources', key: ['ipv4', 'word'] };
const headerBytes = {
  links: 16,
  addresses: 8,
  routes: 12,
  rules: 12,
  neighbours: 12,
  qdiscs: 20,
  filters: 20,
  'set-elements': 4,
};

function golden(name: string): Uint8Array {
  const hex = readFileSync(new URL(`../test/golden/netlink/${name}.hex`, import.meta.url), 'utf8');
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}

function goldenOf<T>(name: string, decode: (message: NetlinkMessage) => T | undefined): T[] {
  return decodeMessages(golden(name))
    .map(decode)
    .filter((value) => value !== undefined);
}

for (const [name, length] of Object.entries(headerBytes)) {
  test(`golden ${name}: decode, encode is identity`, () => {
    const messages = decodeMessages(golden(name));
    assert.ok(messages.length > 1);
    const again = messages.map((message) => {
      if (message.type <= 3) return encodeMessage(message); // NLMSG_DONE
      const header = message.payload.subarray(0, length);
      const attributes = decodeAttributes(message.payload.subarray(length)).map((attribute) =>
        (attribute.flags & NLA_F_NESTED) === 0
          ? attribute
          : { ...attribute, value: encodeAttributes(decodeAttributes(attribute.value)) },
      );
      return encodeMessage({ ...message, payload: Buffer.concat([header, encodeAttributes(attributes)]) });
    });
    assert.deepEqual(Buffer.concat(again), Buffer.from(golden(name)));
  });
}

test('golden values', () => {
  const links = goldenOf('links', decodeLink);
  const common = { local: undefined, lowerIndex: undefined, learning: false };
  assert.deepEqual(
    links.flatMap((link) => link.vxlan ?? []).toSorted((a, b) => a.vni - b.vni),
    [
      { vni: 555000, remote: '192.0.2.7', port: 4789, ...common },
      { vni: 555001, remote: '2001:db8::7', port: 4790, ...common },
    ],
  );
  const eth0 = links.find((link) => link.name === 'eth0');
  assert.deepEqual([eth0?.kind, eth0?.mac, eth0?.up], ['veth', '02:00:00:00:00:01', true]);
  const onEth0 = goldenOf('addresses', decodeAddress).filter(
    (address) => address.linkIndex === eth0?.index && address.scope === 0,
  );
  assert.deepEqual(
    onEth0.map((address) => [address.address, address.prefixLength]),
    [
      ['10.1.2.3', 24],
      ['2001:db8:1::3', 64],
    ],
  );
  const routes = goldenOf('routes', decodeRoute);
  const byDefault = routes.find((route) => route.version === 4 && route.destination.length === 0);
  assert.deepEqual(
    [byDefault?.gateway, byDefault?.metric, byDefault?.source, byDefault?.mtu, byDefault?.protocol],
    ['169.254.1.1', 7, '10.1.2.3', 1300, 4],
  );
  assert.equal(routes.find((route) => route.table === 1000)?.onlink, true);
  const several = routes.find((route) => route.destination.address === '10.8.0.0');
  assert.equal(several?.multipath?.length, 32);
  const hops = several ? nextHopsOf(several) : [];
  assert.ok(hops.length === 2 && hops.every((hop) => hop.linkIndex === eth0?.index && hop.gateway !== undefined));
  assert.equal(goldenOf('rules', decodeRule).find((rule) => rule.table === 1000)?.source?.address, '10.1.2.3');
  assert.ok(
    goldenOf('neighbours', decodeNeighbour).some((one) => one.mac === 'ee:ee:ee:ee:ee:ee' && one.state === 0x80),
  );
  assert.ok(goldenOf('qdiscs', decodeQdisc).some((qdisc) => qdisc.kind === 'ingress'));
  const redirects = goldenOf('filters', decodeFilter).flatMap((filter) => filter.redirect ?? []);
  assert.deepEqual(redirects, [
    { mode: TCA_EGRESS_REDIR, targetIndex: links.find((link) => link.name === 'vxlan1')?.index },
  ]);
  assert.deepEqual(
    goldenOf('set-elements', getElements(pins).decode)
      .flat()
      .map((key) => key.flatMap((part) => [...part])).length,
    1,
  );
});

test('a copied route keeps what the kernel told of it', () => {
  for (const route of goldenOf('routes', decodeRoute)) {
    const { payload } = addRoute(route);
    const again = decodeRoute({ type: 24, flags: 0, sequence: 0, port: 0, payload });
    const plain = ({ attributes, ...rest }: typeof route) => rest;
    assert.deepEqual(again && plain(again), plain(route));
  }
});

test('a refusal with extended acknowledgement', () => {
  const request = delLink({ name: 'x' });
  const [reply] = sortReplies([request], 1, decodeMessages(golden('error-extack')));
  assert.equal(reply?.error?.code, 'EEXIST');
  assert.match(reply?.error?.text ?? '', /VNI already exists/);
  assert.match(reply?.error?.message ?? '', /^delete link x: EEXIST: /);
});

test('what was not answered is an error, and another request’s answer changes nothing', () => {
  const request = delLink({ name: 'x' });
  const ack = { type: NLMSG_ERROR, flags: 0, sequence: 2, port: 0, payload: new Uint8Array(4) };
  const [first, second] = sortReplies([request, request], 1, [ack]);
  assert.deepEqual([first?.error?.code, first?.lost], ['EPROTO', true]);
  assert.deepEqual([second?.error, second?.lost], [undefined, false]);
});

test('an answer cut short is no answer: the change may be done or not', () => {
  const ack = { type: NLMSG_ERROR, flags: 0, sequence: 1, port: 0, payload: new Uint8Array(2) };
  const [reply] = sortReplies([delLink({ name: 'x' })], 1, [ack]);
  assert.deepEqual([reply?.error?.code, reply?.lost], ['EBADMSG', true]);
  const bytes = golden('links');
  const { messages, damage } = decodeIntact(bytes.subarray(0, bytes.length - 5));
  assert.equal(messages.length, decodeMessages(bytes).length - 1);
  assert.match(damage?.message ?? '', /bytes left|cut short/);
});

test('only a dump can have gaps: a change is never sent again for it', () => {
  const answer = (sequence: number) => ({ type: 3, flags: 0x10, sequence, port: 0, payload: new Uint8Array(4) });
  const replies = sortReplies([getLinks(), delLink({ name: 'x' })], 1, [answer(1), answer(2)]);
  assert.deepEqual(
    replies.map(({ interrupted }) => interrupted),
    [true, false],
  );
});

test('one send for neighbours in a leg; dumps and nftables batches have their own', () => {
  const a = delLink({ name: 'a' });
  const counts = (messages: Parameters<typeof planSends>[0]) =>
    planSends(messages).map((send) => decodeMessages(send).length);
  assert.deepEqual(counts([a, a, getLinks(), a, getTables()]), [2, 1, 1, 1]);
  assert.deepEqual(counts([...nftBatch([a]), ...nftBatch([a, a])]), [3, 4]);
  assert.deepEqual(decodeMessages(planSends([a, getLinks()])[1] ?? new Uint8Array())[0]?.sequence, 2);
});

test('a VXLAN link’s request has the attributes that the tunnel relies on', () => {
  const vxlan = { vni: 0x010203, remote: '192.0.2.7', port: 4789 };
  const hex = Buffer.from(newLink({ kind: 'vxlan', name: 'v', vxlan }).payload).toString('hex');
  assert.ok(hex.includes('0800010003020100'), 'IFLA_VXLAN_ID');
  assert.ok(hex.includes('08000200c0000207'), 'IFLA_VXLAN_GROUP');
  assert.ok(hex.includes('06000f0012b50000'), 'IFLA_VXLAN_PORT, big endian');
  assert.ok(hex.includes('0500070000000000'), 'IFLA_VXLAN_LEARNING off');
});

test('random and damaged bytes give NetlinkDecodeError and nothing else', () => {
  const decoders: NetlinkQuery<unknown>['decode'][] = [
    decodeLink,
    decodeAddress,
    decodeRoute,
    decodeRule,
    decodeNeighbour,
    decodeQdisc,
    decodeFilter,
    getElements(pins).decode,
    getTables().decode,
  ];
  const attempt = (bytes: Uint8Array) => {
    try {
      const messages = decodeMessages(bytes);
      sortReplies([getLinks()], 1, messages);
      for (const message of messages) for (const decode of decoders) decode(message);
    } catch (error) {
      assert.ok(error instanceof NetlinkDecodeError, String(error));
    }
  };
  const source = fc.constantFrom(...[...Object.keys(headerBytes), 'error-extack'].map(golden));
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), attempt), { numRuns: 500 });
  fc.assert(
    fc.property(source, damage, (bytes, changes) => {
      const damaged = Uint8Array.from(bytes);
      for (const [at, value] of changes) damaged[at % damaged.length] = value;
      attempt(damaged);
    }),
    { numRuns: 1000 },
  );
});

test('acknowledgements are told from everything else: each request done in turn, and nothing more', () => {
  const requests = nftBatch([delLink({ index: 7 }), delLink({ index: 8 })]);
  const ack = (sequence: number, errno = 0) => {
    const payload = Buffer.alloc(20);
    payload.writeInt32LE(-errno, 0);
    return encodeMessage({ type: NLMSG_ERROR, flags: 0, sequence, payload });
  };
  const judge = (...answers: Uint8Array[]) => areAcknowledgements(Buffer.concat(answers), requests, 5);
  assert.equal(judge(ack(6), ack(7)), true, 'the edges of a batch are not acknowledged');
  assert.equal(judge(ack(6)), false);
  assert.equal(judge(ack(7), ack(6)), false);
  assert.equal(judge(ack(6), ack(7, 17)), false);
  assert.equal(judge(ack(6), ack(7), ack(7)), false);
  assert.equal(judge(ack(6), ack(7).subarray(0, 19)), false);
  assert.equal(judge(ack(6), encodeMessage({ type: 16, flags: 0, sequence: 7, payload: Buffer.alloc(20) })), false);
  assert.equal(areAcknowledgements(ack(5), [getLinks()], 5), false, 'a dump has no acknowledgement');
});
