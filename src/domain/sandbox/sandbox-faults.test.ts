/** Sandboxes when disk, relay or provider fail, and when a successor takes over. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { FakeProvider } from '@peerpods/provider-fake';
import { parseSandboxId, type SandboxId } from '#base/brands.ts';
import { PeerPodError } from '#base/errors.ts';
import { create, gone, id, makeBench, never, owner, podVmsOf } from '../../../test/support/sandbox-bench.ts';
import type { Ledger, SandboxRecord } from './ledger.ts';
import type { Starter } from './ports.ts';

test('a record that can not be written fails the call, and nothing is left', async (t) => {
  const full = new PeerPodError('E_LEDGER', 'no space left on device');
  const refuse = async () => {
    throw full;
  };
  const uncreated = makeBench(t, { ledger: { create: refuse } });
  await assert.rejects(uncreated.sandboxes.create(create, never), { code: 'E_LEDGER' });
  await gone(uncreated);
  // Each write of a start in its turn: entering, the pod VM with its planned tunnel, running.
  for (const failing of [1, 2, 3]) {
    let writes = 0;
    const ledgers: Partial<Ledger> = {};
    const bench = makeBench(t, { ledger: ledgers });
    const { update } = bench.ledger;
    Object.assign(bench.ledger, {
      update: async (record: SandboxRecord) => {
        writes += 1;
        if (writes === failing) throw full;
        await update(record);
      },
    });
    await bench.sandboxes.create(create, never);
    await assert.rejects(bench.sandboxes.start(id, never), { code: 'E_LEDGER' }, `write ${failing}`);
    if (failing === 1) {
      assert.equal(bench.sandboxes.countByState().created, 1, 'nothing had begun: it may be started again');
      await bench.sandboxes.start(id, never);
      await bench.sandboxes.stop(id, never);
    }
    await gone(bench);
  }
});

test('a full disk does not stop a release', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.start(id, never);
  Object.assign(bench.ledger, {
    update: async () => {
      throw new PeerPodError('E_LEDGER', 'no space left on device');
    },
  });
  await bench.sandboxes.stop(id, never);
  await gone(bench);
});

test('a record that can not be removed is tried again', async (t) => {
  const bench = makeBench(t);
  const { remove } = bench.ledger;
  let tries = 0;
  Object.assign(bench.ledger, {
    remove: async (sandboxId: SandboxId) => {
      tries += 1;
      if (tries === 1) throw new PeerPodError('E_LEDGER', 'I/O error');
      await remove(sandboxId);
    },
  });
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.stop(id, never);
  await gone(bench);
  assert.equal(tries, 2);
});

test('a relay that hangs or refuses holds up no delete, and is asked again', async (t) => {
  let asked = 0;
  const relay = {
    detach: () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('refused')) : Promise.resolve();
    },
  };
  const refusing = makeBench(t, { relay });
  await refusing.sandboxes.create(create, never);
  await refusing.sandboxes.start(id, never);
  await refusing.sandboxes.stop(id, never);
  await gone(refusing);
  assert.equal(asked, 2);
  const hanging = makeBench(t, { relay: { detach: () => new Promise(() => {}) } });
  await hanging.sandboxes.create(create, never);
  await hanging.sandboxes.start(id, never);
  await hanging.sandboxes.stop(id, never);
  assert.deepEqual(await podVmsOf(hanging.provider), []);
  assert.equal(hanging.records().length, 1, 'its record stays until the relay has let go');
});

test('a pod VM is ended although the list of the provider fails', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.start(id, never);
  bench.provider.failNext('list', new ProviderError('throttled', 'not now'), { times: 2 });
  await bench.sandboxes.stop(id, never);
  assert.deepEqual(bench.provider.podVms, [], 'StopVM was answered after the delete');
  await gone(bench);
});

test('a pod VM that the list shows late is found, and its sandbox is remembered until then', async (t) => {
  const provider = new FakeProvider({ listLag: 2 });
  const lost = { createPodVm: makeLosing(provider) };
  const bench = makeBench(t, { provider, starter: lost, listLagMsMax: 500 });
  await bench.sandboxes.create(create, never);
  await assert.rejects(bench.sandboxes.start(id, never), /lost/);
  await bench.sandboxes.settle(50);
  assert.equal(bench.records().length, 1);
  await bench.sandboxes.settle(10_000);
  assert.deepEqual(provider.podVms, []);
  assert.deepEqual(bench.records(), []);
});

/** A create whose answer is lost without a name for what was made. */
function makeLosing(provider: FakeProvider): Starter['createPodVm'] {
  return async (record, signal) => {
    const spec = { sandboxId: record.sandboxId, name: 'x', podName: 'web', podNamespace: 'shop' };
    await provider.create({ ...spec, owner, userData: '', sizing: {} }, { signal });
    return { error: new PeerPodError('E_POD_VM_CREATE', 'lost'), mayAppear: true };
  };
}

