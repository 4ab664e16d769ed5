/** nftables through the package against this machine's kernel, judged by what nft sees. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { freshNetns, lacksKernel } from '../test/support/fresh-netns.ts';
import { lacksCommand } from '../test/support/requirements.ts';
import * as nl from './index.ts';

test('nftables: a batch for a generation is refused once anybody changed anything since', async (context) => {
  if (lacksKernel(context) || lacksCommand(context, 'nft')) return;
  const netns = await freshNetns(context);
  const table = { family: 'inet', name: 'mine' } as const;
  const add = (generation?: number) =>
    nl.execute(nl.netlink, netns, nl.nftBatch([nl.addTable(table)], generation === undefined ? {} : { generation }));
  const read = async () => (await nl.query(nl.netlink, netns, nl.getGeneration()))[0];
  const generation = await read();
  assert.ok(generation !== undefined);
  await add(generation);
  assert.notEqual(await read(), generation);
  await assert.rejects(add(generation), { code: 'ERESTART' });
  await add(await read());
});

test('nftables: a batch with chains, a set of pairs and rules, as nft sees it; a bad batch changes nothing', async (context) => {
  if (lacksKernel(context) || lacksCommand(context, 'nft')) return;
  const netns = await freshNetns(context);
  const table = { family: 'inet', name: 'pins' } as const;
  const chain = { table, name: 'in', hook: { at: 'prerouting', priority: nl.rawPriority } } as const;
  const set: nl.NftSet = { table, name: 'sources', key: ['ipv4', 'word'] };
  const pair = [Uint8Array.of(192, 0, 2, 7), Uint8Array.of(0, 1, 2, 0)];
  await nl.execute(
    nl.netlink,
    netns,
    nl.nftBatch([
      nl.addTable(table),
      nl.addChain(chain),
      nl.addSet(set),
      nl.addElements(set, [pair]),
      nl.addRule(chain, [
        nl.loadMeta('nfproto'),
        nl.compare(Uint8Array.of(nl.constants.NFPROTO_IPV4)),
        nl.loadMeta('l4proto'),
        nl.compare(Uint8Array.of(17)),
        nl.loadPayload({ base: 'transport', offset: 2, length: 2 }),
        nl.compare(Uint8Array.of(0x39, 0xc5)),
        nl.loadPayload({ base: 'network', offset: 12, length: 4, register: 0 }),
        nl.loadPayload({ base: 'transport', offset: 12, length: 3, register: 1 }),
        nl.lookUp('sources', { negated: true }),
        nl.counter(),
        nl.verdict('drop'),
      ]),
      nl.addRule(chain, [nl.loadMeta('l4proto'), nl.compare(Uint8Array.of(17)), nl.notrack()]),
    ]),
  );
  const shown = execFileSync(
    'ip',
    ['netns', 'exec', netns.path.slice('/run/netns/'.length), 'nft', 'list', 'ruleset'],
    { encoding: 'utf8' },
  );
  for (const part of [
    'type filter hook prerouting priority raw; policy accept;',
    'type ipv4_addr . mark',
    '192.0.2.7 . 0x00020100',
    'udp dport 14789',
    '!= @sources',
    'counter packets 0 bytes 0 drop',
    'notrack',
  ]) {
    assert.ok(shown.includes(part), `${part} in ${shown}`);
  }
  const read = (await nl.query(nl.netlink, netns, nl.getElements(set))).flat();
  assert.deepEqual(
    read.map((key) => key.map((part) => Array.from(part))),
    [pair.map((part) => Array.from(part))],
  );

  const other: nl.NftSet = { ...set, name: 'missing' };
  await assert.rejects(
    nl.execute(nl.netlink, netns, nl.nftBatch([nl.delElements(set, [pair]), nl.addElements(other, [pair])])),
    { code: 'ENOENT' },
  );
  assert.equal((await nl.query(nl.netlink, netns, nl.getElements(set))).flat().length, 1);
  await nl.execute(nl.netlink, netns, nl.nftBatch([nl.delElements(set, [pair])]));
  assert.equal((await nl.query(nl.netlink, netns, nl.getElements(set))).flat().length, 0);
  assert.deepEqual(await nl.query(nl.netlink, netns, nl.getTables()), [table]);
  await nl.execute(nl.netlink, netns, nl.nftBatch([nl.delTable(table)]));
  assert.deepEqual(await nl.query(nl.netlink, netns, nl.getTables()), []);
});
