/** Registers the tests that hold any provider to the contract in provider.ts. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { isProviderError, ProviderError, type ProviderErrorCode } from './errors.ts';
import type { Owner, PodVmSpec } from './pod-vm.ts';
import type { PodVmProvider } from './provider.ts';

/**
 * How a subject's cloud is made to misbehave. Each speaks of what comes next, once. A subject offers those that its
 * cloud can have; the test of any other says that it is skipped, and why.
 */
export interface ConformanceFaults {
  /** The call that makes the VM is carried out and its answer is lost. */
  loseCreateAnswer?(): void;
  /** The next `times` calls are refused as too many, with a Retry-After of `retryAfterMs`. */
  throttle?(times: number, retryAfterMs: number): void;
  /** The first candidate's place is full. */
  refuseCapacity?(): void;
  /** Every place is full, until the returned function is called. */
  refuseAllCapacity?(): () => void;
  /** A VM is not to be seen, neither by id nor in a list, for `ms` after it was made. */
  hideNew?(ms: number): void;
  /** A step after the VM was made fails for good, so that it stays half made. */
  breakAfterCreate?(): void;
}

export interface ConformanceSubject {
  readonly provider: PodVmProvider;
  /** As ProviderModule says; with it the limit is tested from both sides. */
  readonly userDataBytesMax?: number;
  readonly faults?: ConformanceFaults;
  /** What the pods of the tests ask for besides the plain. */
  readonly wishes?: Partial<Pick<PodVmSpec, 'sizing' | 'image' | 'dedicatedInterface' | 'volumes'>>;
  /** What the cloud holds that this subject made (VMs, disks, interfaces, addresses), seen past the provider. */
  readonly residue?: () => Promise<readonly string[]>;
  /**
   * For a simulated cloud that has defects of its own: asked after a failed test, it says why the cloud is broken now,
   * by what it knows of the cloud alone. The test is then begun anew, once, with another subject, and says so.
   */
  readonly brokenCloud?: () => Promise<string | undefined>;
  /** Ends what the subject needed besides the provider. */
  readonly dispose?: () => Promise<void>;
}

/** A subject for one test; undefined when the factory has skipped the test. */
export type ConformanceFactory = (context: TestContext) => Promise<ConformanceSubject | undefined>;

interface Scene extends ConformanceSubject {
  readonly context: TestContext;
  /** Another sandbox at each call. */
  readonly specOf: (owner: Owner) => PodVmSpec;
  readonly owner: Owner;
  readonly signal: AbortSignal;
}

export function providerConformance(describeName: string, factory: ConformanceFactory): void {
  describe(`${describeName} keeps the provider contract`, () => {
    for (const [name, body] of Object.entries({ ...creation, ...deletion, ...lookup, ...misfortune })) {
      it(name, (context) => inScene(context, factory, body));
    }
  });
}

type Body = (scene: Scene) => Promise<void>;

