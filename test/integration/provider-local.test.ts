/** The local provider with real namespaces keeps the contract, survives its own restart and leaves no trace. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { createNetns, deleteNetns, getLink, getLinks, netlink, query } from '@peerpods/netlink';
import type { PodVmSpec, ProviderHost } from '@peerpods/provider';
import { provider } from '@peerpods/provider-local';
import { silentLog } from '#base/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { type ConformanceFactory, providerConformance } from '../../providers/contract/conformance.ts';
import { warmConformance } from '../../providers/contract/warm-conformance.ts';
import { connectMachine, disconnectMachine, removeBridge } from '../../providers/local/underlay.ts';
import { lacksCommand, lacksRoot } from '../support/requirements.ts';

const agentMain = join(import.meta.dirname, '../../dev/agent/main.ts');

function openHost(): ProviderHost {
  return {
    log: silentLog,
    clock: systemClock,
    random: systemRandom,
    stateDir: mkdtempSync(join(tmpdir(), 'local-')),
    podVmPrograms: {
      processUserData: ['cat', '/media/cidata/user-data'],
      forwarder: ['sleep', 'infinity'],
      agent: [process.execPath, agentMain],
    },
  };
}

const lacksAnything = (context: TestContext) =>
  lacksRoot(context) || lacksCommand(context, 'nsenter') || lacksCommand(context, 'unshare');

const subject: ConformanceFactory = async (context) => {
  if (lacksAnything(context)) return undefined;
  const host = openHost();
  const dispose = async () => rmSync(host.stateDir, { recursive: true });
  return { provider: await provider.open({}, host), userDataBytesMax: provider.userDataBytesMax, dispose };
};

providerConformance('local', subject);
warmConformance('local', subject);

it('is found by a new instance, and nothing of it is left after its deletion', async (context) => {
  if (lacksAnything(context)) return;
  const host = openHost();
  const { signal } = new AbortController();
  const owner = { cluster: 'c', node: 'n' };
  const pod = { podName: 'a', podNamespace: 'default', userData: '#cloud-config\n', sizing: {} };
  const spec: PodVmSpec = { sandboxId: 's1', name: 'podvm-a-s1', owner, ...pod };
  const before = await query(netlink, undefined, getLinks());
  const made = await (await provider.open({}, host)).create(spec, { signal });
  const successor = await provider.open({}, host);
  assert.deepEqual(await successor.list(owner, { signal }), [{ ...made, state: 'running' }]);
  assert.equal(await successor.delete(made.id, { signal }), 'gone');
  assert.deepEqual(readdirSync(host.stateDir), []);
  const after = await query(netlink, undefined, getLinks());
  assert.deepEqual(
    after.map(({ name }) => name),
    before.map(({ name }) => name),
  );
  rmSync(host.stateDir, { recursive: true });
});

it("keeps the worker's MAC on the underlay while pod VMs come and go: the others would talk to nobody", async (context) => {
  if (lacksAnything(context)) return;
  const folder = mkdtempSync(join(tmpdir(), 'underlay-'));
  const underlay = { cidr: '10.89.0.0/24', mtu: 1500 };
  const seen = new Set<string | undefined>();
  const look = async () => seen.add((await query(netlink, undefined, getLink({ name: 'ppbr0' })))[0]?.mac);
  const numbers = Array.from({ length: 12 }, (_, at) => at + 1);
  try {
    for (const number of numbers) {
      await createNetns(join(folder, String(number)));
      await connectMachine(underlay, join(folder, String(number)), number);
      await look();
    }
    for (const number of numbers) {
      await disconnectMachine(number);
      await look();
    }
    assert.equal(seen.size, 1, [...seen].join(', '));
  } finally {
    await removeBridge();
    for (const name of readdirSync(folder)) await deleteNetns(join(folder, name));
    rmSync(folder, { recursive: true });
  }
});

it('what a predecessor began and never recorded is cleared away, what it recorded is kept', async (context) => {
  if (lacksAnything(context)) return;
  const host = openHost();
  const { signal } = new AbortController();
  const owner = { cluster: 'c', node: 'n' };
  const pod = { podName: 'a', podNamespace: 'default', userData: '#cloud-config\n', sizing: {} };
  await (await provider.open({}, host)).create({ sandboxId: 's1', name: 'podvm-a-s1', owner, ...pod }, { signal });
  mkdirSync(join(host.stateDir, 's2'));
  writeFileSync(join(host.stateDir, 's2', 'record.json.new'), '{');
  const successor = await provider.open({}, host);
  assert.deepEqual(readdirSync(host.stateDir), ['s1']);
  await successor.delete('s1', { signal });
  rmSync(host.stateDir, { recursive: true });
});

it('a create that waits for its turn is dropped when its caller leaves, and makes nothing later', async (context) => {
  if (lacksAnything(context)) return;
  const host = openHost();
  const { signal } = new AbortController();
  const owner = { cluster: 'c', node: 'n' };
  const local = await provider.open({}, host);
  const specOf = (sandboxId: string): PodVmSpec => ({
    ...{ sandboxId, name: `podvm-${sandboxId}`, owner, podName: 'a', podNamespace: 'default' },
    ...{ userData: '#cloud-config\n', sizing: {} },
  });
  const first = local.create(specOf('s1'), { signal });
  const caller = new AbortController();
  const waiting = local.create(specOf('s2'), { signal: caller.signal });
  caller.abort();
  await assert.rejects(waiting, { code: 'aborted' });
  // What a release does now: nothing is listed for s2, so nothing of it may appear afterwards.
  assert.deepEqual(
    (await local.list(owner, { signal })).filter(({ sandboxId }) => sandboxId === 's2'),
    [],
  );
  await first;
  await local.close();
  assert.deepEqual(
    (await local.list(owner, { signal })).map(({ sandboxId }) => sandboxId),
    ['s1'],
  );
  await local.delete('s1', { signal });
  rmSync(host.stateDir, { recursive: true });
});
