/** Registers the tests that hold any provider to the contract in provider.ts. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { ProviderError } from './errors.ts';
import type { Owner, PodVmSpec } from './pod-vm.ts';
import type { PodVmProvider } from './provider.ts';

export interface ConformanceSubject {
  readonly provider: PodVmProvider;
  /** Ends what the subject needed besides the provider. */
  readonly dispose?: () => Promise<void>;
}

/** A subject for one test; undefined when the factory has skipped the test. */
export type ConformanceFactory = (context: TestContext) => Promise<ConformanceSubject | undefined>;

interface Scene {
  readonly provider: PodVmProvider;
  readonly owner: Owner;
  readonly signal: AbortSignal;
}

export function providerConformance(describeName: string, factory: ConformanceFactory): void {
  describe(`${describeName} keeps the provider contract`, () => {
    for (const [name, body] of Object.entries({ ...creation, ...deletion, ...lookup })) {
      it(name, (context) => inScene(context, factory, body));
    }
  });
}

type Body = (scene: Scene) => Promise<void>;

const creation: Record<string, Body> = {
  'makes one pod VM for a sandbox id, however often it is asked': async ({ provider, owner, signal }) => {
    const spec = specOf(owner);
    const first = await provider.create(spec, { signal });
    const second = await provider.create(spec, { signal });
    assert.equal(second.id, first.id);
    assert.equal((await provider.list(owner, { signal })).length, 1);
  },
  'makes one pod VM when asked twice at once': async ({ provider, owner, signal }) => {
    const spec = specOf(owner);
    const [first, second] = await Promise.all([provider.create(spec, { signal }), provider.create(spec, { signal })]);
    assert.equal(first.id, second.id);
    assert.equal((await provider.list(owner, { signal })).length, 1);
  },
  'resolves with addresses, and with what the spec said': async ({ provider, owner, signal }) => {
    const spec = specOf(owner);
    const podVm = await provider.create(spec, { signal });
    assert.ok(podVm.addresses.length > 0);
    assert.deepEqual([podVm.name, podVm.sandboxId, podVm.owner], [spec.name, spec.sandboxId, owner]);
  },
  'gives two sandboxes two pod VMs with different addresses': async ({ provider, owner, signal }) => {
    const [first, second] = await Promise.all([
      provider.create(specOf(owner), { signal }),
      provider.create(specOf(owner), { signal }),
    ]);
    assert.notEqual(first.id, second.id);
    assert.notEqual(first.addresses[0], second.addresses[0]);
  },
  'an aborted create says aborted, and what it made is adopted by the next': async ({ provider, owner, signal }) => {
    const spec = specOf(owner);
    const caller = new AbortController();
    const creating = provider.create(spec, { signal: caller.signal });
    caller.abort();
    await assert.rejects(creating, isAborted);
    const podVm = await provider.create(spec, { signal });
    assert.deepEqual(
      (await provider.list(owner, { signal })).map(({ id }) => id),
      [podVm.id],
    );
  },
};

const deletion: Record<string, Body> = {
  'deleting what does not exist is gone': async ({ provider, signal }) => {
    assert.equal(await provider.delete('no-such-pod-vm', { signal }), 'gone');
  },
  'deleting ends in gone, and may be repeated': async ({ provider, owner, signal }) => {
    const podVm = await provider.create(specOf(owner), { signal });
    await deleteFully(provider, podVm.id, signal);
    assert.equal(await provider.delete(podVm.id, { signal }), 'gone');
    assert.equal(await provider.get(podVm.id, { signal }), undefined);
    assert.deepEqual(await provider.list(owner, { signal }), []);
  },
  'deleting during create leaves nothing': async ({ provider, owner, signal }) => {
    const creating = provider.create(specOf(owner), { signal }).then(
      (podVm) => podVm.id,
      (error: unknown) => podVmIdOf(error),
    );
    for (const podVm of await provider.list(owner, { signal })) await provider.delete(podVm.id, { signal });
    const id = await creating;
    if (id !== undefined) await deleteFully(provider, id, signal);
    assert.deepEqual(await provider.list(owner, { signal }), []);
  },
};

const lookup: Record<string, Body> = {
  'finds a pod VM by id, and nothing under an unknown one': async ({ provider, owner, signal }) => {
    const podVm = await provider.create(specOf(owner), { signal });
    assert.deepEqual((await provider.get(podVm.id, { signal }))?.addresses, podVm.addresses);
    assert.equal(await provider.get('no-such-pod-vm', { signal }), undefined);
  },
  'lists only the pod VMs of the owner asked for': async ({ provider, owner, signal }) => {
    const otherNode = { ...owner, node: `${owner.node}-other` };
    const otherCluster = { ...owner, cluster: `${owner.cluster}-other` };
    const podVm = await provider.create(specOf(owner), { signal });
    const foreign = await provider.create(specOf(otherNode), { signal });
    try {
      assert.deepEqual(
        (await provider.list(owner, { signal })).map(({ id }) => id),
        [podVm.id],
      );
      assert.deepEqual(
        (await provider.list(otherNode, { signal })).map(({ id }) => id),
        [foreign.id],
      );
      assert.deepEqual(await provider.list(otherCluster, { signal }), []);
    } finally {
      await deleteFully(provider, foreign.id, signal);
    }
  },
  'a call whose signal has ended already says aborted': async ({ provider, owner }) => {
    await assert.rejects(provider.create(specOf(owner), { signal: AbortSignal.abort() }), isAborted);
  },
  'verify accepts a sound configuration': async ({ provider, signal }) => {
    await provider.verify({ signal });
  },
};

async function inScene(context: TestContext, factory: ConformanceFactory, body: Body): Promise<void> {
  const subject = await factory(context);
  if (!subject) return;
  const { provider } = subject;
  const owner = { cluster: `conformance-${randomUUID().slice(0, 8)}`, node: 'node-1' };
  const { signal } = new AbortController();
  try {
    await body({ provider, owner, signal });
  } finally {
    for (const podVm of await provider.list(owner, { signal })) await deleteFully(provider, podVm.id, signal);
    await provider.close();
    await subject.dispose?.();
  }
}

function specOf(owner: Owner): PodVmSpec {
  const sandboxId = randomUUID().replaceAll('-', '').repeat(2);
  const name = `podvm-conformance-${sandboxId.slice(0, 8)}`;
  const pod = { podName: 'conformance', podNamespace: 'default' };
  return { sandboxId, name, ...pod, owner, userData: '#cloud-config\n', sizing: {} };
}

/** A cloud may take minutes; each `deleting` is an answer, so the bound is on answers. */
async function deleteFully(provider: PodVmProvider, id: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await provider.delete(id, { signal })) === 'gone') return;
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
  }
  assert.fail(`${id} was never gone`);
}

function isAborted(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'aborted';
}

function podVmIdOf(error: unknown): string | undefined {
  if (error instanceof ProviderError) return error.podVmId;
  throw error;
}
