import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseSandboxId } from '#base/brands.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { parsePodNetwork } from '#codec/pod-network.ts';
import { openLedger, type SandboxRecord } from './ledger.ts';
import type { SandboxState } from './state.ts';

const recordOf = (id: string, createdAtMs: number, state: SandboxState = { at: 'created' }): SandboxRecord => ({
  version: 1,
  sandboxId: parseSandboxId(id),
  createdAtMs,
  request: parseAnnotations(
    new Map([
      ['io.kubernetes.cri.sandbox-name', 'web'],
      ['io.kubernetes.cri.sandbox-namespace', 'shop'],
    ]),
  ),
  netnsPath: '/run/netns/x',
  agentSocketPath: `/run/peerpod/pods/${id}/agent.ttrpc`,
  network: parsePodNetwork({
    podip: '10.244.1.10/24',
    'pod-hw-addr': '0a:00:00:00:00:01',
    interface: 'eth0',
    'worker-node-ip': '192.168.122.20/24',
    routes: [{ dst: '', gw: '10.244.1.1', dev: 'eth0' }],
    mtu: 1450,
    'vxlan-id': 7,
  }),
  podVmName: 'podvm-web',
  state,
});

function ledgerIn(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const damaged: string[] = [];
  const ledger = openLedger(folder);
  const readAll = () => ledger.readAll((file, error) => damaged.push(`${file} ${error.code}`));
  return { ledger, readAll, damaged, file: (id: string) => join(folder, 'sandboxes', `${id}.json`) };
}

test('what was written last is read, in the order of creation, from private files', async (t) => {
  const { ledger, readAll, damaged, file } = ledgerIn(t);
  assert.deepEqual(await readAll(), [], 'before there is a folder');
  await ledger.create(recordOf('a', 2));
  await ledger.create(recordOf('b', 1));
  await ledger.update(recordOf('a', 2, { at: 'starting', step: 'pod-vm' }));
  await ledger.update(recordOf('a', 2, { at: 'running' }));
  const records = await readAll();
  assert.deepEqual(
    records.map(({ sandboxId, state }) => [sandboxId, state.at]),
    [
      ['b', 'created'],
      ['a', 'running'],
    ],
  );
  assert.deepEqual(records[0], JSON.parse(JSON.stringify(recordOf('b', 1))));
  assert.equal(statSync(file('a')).mode & 0o777, 0o600);
  assert.deepEqual(damaged, []);
});

test('a line that a crash tore at any byte leaves the state before it, and what is written next counts', async (t) => {
  const { ledger, readAll, damaged, file } = ledgerIn(t);
  await ledger.create(recordOf('a', 1));
  const whole = statSync(file('a')).size;
  await ledger.update(recordOf('a', 1, { at: 'running' }));
  const text = readFileSync(file('a'), 'utf8');
  for (let size = whole; size < text.length; size += 1) {
    truncateSync(file('a'), 0);
    writeFileSync(file('a'), text.slice(0, size));
    // The closing line break alone may be missing: then the line is whole.
    const expected = size >= text.length - 1 ? 'running' : 'created';
    assert.equal((await readAll())[0]?.state.at, expected, `cut at ${size}`);
    if (size % 50 !== 0) continue;
    await ledger.update(recordOf('a', 1, { at: 'stopping' }));
    assert.equal((await readAll())[0]?.state.at, 'stopping', `after a cut at ${size}`);
  }
  assert.deepEqual(damaged, []);
});

test('damaged records are told of and left where they are, the others are read', async (t) => {
  const { ledger, readAll, damaged, file } = ledgerIn(t);
  for (const id of ['good', 'cut', 'future', 'bare', 'other', 'vni', 'empty']) await ledger.create(recordOf(id, 1));
  const good = readFileSync(file('good'), 'utf8');
  writeFileSync(file('cut'), good.slice(0, 100));
  writeFileSync(file('future'), good.replace('"version":1', '"version":2'));
  writeFileSync(file('bare'), '{"version":1,"sandboxId":"bare","network":{"vni":7}}\n');
  writeFileSync(file('other'), good);
  appendFileSync(file('vni'), '{"version":1,"sandboxId":"vni","network":{"vni":0}}\n');
  writeFileSync(file('empty'), '');
  assert.deepEqual(
    (await readAll()).map(({ sandboxId }) => sandboxId),
    ['good'],
  );
  const expected = ['bare', 'cut', 'empty', 'future', 'other', 'vni'].map((id) => `${id}.json`);
  assert.deepEqual(damaged.map((text) => text.split(' ')[0]).toSorted(), expected);
  assert.equal(readFileSync(file('empty'), 'utf8'), '');
});

test('a removed record does not come back by an update, and removing twice is fine', async (t) => {
  const { ledger, readAll } = ledgerIn(t);
  const record = recordOf('a', 1);
  await ledger.create(record);
  await ledger.remove(record.sandboxId);
  await ledger.remove(record.sandboxId);
  await assert.rejects(ledger.update(record), { code: 'E_LEDGER' });
  assert.deepEqual(await readAll(), []);
});