const creation: Record<string, Body> = {
  'makes one pod VM for a sandbox id, however often it is asked': async ({ provider, owner, signal, specOf }) => {
    const spec = specOf(owner);
    const first = await provider.create(spec, { signal });
    const second = await provider.create(spec, { signal });
    assert.equal(second.id, first.id);
    assert.deepEqual(second.addresses, first.addresses);
    assert.equal((await provider.list(owner, { signal })).length, 1);
  },
  'makes one pod VM when asked several times at once': async ({ provider, owner, signal, specOf }) => {
    const spec = specOf(owner);
    const made = await Promise.all([1, 2, 3, 4].map(() => provider.create(spec, { signal })));
    assert.equal(new Set(made.map(({ id }) => id)).size, 1);
    assert.equal((await provider.list(owner, { signal })).length, 1);
  },
  'resolves with addresses, and with what the spec said': async ({ provider, owner, signal, specOf }) => {
    const spec = specOf(owner);
    const podVm = await provider.create(spec, { signal });
    assert.ok(podVm.addresses.length > 0);
    assert.ok(podVm.addresses.every((address) => /^[0-9a-f.:]+$/.test(address) && address !== '0.0.0.0'));
    assert.equal(new Set(podVm.addresses).size, podVm.addresses.length);
    assert.deepEqual([podVm.name, podVm.sandboxId, podVm.owner], [spec.name, spec.sandboxId, owner]);
  },
  'gives two sandboxes two pod VMs with different addresses': async ({ provider, owner, signal, specOf }) => {
    const [first, second] = await Promise.all([
      provider.create(specOf(owner), { signal }),
      provider.create(specOf(owner), { signal }),
    ]);
    assert.notEqual(first.id, second.id);
    assert.notEqual(first.addresses[0], second.addresses[0]);
  },
  'an aborted create says aborted, and what it made is adopted by the next': async ({
    provider,
    owner,
    signal,
    specOf,
  }) => {
    const spec = specOf(owner);
    const caller = new AbortController();
    const creating = provider.create(spec, { signal: caller.signal });
    caller.abort();
    await assert.rejects(creating, { code: 'aborted' });
    const podVm = await provider.create(spec, { signal });
    assert.deepEqual(await idsOf(provider, owner, signal), [podVm.id]);
  },
  'a create aborted in the middle, at any point, leaves at most one pod VM, and the next one owns it': async (
    scene,
  ) => {
    const { provider, owner, signal, specOf } = scene;
    for (const delayMs of [0, 1, 3, 8, 20, 50]) {
      const spec = specOf(owner);
      const caller = new AbortController();
      const creating = provider.create(spec, { signal: caller.signal }).then(
        () => undefined,
        (error: unknown) => assert.ok(isProviderError(error, 'aborted'), String(error)),
      );
      setTimeout(() => caller.abort(), delayMs);
      await creating;
      const podVm = await provider.create(spec, { signal });
      assert.deepEqual(await idsOf(provider, owner, signal), [podVm.id]);
      await deleteFully(provider, podVm.id, signal);
    }
  },
  'one of two callers who leaves does not end the other': async ({ provider, owner, signal, specOf }) => {
    const spec = specOf(owner);
    const leaver = new AbortController();
    const left = provider.create(spec, { signal: leaver.signal });
    const stays = provider.create(spec, { signal });
    leaver.abort();
    await assert.rejects(left, { code: 'aborted' });
    const { id } = await stays;
    assert.deepEqual(await idsOf(provider, owner, signal), [id]);
  },
  'takes user-data up to its limit, and refuses one byte more before anything is made': async (scene) => {
    const { provider, owner, signal, userDataBytesMax: limit, specOf } = scene;
    if (limit === undefined) return scene.context.skip('the subject names no limit');
    const head = '#cloud-config\n';
    const spec = { ...specOf(owner), userData: head.padEnd(limit, '#') };
    await assert.rejects(provider.create({ ...spec, userData: `${spec.userData}#` }, { signal }), {
      code: 'invalid-configuration',
    });
    // Bytes count, not characters.
    const wide = `${head}${'ü'.repeat(Math.floor(limit / 2))}`;
    await assert.rejects(provider.create({ ...spec, userData: wide }, { signal }), { code: 'invalid-configuration' });
    assert.deepEqual(await provider.list(owner, { signal }), []);
    await provider.create(spec, { signal });
  },
};

const deletion: Record<string, Body> = {
  'deleting what does not exist is gone': async ({ provider, signal }) => {
    assert.equal(await provider.delete('no-such-pod-vm', { signal }), 'gone');
  },
  'deleting without an id is refused': async ({ provider, signal }) => {
    await assert.rejects(provider.delete('', { signal }), { code: 'invalid-configuration' });
  },
  'deleting ends in gone, and may be repeated': async ({ provider, owner, signal, residue, specOf }) => {
    const podVm = await provider.create(specOf(owner), { signal });
    await deleteFully(provider, podVm.id, signal);
    assert.equal(await provider.delete(podVm.id, { signal }), 'gone');
    assert.equal(await provider.get(podVm.id, { signal }), undefined);
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.deepEqual((await residue?.()) ?? [], []);
  },
  'deleting twice at once works': async ({ provider, owner, signal, specOf }) => {
    const podVm = await provider.create(specOf(owner), { signal });
    await Promise.all([1, 2, 3].map(() => deleteFully(provider, podVm.id, signal)));
    assert.deepEqual(await provider.list(owner, { signal }), []);
  },
  'deleting during create leaves nothing': async ({ provider, owner, signal, residue, specOf }) => {
    const creating = provider.create(specOf(owner), { signal }).then(
      (podVm) => podVm.id,
      (error: unknown) => podVmIdOf(error),
    );
    for (const podVm of await provider.list(owner, { signal })) await provider.delete(podVm.id, { signal });
    const id = await creating;
    if (id !== undefined) await deleteFully(provider, id, signal);
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.deepEqual((await residue?.()) ?? [], []);
  },
  'a sandbox id whose pod VM is gone can have another': async ({ provider, owner, signal, specOf }) => {
    const spec = specOf(owner);
    const first = await provider.create(spec, { signal });
    await deleteFully(provider, first.id, signal);
    const second = await provider.create(spec, { signal });
    assert.deepEqual(await idsOf(provider, owner, signal), [second.id]);
    assert.equal((await provider.get(second.id, { signal }))?.sandboxId, spec.sandboxId);
  },
};

