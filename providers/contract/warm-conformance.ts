/** Registers the tests that hold a provider with warm VMs to the contract in capabilities.ts. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { WarmInstances, WarmSpec } from './capabilities.ts';
import { type ConformanceFactory, deleteFully, specOf } from './conformance.ts';
import type { Owner } from './pod-vm.ts';
import type { PodVmProvider } from './provider.ts';

interface Scene {
  readonly provider: PodVmProvider;
  readonly warm: WarmInstances;
  readonly owner: Owner;
  readonly signal: AbortSignal;
  readonly residue: () => Promise<readonly string[]>;
}

type Body = (scene: Scene) => Promise<void>;

export function warmConformance(describeName: string, factory: ConformanceFactory): void {
  describe(`${describeName} keeps the contract of warm VMs`, () => {
    for (const [name, body] of Object.entries(bodies)) it(name, (context) => inScene(context, factory, body));
  });
}

const batchOf = (owner: Owner, count = 1): WarmSpec => ({
  batchId: randomUUID().replaceAll('-', ''),
  count,
  owner,
  userData: '#cloud-config\n',
});

const bodies: Record<string, Body> = {
  'the same batch again is the same VMs, also when asked twice at once': async ({ warm, owner, signal }) => {
    const batch = batchOf(owner, 2);
    const asked = await Promise.all([1, 2].map(() => warm.prepare(batch, { signal })));
    const again = await warm.prepare(batch, { signal });
    const ids = [...asked, again].map((made) => made.map(({ id }) => id).toSorted());
    assert.equal(ids[0]?.length, 2);
    assert.deepEqual([ids[1], ids[2]], [ids[0], ids[0]]);
    assert.deepEqual((await warm.list(owner, { signal })).map(({ id }) => id).toSorted(), ids[0]);
  },
  'an unclaimed VM is no pod VM, and no other owner sees it': async ({ provider, warm, owner, signal }) => {
    const [made] = await warm.prepare(batchOf(owner), { signal });
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.equal(await provider.get(made?.id ?? '', { signal }), undefined);
    assert.deepEqual(await warm.list({ ...owner, node: `${owner.node}-other` }, { signal }), []);
  },
  "a claimed VM is the sandbox's in every way": async ({ provider, warm, owner, signal }) => {
    const [made] = await warm.prepare(batchOf(owner), { signal });
    const spec = specOf(owner);
    const podVm = await warm.claim(made?.id ?? '', spec, { signal });
    assert.deepEqual([podVm.name, podVm.sandboxId, podVm.owner], [spec.name, spec.sandboxId, owner]);
    assert.ok(podVm.addresses.length > 0);
    assert.deepEqual(await warm.list(owner, { signal }), []);
    assert.equal((await provider.get(podVm.id, { signal }))?.sandboxId, spec.sandboxId);
    assert.equal((await provider.create(spec, { signal })).id, podVm.id);
    assert.deepEqual(
      (await provider.list(owner, { signal })).map(({ id }) => id),
      [podVm.id],
    );
  },
  'a VM is claimed by one sandbox, who may ask again': async ({ warm, owner, signal }) => {
    const [made] = await warm.prepare(batchOf(owner), { signal });
    const id = made?.id ?? '';
    const specs = [specOf(owner), specOf(owner)];
    const outcomes = await Promise.allSettled(specs.map((spec) => warm.claim(id, spec, { signal })));
    const winner = specs[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['not-found'],
    );
    assert.ok(winner);
    await warm.claim(id, winner, { signal });
  },
  'a VM that is gone can not be claimed': async ({ provider, warm, owner, signal, residue }) => {
    const [made] = await warm.prepare(batchOf(owner), { signal });
    const id = made?.id ?? '';
    await deleteFully(provider, id, signal);
    await assert.rejects(warm.claim(id, specOf(owner), { signal }), { code: 'not-found' });
    await assert.rejects(warm.claim('no-such-vm', specOf(owner), { signal }), { code: 'not-found' });
    assert.deepEqual(await warm.list(owner, { signal }), []);
    assert.deepEqual(await residue(), []);
  },
  'a call whose signal has ended already says aborted': async ({ warm, owner }) => {
    const signal = AbortSignal.abort();
    await assert.rejects(warm.prepare(batchOf(owner), { signal }), { code: 'aborted' });
    await assert.rejects(warm.list(owner, { signal }), { code: 'aborted' });
    await assert.rejects(warm.claim('no-such-vm', specOf(owner), { signal }), { code: 'aborted' });
  },
};

async function inScene(context: TestContext, factory: ConformanceFactory, body: Body): Promise<void> {
  const subject = await factory(context);
  if (!subject) return;
  const { provider, residue = async () => [] } = subject;
  const { warm } = provider;
  assert.ok(warm, 'the provider has warm VMs');
  const owner = { cluster: `warm-${randomUUID().slice(0, 8)}`, node: 'node-1' };
  const { signal } = new AbortController();
  try {
    await body({ provider, warm, owner, signal, residue });
  } finally {
    const left = [...(await provider.list(owner, { signal })), ...(await warm.list(owner, { signal }))];
    for (const { id } of left) await deleteFully(provider, id, signal);
    await provider.close();
    await subject.dispose?.();
  }
}
