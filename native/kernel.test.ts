/** The package against this machine's kernel, judged by what ip, tc and nft see. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { freshNetns, lacksKernel, seenBy } from '../test/support/fresh-netns.ts';
import * as nl from './index.ts';

const vxlan = { vni: 4711, remote: '192.0.2.7', port: 14789 };

test('namespaces: created, entered, deleted; this process stays where it is', async (context) => {
  if (lacksKernel(context)) return;
  const before = readlinkSync('/proc/self/ns/net');
  const netns = await freshNetns(context);
  await nl.execute(nl.netlink, netns, [nl.newLink({ kind: 'bridge', name: 'only-here' })]);
  assert.deepEqual((await nl.query(nl.netlink, netns, nl.getLinks())).map((link) => link.name).toSorted(), [
    'lo',
    'only-here',
  ]);
  assert.ok(!(await nl.query(nl.netlink, undefined, nl.getLinks())).some((link) => link.name === 'only-here'));
  assert.equal(readlinkSync('/proc/self/ns/net'), before);
  await assert.rejects(nl.createNetns(netns.path), { code: 'EEXIST' });
  await nl.deleteNetns(netns.path);
  await nl.deleteNetns(netns.path); // gone is fine
});

for (const remote of ['192.0.2.7', '2001:db8::7']) {
  test(`one exchange makes a tunnel's node end: remote ${remote}`, async (context) => {
    if (lacksKernel(context)) return;
    const host = await freshNetns(context);
    const pod = await freshNetns(context);
    await nl.execute(nl.netlink, pod, [
      nl.newLink({
        kind: 'veth',
        name: 'eth0',
        index: 10,
        up: true,
        mac: '02:00:00:00:00:01',
        peer: { name: 'peer', netns: host },
      }),
    ]);
    const legs = await nl.netlink.exchange([
      {
        netns: host,
        family: 'route',
        messages: [
          nl.newLink({ kind: 'vxlan', name: 'vxlan1', index: 77, up: true, netns: pod, vxlan: { ...vxlan, remote } }),
        ],
      },
      {
        netns: pod,
        family: 'route',
        messages: [
          nl.addIngressQdisc(10),
          nl.addIngressQdisc(77),
          nl.addRedirectFilter({ linkIndex: 10, targetIndex: 77 }),
          nl.addRedirectFilter({ linkIndex: 77, targetIndex: 10 }),
        ],
      },
    ]);
    legs.forEach(nl.throwFirstError);

    const [link] = seenBy(pod, 'ip', '-j', '-d', 'link', 'show', 'vxlan1');
    const info = ((link?.linkinfo ?? {}) as { info_data: Record<string, unknown> }).info_data;
    assert.equal(link?.ifindex, 77);
    assert.ok(((link?.flags ?? []) as string[]).includes('UP'));
    assert.equal(info[remote.includes(':') ? 'remote6' : 'remote'], remote);
    assert.deepEqual([info.id, info.port, info.learning], [vxlan.vni, vxlan.port, false]);
    const filters = seenBy(pod, 'tc', '-j', 'filter', 'show', 'dev', 'eth0', 'parent', 'ffff:');
    const text = JSON.stringify(filters);
    for (const part of [
      '"u32"',
      '"mirred_action":"redirect"',
      '"to_dev":"vxlan1"',
      '"type":"stolen"',
      '"protocol":"all"',
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }

    const [seen] = await nl.query(nl.netlink, pod, nl.getLink({ name: 'vxlan1' }));
    assert.deepEqual(seen?.vxlan, { ...vxlan, remote, local: undefined, lowerIndex: undefined, learning: false });
    const redirects = (await nl.query(nl.netlink, pod, nl.getFilters(77))).flatMap((filter) => filter.redirect ?? []);
    assert.deepEqual(redirects, [{ mode: nl.constants.TCA_EGRESS_REDIR, targetIndex: 10 }]);
    assert.equal(nl.findIngress(await nl.query(nl.netlink, pod, nl.getQdiscs()), 10)?.kind, 'ingress');

    await nl.execute(nl.netlink, pod, [
      nl.delFilter({ linkIndex: 10 }),
      nl.delQdisc(10),
      nl.delLink({ name: 'vxlan1' }),
    ]);
    assert.equal(nl.findIngress(await nl.query(nl.netlink, pod, nl.getQdiscs()), 10), undefined);
    await assert.rejects(nl.query(nl.netlink, pod, nl.getLink({ name: 'vxlan1' })), { code: 'ENODEV' });
  });
}

test('a refusal has its errno and the kernel’s words, and later legs are not sent', async (context) => {
  if (lacksKernel(context)) return;
  const netns = await freshNetns(context);
  await nl.execute(nl.netlink, netns, [nl.newLink({ kind: 'vxlan', name: 'first', up: true, vxlan })]);
  const legs = await nl.netlink.exchange([
    { netns, family: 'route', messages: [nl.newLink({ kind: 'vxlan', name: 'second', vxlan })] },
    { netns, family: 'route', messages: [nl.newLink({ kind: 'bridge', name: 'skipped' })] },
    { netns, family: 'route', evenAfterErrors: true, messages: [nl.newLink({ kind: 'bridge', name: 'sent' })] },
  ]);
  const errors = legs.map((leg) => leg.replies[0]?.error);
  assert.equal(errors[0]?.code, 'EEXIST');
  assert.match(errors[0]?.text ?? '', /VNI already exists/);
  assert.equal(errors[1]?.code, 'ECANCELED');
  assert.equal(errors[2], undefined);
  const names = seenBy(netns, 'ip', '-j', 'link').map((link) => link.ifname);
  assert.deepEqual(names.toSorted(), ['first', 'lo', 'sent']);
});

test('addresses, routes, rules and neighbours of both versions, as ip sees them', async (context) => {
  if (lacksKernel(context)) return;
  const netns = await freshNetns(context);
  const any = { address: '0.0.0.0', length: 0 };
  const linkIndex = 5;
  await nl.execute(nl.netlink, netns, [
    nl.newLink({ kind: 'veth', name: 'eth0', index: linkIndex, up: true, mtu: 1400, peer: { name: 'far' } }),
    nl.setLink({ name: 'far' }, { up: true }),
    nl.addAddress({ linkIndex, address: '10.1.2.3', prefixLength: 24 }),
    nl.addAddress({ linkIndex, address: '2001:db8:1::3', prefixLength: 64, noDad: true }),
    nl.addRoute({ destination: { address: '169.254.1.1', length: 32 }, linkIndex }),
    nl.addRoute({
      destination: any,
      gateway: '169.254.1.1',
      linkIndex,
      metric: 7,
      source: '10.1.2.3',
      mtu: 1300,
      protocol: 4,
    }),
    nl.addRoute({
      destination: { address: '10.9.0.0', length: 16 },
      gateway: '10.77.0.1',
      linkIndex,
      onlink: true,
      table: 1000,
    }),
    nl.addRoute({ destination: { address: '::', length: 0 }, gateway: '2001:db8:1::1', linkIndex, metric: 9 }),
    nl.addSourceRule({ source: { address: '10.1.2.3', length: 32 }, table: 1000, priority: 500 }),
    nl.addNeighbour({ linkIndex, address: '169.254.1.1', mac: 'ee:ee:ee:ee:ee:ee' }),
    nl.addNeighbour({ linkIndex, address: '2001:db8:1::1', mac: 'ee:ee:ee:ee:ee:01' }),
  ]);

  const [link] = seenBy(netns, 'ip', '-j', 'addr', 'show', 'eth0');
  const addresses = ((link?.addr_info ?? []) as Record<string, unknown>[]).filter((entry) => entry.scope === 'global');
  assert.deepEqual(
    addresses.map((entry) => [entry.local, entry.prefixlen, entry.broadcast]),
    [
      ['10.1.2.3', 24, '10.1.2.255'],
      ['2001:db8:1::3', 64, undefined],
    ],
  );
  const [byDefault] = seenBy(netns, 'ip', '-j', 'route', 'show', 'default');
  assert.deepEqual(byDefault, {
    dst: 'default',
    gateway: '169.254.1.1',
    dev: 'eth0',
    protocol: 'static',
    prefsrc: '10.1.2.3',
    metric: 7,
    flags: [],
    metrics: [{ mtu: 1300 }],
  });
  const [onlink] = seenBy(netns, 'ip', '-j', 'route', 'show', 'table', '1000');
  assert.deepEqual([onlink?.dst, onlink?.gateway, onlink?.flags], ['10.9.0.0/16', '10.77.0.1', ['onlink']]);
  const [default6] = seenBy(netns, 'ip', '-j', '-6', 'route', 'show', 'default');
  assert.deepEqual([default6?.gateway, default6?.metric], ['2001:db8:1::1', 9]);
  const neighbours = seenBy(netns, 'ip', '-j', 'neigh').map((entry) => [entry.dst, entry.lladdr, entry.state]);
  assert.deepEqual(neighbours.toSorted(), [
    ['169.254.1.1', 'ee:ee:ee:ee:ee:ee', ['PERMANENT']],
    ['2001:db8:1::1', 'ee:ee:ee:ee:ee:01', ['PERMANENT']],
  ]);

  // What we read can be written again: delete each route and re-add it as read.
  const routes = await nl.query(nl.netlink, netns, nl.getRoutes({ version: 4, table: 254 }));
  const gateways = routes
    .filter((route) => route.protocol !== nl.constants.RTPROT_KERNEL)
    .toSorted((a, b) => Number(nl.isDefaultRoute(b)) - Number(nl.isDefaultRoute(a)));
  assert.equal(gateways.length, 2);
  await nl.execute(nl.netlink, netns, [
    ...gateways.map((r) => nl.delRoute(r)),
    ...gateways.toReversed().map((r) => nl.addRoute(r)),
  ]);
  const strip = (list: readonly nl.Route[]) =>
    list.map(({ attributes, ...route }) => route).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  assert.deepEqual(strip(await nl.query(nl.netlink, netns, nl.getRoutes({ version: 4, table: 254 }))), strip(routes));

  const rules = await nl.query(nl.netlink, netns, nl.getRules({ version: 4 }));
  assert.deepEqual(
    rules.map((rule) => [rule.priority, rule.table, rule.source?.address]),
    [
      [0, 255, undefined],
      [500, 1000, '10.1.2.3'],
      [32766, 254, undefined],
      [32767, 253, undefined],
    ],
  );
  const own = await nl.query(nl.netlink, netns, nl.getAddresses({ version: 4, linkIndex }));
  assert.deepEqual(
    own.map((entry) => [entry.address, entry.prefixLength, entry.label]),
    [['10.1.2.3', 24, 'eth0']],
  );
  const states = (await nl.query(nl.netlink, netns, nl.getNeighbours({ linkIndex }))).filter(
    (entry) => entry.state === nl.constants.NUD_PERMANENT,
  );
  assert.equal(states.length, 2);
});

test('a link is renamed, moved and enslaved', async (context) => {
  if (lacksKernel(context)) return;
  const from = await freshNetns(context);
  const to = await freshNetns(context);
  await nl.execute(nl.netlink, from, [nl.newLink({ kind: 'veth', name: 'a', index: 8, peer: { name: 'far' } })]);
  await nl.execute(nl.netlink, from, [nl.setLink({ index: 8 }, { netns: to, name: 'b', mac: '02:00:00:00:00:09' })]);
  await nl.execute(nl.netlink, to, [nl.newLink({ kind: 'bridge', name: 'br', index: 20, up: true })]);
  await nl.execute(nl.netlink, to, [nl.setLink({ name: 'b' }, { masterIndex: 20, up: true, mtu: 1280 })]);
  const [link] = seenBy(to, 'ip', '-j', 'link', 'show', 'b');
  assert.deepEqual([link?.master, link?.mtu, link?.address], ['br', 1280, '02:00:00:00:00:09']);
});

test('a note on a link goes with it to another namespace; addresses are copied with label and lifetime', async (context) => {
  if (lacksKernel(context)) return;
  const from = await freshNetns(context);
  const to = await freshNetns(context);
  const change = (where: nl.Netns, ...requests: nl.NetlinkRequest[]) => nl.execute(nl.netlink, where, requests);
  await change(from, nl.newLink({ kind: 'veth', name: 'a', index: 8, up: true, peer: { name: 'far' } }));
  const name = from.path.slice('/run/netns/'.length);
  const address = 'ip addr add 10.1.2.3/24 brd + dev a label a:x valid_lft 3000 preferred_lft 2000';
  execFileSync('ip', ['netns', 'exec', name, 'sh', '-ec', `${address}; ip addr add fd00::7/64 dev a nodad`]);
  const before = (await nl.query(nl.netlink, from, nl.getAddresses({ linkIndex: 8 }))).filter(
    ({ scope }) => scope === 0,
  );
  assert.equal(before.length, 2);
  await change(from, nl.setLink({ index: 8 }, { alias: 'a note of 17 chars' }));
  await change(from, nl.setLink({ index: 8 }, { netns: to }));
  const [moved] = await nl.query(nl.netlink, to, nl.getLink({ name: 'a' }));
  assert.equal(moved?.alias, 'a note of 17 chars');
  const index = moved?.index ?? 0;
  await change(to, nl.setLink({ index }, { up: true }), ...before.map((one) => nl.copyAddress(one, index)));
  const [seen] = seenBy(to, 'ip', '-j', 'addr', 'show', 'dev', 'a');
  const copies = ((seen?.addr_info ?? []) as Record<string, unknown>[]).filter(({ scope }) => scope === 'global');
  assert.deepEqual(
    copies.map(({ local, prefixlen, broadcast, label }) => [local, prefixlen, broadcast, label]),
    [
      ['10.1.2.3', 24, '10.1.2.255', 'a:x'],
      ['fd00::7', 64, undefined, undefined],
    ],
  );
  const life = Number(copies[0]?.valid_life_time);
  assert.ok(life > 2900 && life <= 3000, `${life} s`);
  await change(to, nl.setLink({ index }, { alias: '' }));
  assert.equal((await nl.query(nl.netlink, to, nl.getLink({ index })))[0]?.alias, undefined);
});

test('a handle disposed of while its job runs stays open until the answer', async (context) => {
  if (lacksKernel(context)) return;
  const netns = await freshNetns(context);
  const second = nl.openNetns(netns.path);
  const asked = nl.query(nl.netlink, second, nl.getLinks());
  second[Symbol.dispose]();
  assert.equal((await asked)[0]?.name, 'lo');
  assert.throws(() => second.fd, /after its disposal/);
});

test('as many messages as fit a send are all answered, refusals with words among them', async (context) => {
  if (lacksKernel(context)) return;
  const netns = await freshNetns(context);
  for (const count of [60, 90, 110, 130, 200, 1000, 5000]) {
    const messages = Array.from({ length: count }, (_, n) => nl.delLink({ index: n % 2 === 0 ? 1 : 1000 + n }));
    const [leg] = await nl.netlink.exchange([{ netns, family: 'route', messages }]);
    const lost = leg?.replies.filter((reply) => reply.lost).length;
    assert.deepEqual([count, leg?.replies.length, lost], [count, count, 0]);
  }
});

test('the event loop runs while the kernel works', async (context) => {
  if (lacksKernel(context)) return;
  const netns = await freshNetns(context);
  const links = Array.from({ length: 60 }, (_, n) => nl.newLink({ kind: 'bridge', name: `d${n}`, up: true }));
  let turns = 0;
  let done = false;
  const made = nl.execute(nl.netlink, netns, links).finally(() => {
    done = true;
  });
  while (!done) {
    turns++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await made;
  assert.ok(turns > 10, `${turns} turns of the loop`);
  assert.equal((await nl.query(nl.netlink, netns, nl.getLinks())).length, 61);
});