test('a refusal before anything was made is not waited for', async (t) => {
  const refused = async () => ({ error: new PeerPodError('E_POD_VM_NO_CAPACITY', 'none'), mayAppear: false });
  const bench = makeBench(t, { starter: { createPodVm: refused }, listLagMsMax: 3_600_000 });
  await bench.sandboxes.create(create, never);
  await assert.rejects(bench.sandboxes.start(id, never), { code: 'E_POD_VM_NO_CAPACITY' });
  await gone(bench);
});

test('a successor keeps what ran, with its pod VM and its VNI, and can stop it', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.start(id, never);
  await bench.sandboxes[Symbol.asyncDispose]();
  const after = bench.again();
  await after.sandboxes.load();
  assert.equal(after.sandboxes.countByState().running, 1);
  await after.sandboxes.start(id, never);
  assert.equal((await podVmsOf(bench.provider)).length, 1);
  const other = parseSandboxId('b'.repeat(64));
  await after.sandboxes.create({ ...create, sandboxId: other }, never);
  const vnis = (await after.ledger.readAll(() => {})).map((record) => record.network.vni);
  assert.deepEqual(vnis.toSorted(), [1000, 1001]);
  await after.sandboxes.stop(id, never);
  await after.sandboxes.stop(other, never);
  await gone(after);
});

test('a successor releases what was being started, also when the pod VM had no name yet', async (t) => {
  const bench = makeBench(t, { starter: { createPodVm: () => new Promise(() => {}) } });
  await bench.sandboxes.create(create, never);
  bench.sandboxes.start(id, never).catch(() => {});
  while (!bench.recordText(id).includes('pod-vm')) await new Promise(setImmediate);
  const spec = { sandboxId: id, name: 'x', podName: 'web', podNamespace: 'shop', owner, userData: '', sizing: {} };
  await bench.provider.create(spec, { signal: never });
  const after = bench.again();
  await after.sandboxes.load();
  await gone(after);
});

test('a CreateVM that failed is not answered as good while it is being released, also by a successor', async (t) => {
  const listen = async () => {
    throw new PeerPodError('E_IO', 'no socket');
  };
  const released = Promise.withResolvers<void>();
  const relay = { detach: () => released.promise };
  const bench = makeBench(t, { starter: { listen }, relay });
  await assert.rejects(bench.sandboxes.create(create, never), { code: 'E_IO' });
  await assert.rejects(bench.sandboxes.create(create, never), { code: 'E_SANDBOX_STATE' });
  await bench.sandboxes[Symbol.asyncDispose]();
  const after = bench.again({ relay });
  await after.sandboxes.load();
  await assert.rejects(after.sandboxes.create(create, never), { code: 'E_SANDBOX_STATE' });
  released.resolve();
  await gone(after);
  await after.sandboxes.create(create, never); // nothing is left of it: it may be tried anew
  await after.sandboxes.stop(id, never);
  await gone(after);
});

test('more sandboxes than the bound are refused, by default far more than a node advertises', async (t) => {
  const bench = makeBench(t, { sandboxesMax: 11 });
  const ids = Array.from({ length: 12 }, (_, index) => parseSandboxId(`s${index}`));
  const outcomes = await Promise.allSettled(
    ids.map((sandboxId) => bench.sandboxes.create({ ...create, sandboxId }, never)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 1);
  assert.equal(refused[0]?.reason.code, 'E_LIMIT');
  assert.equal(new Set((await bench.ledger.readAll(() => {})).map(({ network: { vni } }) => vni)).size, 11);
});

test('StopVM while CreateVM is under way stops what that makes', async (t) => {
  const listening = Promise.withResolvers<void>();
  const bench = makeBench(t, { starter: { listen: () => listening.promise } });
  const creating = bench.sandboxes.create(create, never);
  const stopping = bench.sandboxes.stop(id, never);
  listening.resolve();
  await creating;
  await stopping;
  await gone(bench);
});