const lookup: Record<string, Body> = {
  'finds a pod VM by id, and nothing under an unknown one': async ({ provider, owner, signal, specOf }) => {
    const podVm = await provider.create(specOf(owner), { signal });
    assert.deepEqual((await provider.get(podVm.id, { signal }))?.addresses, podVm.addresses);
    assert.equal(await provider.get('no-such-pod-vm', { signal }), undefined);
  },
  'where it keeps consoles, gives the end of one within the bound, and nothing for an unknown pod VM': async ({
    provider,
    owner,
    signal,
    specOf,
    context,
  }) => {
    const { console } = provider;
    if (!console) return context.skip('it keeps no consoles');
    const podVm = await provider.create(specOf(owner), { signal });
    const bytesMax = 16;
    const text = await console.read(podVm.id, bytesMax, { signal });
    assert.ok(text !== undefined && Buffer.byteLength(text) <= bytesMax, text);
    assert.equal(await console.read('no-such-pod-vm', bytesMax, { signal }), undefined);
  },
  'lists only the pod VMs of the owner asked for': async ({ provider, owner, signal, specOf }) => {
    const otherNode = { ...owner, node: `${owner.node}-other` };
    const otherCluster = { ...owner, cluster: `${owner.cluster}-other` };
    const podVm = await provider.create(specOf(owner), { signal });
    const foreign = await provider.create(specOf(otherNode), { signal });
    try {
      assert.deepEqual(await idsOf(provider, owner, signal), [podVm.id]);
      assert.deepEqual(await idsOf(provider, otherNode, signal), [foreign.id]);
      assert.deepEqual(await provider.list(otherCluster, { signal }), []);
      const all = await provider.census?.list(owner.cluster, { signal });
      if (all) assert.deepEqual(all.map(({ id }) => id).toSorted(), [podVm.id, foreign.id].toSorted());
      assert.deepEqual((await provider.census?.list(otherCluster.cluster, { signal })) ?? [], []);
    } finally {
      await deleteFully(provider, foreign.id, signal);
    }
  },
  'a call whose signal has ended already says aborted': async ({ provider, owner, specOf }) => {
    const signal = AbortSignal.abort();
    const aborted = { code: 'aborted' };
    await assert.rejects(provider.create(specOf(owner), { signal }), aborted);
    await assert.rejects(provider.delete('no-such-pod-vm', { signal }), aborted);
    await assert.rejects(provider.get('no-such-pod-vm', { signal }), aborted);
    await assert.rejects(provider.list(owner, { signal }), aborted);
    await assert.rejects(provider.verify({ signal }), aborted);
  },
  'verify accepts a sound configuration': async ({ provider, signal }) => {
    await provider.verify({ signal });
  },
};

