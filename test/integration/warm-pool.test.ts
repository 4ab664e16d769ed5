/** The pool of warm pod VMs: filled, claimed, given their pods over the guest's real protocol, recovered, never doubled. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodVmProvider, PodVmSpec } from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { encodeUserData } from '#codec/user-data.ts';
import { type AssignmentTarget, askWaiting, assign } from '#domain/podvm/assign.ts';
import { WarmMachines } from '#domain/podvm/warm-machines.ts';
import { WarmPool } from '#domain/podvm/warm-pool.ts';
import { type ClaimOutcome, withWarmPool } from '#domain/podvm/warm-provider.ts';
import { WarmRecords } from '#domain/podvm/warm-records.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { WarmCloud, warmPort } from './warm-cloud.ts';

const owner = { cluster: 'c', node: 'n' };
const { signal } = new AbortController();
const userDataOf = (text: string, path = '/run/peerpod/apf.json') =>
  encodeUserData([{ path, content: new Secret(text) }]).reveal();
let lastSandbox = 0;

function specOf(more: Partial<PodVmSpec> = {}): PodVmSpec {
  lastSandbox += 1;
  const sandboxId = `sandbox-${lastSandbox}`;
  const pod = { podName: 'a', podNamespace: 'default', userData: userDataOf(`pod of ${sandboxId}`), sizing: {} };
  return { sandboxId, name: `podvm-a-${sandboxId}`, owner, ...pod, ...more };
}

async function until(what: string, holds: () => boolean, boundMs = 50_000): Promise<void> {
  for (const end = performance.now() + boundMs; !holds(); ) {
    assert.ok(performance.now() < end, `${what}: not within ${boundMs} ms`);
    await delay(5);
  }
}

interface Rig extends AsyncDisposable {
  readonly cloud: WarmCloud;
  readonly provider: PodVmProvider;
  readonly pool: WarmPool;
  readonly records: WarmRecords;
  readonly folder: string;
  readonly outcomes: ClaimOutcome[];
  readonly full: () => Promise<void>;
}

interface RigOptions {
  readonly cloud?: WarmCloud;
  readonly folder?: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly ageMsMax?: number;
  readonly healthEveryMs?: number;
  readonly sweepEveryMs?: number;
  readonly bootMsMax?: number;
}

/** With `cloud` and `folder` of another rig: the adaptor after a restart. */
function openRig(options: RigOptions = {}): Rig {
  const { cloud = new WarmCloud(), counts = { default: 1 }, ageMsMax = 3_600_000 } = options;
  const { healthEveryMs = 30_000, sweepEveryMs = 300_000 } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'warm-'));
  const records = new WarmRecords(join(folder, 'records'), join(folder, 'secrets'));
  const common = { owner, clock: systemClock, random: systemRandom, log: silentLog };
  const limits = { port: warmPort, bootMsMax: options.bootMsMax ?? 60_000, bootPollMs: 20 };
  const machines = new WarmMachines({ ...common, ...limits, provider: cloud, warm: cloud.warm, records });
  const shapes = Object.entries(counts).map(([name, count]) => ({ name, count }));
  const pool = new WarmPool({ ...common, machines, shapes, ageMsMax, healthEveryMs, sweepEveryMs, refillDelayMs: 0 });
  const outcomes: ClaimOutcome[] = [];
  const provider = withWarmPool(cloud, {
    ...{ ...common, warm: cloud.warm, machines, pool },
    onClaim: (outcome) => outcomes.push(outcome),
  });
  pool.start();
  const full = () =>
    until('the pool is full', () => shapes.every(({ name, count }) => pool.count(name, 'waiting') === count));
  return {
    ...{ cloud, provider, pool, records, folder, outcomes, full },
    async [Symbol.asyncDispose]() {
      await provider.close();
      if (options.cloud) return;
      await cloud[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

const filesOf = (rig: Rig, id: string) => rig.cloud.vms.get(id)?.files?.map(({ content }) => content.reveal());

test('a pod gets a warm VM, with exactly its own user data, and the pool fills up again', async () => {
  await using rig = openRig({ counts: { default: 2 } });
  await rig.full();
  const before = rig.cloud.waiting().map(({ id }) => id);
  const spec = specOf();
  const podVm = await rig.provider.create(spec, { signal });
  assert.ok(before.includes(podVm.id));
  assert.deepEqual([podVm.sandboxId, podVm.name], [spec.sandboxId, spec.name]);
  assert.deepEqual(filesOf(rig, podVm.id), [`pod of ${spec.sandboxId}\n`]);
  assert.deepEqual([rig.outcomes, rig.cloud.coldCount], [['hit'], 0]);
  await rig.full();
  assert.equal(rig.cloud.waiting().length, 2);
});

test('pods that come at once get a VM each; when the pool is empty the others are made as ever', async () => {
  await using rig = openRig({ counts: { default: 2 } });
  await rig.full();
  const made = await Promise.all([1, 2, 3, 4].map(() => rig.provider.create(specOf(), { signal })));
  assert.equal(new Set(made.map(({ id }) => id)).size, 4);
  for (const { id, sandboxId } of made) assert.deepEqual(filesOf(rig, id), [`pod of ${sandboxId}\n`]);
  assert.deepEqual(rig.outcomes.toSorted(), ['hit', 'hit', 'miss', 'miss']);
});

test('a sandbox gets one VM, however often it is asked, and a new one only after the old one is gone', async () => {
  await using rig = openRig({ counts: { default: 2 } });
  await rig.full();
  const spec = specOf();
  const made = await Promise.all([1, 2, 3].map(() => rig.provider.create(spec, { signal })));
  const again = await rig.provider.create(spec, { signal });
  assert.equal(new Set([...made, again].map(({ id }) => id)).size, 1);
  assert.equal(rig.cloud.ofSandbox(spec.sandboxId).length, 1);
  await rig.provider.delete(again.id, { signal });
  await rig.full();
  assert.notEqual((await rig.provider.create(spec, { signal })).id, again.id);
});

test('a caller that leaves hears aborted, and what was claimed for it is found again', async () => {
  await using rig = openRig();
  await rig.full();
  const spec = specOf();
  const caller = new AbortController();
  const creating = rig.provider.create(spec, { signal: caller.signal });
  caller.abort();
  await assert.rejects(creating, { code: 'aborted' });
  const podVm = await rig.provider.create(spec, { signal });
  assert.deepEqual(
    rig.cloud.ofSandbox(spec.sandboxId).map(({ id }) => id),
    [podVm.id],
  );
  assert.deepEqual(filesOf(rig, podVm.id), [`pod of ${spec.sandboxId}\n`]);
});

test('pods that ask for a size get a shape that has it; pods with initdata are never given a warm VM', async () => {
  await using rig = openRig({ counts: { large: 1, small: 1, default: 1 } });
  await rig.full();
  const sized = await rig.provider.create(specOf({ sizing: { vcpus: 1, memoryMiB: 1000 } }), { signal });
  assert.equal(rig.cloud.vms.get(sized.id)?.instanceType, 'small');
  await rig.provider.create(specOf({ userData: userDataOf('x', '/run/peerpod/initdata') }), { signal });
  await rig.provider.create(specOf({ sizing: { vcpus: 64, memoryMiB: 1000 } }), { signal });
  assert.deepEqual(rig.outcomes, ['hit', 'miss', 'miss']);
});

async function targetOf(rig: Rig): Promise<AssignmentTarget> {
  const [vm] = rig.cloud.waiting();
  const record = (await rig.records.readAll()).find(({ warmId }) => warmId === vm?.id);
  const client = await rig.records.readClient(record?.batchId ?? '');
  assert.ok(vm && client);
  return { host: vm.address, port: warmPort, client };
}

test('a bootstrap identity is good for one assignment: afterwards it opens nothing, at that VM or another', async () => {
  await using rig = openRig();
  await rig.full();
  const used = await targetOf(rig);
  await askWaiting(used, signal);
  const { id } = await rig.provider.create(specOf(), { signal });
  const before = filesOf(rig, id);
  await assert.rejects(assign(used, new Secret(userDataOf('stolen')), AbortSignal.timeout(2000)));
  await assert.rejects(askWaiting(used, AbortSignal.timeout(2000)));
  await rig.full();
  const fresh = await targetOf(rig);
  await assert.rejects(
    assign({ ...used, host: fresh.host }, new Secret(userDataOf('stolen')), AbortSignal.timeout(2000)),
    {
      code: 'E_TLS_PEER',
    },
  );
  // Nor with the right server's names and the old client: the VM accepts one certificate.
  const client = { ...fresh.client, certPem: used.client.certPem, key: used.client.key };
  await assert.rejects(assign({ ...fresh, client }, new Secret(userDataOf('stolen')), AbortSignal.timeout(2000)));
  await askWaiting(fresh, signal);
  assert.deepEqual(filesOf(rig, id), before);
});

test('keys are in files of root alone on tmpfs, and gone once the pod has its VM; records hold none', async () => {
  await using rig = openRig();
  await rig.full();
  const secrets = join(rig.folder, 'secrets');
  const records = join(rig.folder, 'records');
  const [secret = ''] = readdirSync(secrets);
  assert.equal(statSync(secrets).mode & 0o777, 0o700);
  assert.equal(statSync(join(secrets, secret)).mode & 0o777, 0o600);
  for (const name of readdirSync(records))
    assert.doesNotMatch(readFileSync(join(records, name), 'utf8'), /PRIVATE KEY/);
  await rig.provider.create(specOf(), { signal });
  assert.ok(!readdirSync(secrets).includes(secret));
});

test('a VM that is gone, or that does not take its pod, is ended before another is made', async () => {
  await using rig = openRig();
  await rig.full();
  const [vanished] = rig.cloud.waiting();
  await rig.cloud.delete(vanished?.id ?? '');
  const first = await rig.provider.create(specOf(), { signal });
  assert.notEqual(first.id, vanished?.id);
  await rig.full();
  const [deaf] = rig.cloud.waiting();
  deaf?.power.abort(); // its listener is closed, the cloud still has it
  const spec = specOf();
  const second = await rig.provider.create(spec, { signal });
  assert.ok(!rig.cloud.vms.has(deaf?.id ?? ''));
  assert.deepEqual(
    rig.cloud.ofSandbox(spec.sandboxId).map(({ id }) => id),
    [second.id],
  );
  assert.deepEqual(rig.outcomes, ['failed', 'failed']);
});

test('a claim whose answer was lost leaves no second VM', async () => {
  await using rig = openRig();
  await rig.full();
  rig.cloud.failures.claim = 1;
  rig.cloud.failures.delete = 2;
  const spec = specOf();
  const podVm = await rig.provider.create(spec, { signal });
  assert.deepEqual(
    rig.cloud.ofSandbox(spec.sandboxId).map(({ id }) => id),
    [podVm.id],
  );
});

test('a waiting VM that does not answer any more is replaced, and so is one that is old', async () => {
  {
    await using rig = openRig({ healthEveryMs: 20 });
    await rig.full();
    const [deaf] = rig.cloud.waiting();
    deaf?.power.abort();
    await until('the deaf VM is gone', () => !rig.cloud.vms.has(deaf?.id ?? ''));
    await rig.full();
  }
  await using rig = openRig({ healthEveryMs: 20, ageMsMax: 300 });
  await rig.full();
  const [old] = rig.cloud.waiting();
  await until('the old VM is gone', () => !rig.cloud.vms.has(old?.id ?? ''));
  await rig.full();
});

test('a provider that fails is tried again later', async () => {
  await using rig = openRig();
  rig.cloud.failures.prepare = 1;
  await rig.full();
});

test('a VM that never begins to wait is ended', async () => {
  await using rig = openRig({ bootMsMax: 300 });
  rig.cloud.broken = true;
  await until('a broken VM', () => rig.cloud.waiting().length > 0);
  const [broken] = rig.cloud.waiting();
  await until('its end', () => !rig.cloud.vms.has(broken?.id ?? ''));
});

test('after a restart the pool keeps what still waits, and ends what it has no key for and what nobody knows', async () => {
  await using rig = openRig({ counts: { default: 3 } });
  await rig.full();
  await rig.pool[Symbol.asyncDispose]();
  const [kept, keyless, stranger] = rig.cloud.waiting();
  assert.ok(kept && keyless && stranger);
  for (const { batchId, warmId } of await rig.records.readAll()) {
    if (warmId === keyless.id) rmSync(join(rig.folder, 'secrets', `${batchId}.json`));
    if (warmId === stranger.id) await rig.records.remove(batchId);
  }
  rig.cloud.failures.list = 1;
  await using successor = openRig({ cloud: rig.cloud, folder: rig.folder, counts: { default: 1 } });
  await successor.full();
  await until('the others are gone', () => rig.cloud.waiting().length === 1);
  assert.deepEqual(
    rig.cloud.waiting().map(({ id }) => id),
    [kept.id],
  );
  const { id } = await successor.provider.create(specOf(), { signal });
  assert.equal(id, kept.id);
});

test('a pool that is to be smaller, or none, ends what is too many', async () => {
  await using rig = openRig({ counts: { default: 2 } });
  await rig.full();
  await rig.pool[Symbol.asyncDispose]();
  {
    await using smaller = openRig({ cloud: rig.cloud, folder: rig.folder, counts: { default: 1 } });
    await smaller.full();
    await until('one is left', () => rig.cloud.waiting().length === 1);
  }
  await using none = openRig({ cloud: rig.cloud, folder: rig.folder, counts: {} });
  await until('none is left', () => rig.cloud.waiting().length === 0);
  assert.deepEqual(await none.records.readAll(), []);
});

test('a VM that was claimed when the adaptor was killed is its pod’s, and is not claimed again', async () => {
  await using rig = openRig();
  await rig.full();
  const spec = specOf();
  const { id } = await rig.provider.create(spec, { signal });
  await rig.pool[Symbol.asyncDispose]();
  await using successor = openRig({ cloud: rig.cloud, folder: rig.folder });
  await successor.full();
  assert.equal((await successor.provider.create(spec, { signal })).id, id);
  assert.deepEqual(successor.outcomes, []);
});

test('a VM made by a call whose answer was lost is found and ended', async () => {
  await using rig = openRig({ sweepEveryMs: 50 });
  await rig.full();
  const batch = { batchId: 'ff'.repeat(8), count: 1, owner, userData: rig.cloud.waiting()[0]?.userData ?? '' };
  const [lost] = await rig.cloud.warm.prepare(batch, { signal });
  await until('it is gone', () => !rig.cloud.vms.has(lost?.id ?? ''));
  assert.equal(rig.cloud.waiting().length, 1);
});