/** Only a subject that can cause the fault runs it. */
const misfortune: Record<string, Body> = {
  'a create whose answer was lost ends with one pod VM': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.loseCreateAnswer) return scene.context.skip('the subject loses no answers');
    const spec = specOf(owner);
    faults.loseCreateAnswer();
    // The provider may see to it itself, or say what it made.
    const first = await provider.create(spec, { signal }).catch((error: unknown) => podVmIdOf(error));
    const second = await provider.create(spec, { signal });
    if (first !== undefined) assert.equal(typeof first === 'string' ? first : first.id, second.id);
    assert.deepEqual(await idsOf(provider, owner, signal), [second.id]);
  },
  'throttled calls are repeated, not before the time that the cloud asked for': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.throttle) return scene.context.skip('the subject throttles nothing');
    const retryAfterMs = 1000;
    faults.throttle(2, retryAfterMs);
    const startedAt = performance.now();
    const podVm = await provider.create(specOf(owner), { signal });
    assert.ok(performance.now() - startedAt >= retryAfterMs * 0.95);
    assert.deepEqual(await idsOf(provider, owner, signal), [podVm.id]);
  },
  'a full place is passed over for the next': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.refuseCapacity) return scene.context.skip('the subject has one place only');
    faults.refuseCapacity();
    const podVm = await provider.create(specOf(owner), { signal });
    assert.deepEqual(await idsOf(provider, owner, signal), [podVm.id]);
  },
  'no room anywhere is said so, and leaves nothing': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.refuseAllCapacity) return scene.context.skip('the subject is never full');
    const restore = faults.refuseAllCapacity();
    try {
      await assert.rejects(provider.create(specOf(owner), { signal }), hasCode('no-capacity', 'quota'));
    } finally {
      restore();
    }
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.deepEqual((await scene.residue?.()) ?? [], []);
  },
  'a pod VM that is not to be seen yet is waited for, and never made twice': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.hideNew) return scene.context.skip('the subject shows all at once');
    const spec = specOf(owner);
    faults.hideNew(1500);
    const first = await provider.create(spec, { signal });
    assert.equal((await provider.get(first.id, { signal }))?.id, first.id);
    const second = await provider.create(spec, { signal });
    assert.equal(second.id, first.id);
    assert.deepEqual(await seenInTime(provider, owner, signal), [first.id]);
  },
  'a pod VM that is ended before it is to be seen goes all the same': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.hideNew) return scene.context.skip('the subject shows all at once');
    faults.hideNew(1000);
    const { id } = await provider.create(specOf(owner), { signal });
    await deleteFully(provider, id, signal);
    assert.deepEqual((await scene.residue?.()) ?? [], []);
    assert.deepEqual(await provider.list(owner, { signal }), []);
  },
  'what a failed create left carries its id, and can be deleted': async (scene) => {
    const { provider, owner, signal, faults, specOf } = scene;
    if (!faults?.breakAfterCreate) return scene.context.skip('the subject leaves nothing half made');
    faults.breakAfterCreate();
    const id = await provider.create(specOf(owner), { signal }).then(
      () => assert.fail('the create should have failed'),
      (error: unknown) => podVmIdOf(error),
    );
    assert.ok(id !== undefined, 'the error names the pod VM');
    await deleteFully(provider, id, signal);
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.deepEqual((await scene.residue?.()) ?? [], []);
  },
};

async function inScene(context: TestContext, factory: ConformanceFactory, body: Body): Promise<void> {
  const subject = await factory(context);
  if (!subject) return;
  try {
    await withSubject(context, subject, body);
  } catch (error) {
    const defect = await subject.brokenCloud?.();
    if (defect === undefined) throw error;
    context.diagnostic(`begun anew, because the cloud is broken: ${defect}`);
    const another = await factory(context);
    if (another) await withSubject(context, another, body);
  }
}

async function withSubject(context: TestContext, subject: ConformanceSubject, body: Body): Promise<void> {
  const { provider } = subject;
  const owner = { cluster: `conformance-${randomUUID().slice(0, 8)}`, node: 'node-1' };
  const { signal } = new AbortController();
  try {
    await body({ ...subject, context, owner, signal, specOf: (by) => ({ ...specOf(by), ...subject.wishes }) });
  } finally {
    for (const podVm of await provider.list(owner, { signal })) await deleteFully(provider, podVm.id, signal);
    await provider.close();
    await subject.dispose?.();
  }
}

export function specOf(owner: Owner): PodVmSpec {
  const sandboxId = randomUUID().replaceAll('-', '').repeat(2);
  const name = `podvm-conformance-${sandboxId.slice(0, 8)}`;
  const pod = { podName: 'conformance', podNamespace: 'default' };
  return { sandboxId, name, ...pod, owner, userData: '#cloud-config\n', sizing: {} };
}

/** A cloud may take minutes; each `deleting` is an answer, so the bound is on answers. */
export async function deleteFully(provider: PodVmProvider, id: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if ((await provider.delete(id, { signal })) === 'gone') return;
    await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
  }
  assert.fail(`${id} was never gone`);
}

async function idsOf(provider: PodVmProvider, owner: Owner, signal: AbortSignal): Promise<readonly string[]> {
  return (await provider.list(owner, { signal })).map(({ id }) => id);
}

/** `list` may lag: what it shows once it shows anything, within some seconds. */
async function seenInTime(provider: PodVmProvider, owner: Owner, signal: AbortSignal): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const ids = await idsOf(provider, owner, signal);
    if (ids.length > 0) return ids;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
}

function hasCode(...codes: readonly ProviderErrorCode[]): (error: unknown) => boolean {
  return (error) => error instanceof ProviderError && codes.includes(error.code);
}

function podVmIdOf(error: unknown): string | undefined {
  if (error instanceof ProviderError) return error.podVmId;
  throw error;
}
