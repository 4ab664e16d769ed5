/** Leader election on real Leases: between several candidates, across crashes and a server that does not answer. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { LEASE } from '#io/kubernetes/kinds.ts';
import { leadWhileHeld } from '#io/kubernetes/lease.ts';
import type { Lease } from '#io/kubernetes/objects.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let proxy: FaultProxy;
let counter = 0;
const namespace = 'default';
/** Shorter than in earnest, in the same proportions. */
const times = { leaseSeconds: 3, retryMs: 300, renewMsMax: 2000 };

before(async () => {
  if (hasKubernetes()) cluster = await TestCluster.start();
});
beforeEach(async () => {
  counter += 1;
  if (cluster) proxy = await FaultProxy.start(cluster);
});
afterEach(() => proxy?.[Symbol.asyncDispose]());
after(() => cluster?.[Symbol.asyncDispose]());

interface Candidate {
  readonly identity: string;
  readonly result: Promise<void>;
  isLeading: boolean;
  stop(): void;
}

const leading: { max: number; now: number } = { max: 0, now: 0 };

function candidate(identity: string, api: KubernetesApi = cluster.api): Candidate {
  const stop = new AbortController();
  const own = { identity, isLeading: false, stop: () => stop.abort(new Error('stopped')) };
  const result = leadWhileHeld({
    api,
    namespace,
    name: `lease-${counter}`,
    identity,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    signal: stop.signal,
    times,
    async lead(signal) {
      own.isLeading = true;
      leading.now += 1;
      leading.max = Math.max(leading.max, leading.now);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      leading.now -= 1;
      own.isLeading = false;
    },
  });
  result.catch(() => {});
  return Object.assign(own, { result });
}

const record = () => cluster.api.get<Lease>({ kind: LEASE, namespace, name: `lease-${counter}` });

async function until(what: string, holds: () => boolean, msMax = 20_000): Promise<number> {
  const startedAt = performance.now();
  while (!holds()) {
    assert.ok(performance.now() - startedAt < msMax, `not in time: ${what}`);
    await pause(10);
  }
  return performance.now() - startedAt;
}

test('of five candidates one leads, and when it leaves another does within a moment', async (context) => {
  if (lacksKubernetes(context)) return;
  leading.max = 0;
  const candidates = ['a', 'b', 'c', 'd', 'e'].map((identity) => candidate(identity));
  await until('one leads', () => candidates.some(({ isLeading }) => isLeading));
  await pause(4000); // longer than the lease: it is renewed
  const first = candidates.find(({ isLeading }) => isLeading);
  assert.ok(first);
  first.stop();
  await first.result;
  const tookMs = await until('another leads', () => candidates.some(({ isLeading }) => isLeading));
  assert.ok(tookMs < 2000, String(tookMs));
  assert.equal(leading.max, 1);
  const spec = (await record())?.spec;
  assert.equal(spec?.leaseTransitions, 1);
  assert.match(String(spec?.renewTime), /\.\d{6}Z$/);
  for (const one of candidates) one.stop();
  await Promise.all(candidates.map(({ result }) => result));
  assert.equal((await record())?.spec?.holderIdentity ?? '', '');
});

test('a leader that is cut off stops leading before another begins', async (context) => {
  if (lacksKubernetes(context)) return;
  leading.max = 0;
  using client = proxy.client();
  const first = candidate('cut-off', client);
  await until('it leads', () => first.isLeading);
  const second = candidate('next');
  await pause(500);
  proxy.plan(/./, { kind: 'hang' }, 10_000);
  const stoppedMs = await until('it stops', () => !first.isLeading);
  await assert.rejects(
    first.result,
    (error) => isPeerPodError(error, 'E_KUBE_UNAVAILABLE') && /lost/.test(error.message),
  );
  const takenMs = stoppedMs + (await until('the next leads', () => second.isLeading));
  context.diagnostic(`stopped after ${Math.round(stoppedMs)} ms, taken over after ${Math.round(takenMs)} ms`);
  assert.ok(stoppedMs < times.renewMsMax + times.retryMs + 700, String(stoppedMs));
  assert.equal(leading.max, 1);
  second.stop();
  await second.result;
});

test('a crashed leader is followed only after its whole lease', async (context) => {
  if (lacksKubernetes(context)) return;
  const metadata = { name: `lease-${counter}`, namespace };
  // Its clock is hours ahead: what it wrote as its time must not count.
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 3, renewTime: '2099-01-01T00:00:00.000000Z' };
  await cluster.api.create<Lease>({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }, LEASE);
  const next = candidate('next');
  const tookMs = await until('taken over', () => next.isLeading);
  assert.ok(tookMs >= 3000 && tookMs < 6000, String(tookMs));
  next.stop();
  await next.result;
});

test('passing troubles cost nobody the lease', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  const leader = candidate('steady', client);
  await until('it leads', () => leader.isLeading);
  for (const fault of [
    { kind: 'refuse', status: 500 },
    { kind: 'reset-after' }, // written, and not known to be
    { kind: 'reset' },
    { kind: 'refuse', status: 429, retryAfterSeconds: 1 },
  ] as const) {
    proxy.plan(/^PUT/, fault);
    await until('met', () => proxy.pending === 0);
    await pause(1000);
    assert.ok(leader.isLeading, JSON.stringify(fault));
  }
  leader.stop();
  await leader.result;
});

test('a lease that somebody else wrote is lost at once', async (context) => {
  if (lacksKubernetes(context)) return;
  const leader = candidate('robbed');
  await until('it leads', () => leader.isLeading);
  const key = { kind: LEASE, namespace, name: `lease-${counter}` };
  await cluster.api.patch(key, { type: 'merge', body: { spec: { holderIdentity: 'robber' } } });
  const tookMs = await until('it stops', () => !leader.isLeading);
  assert.ok(tookMs < 1500, String(tookMs));
  await assert.rejects(leader.result, /robber holds it/);
});

test('work that fails gives the lease back and is heard of', async (context) => {
  if (lacksKubernetes(context)) return;
  const stop = new AbortController();
  const failing = leadWhileHeld({
    api: cluster.api,
    namespace,
    name: `lease-${counter}`,
    identity: 'failing',
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    signal: stop.signal,
    times,
    lead: () => Promise.reject(new Error('no luck')),
  });
  await assert.rejects(failing, /no luck/);
  assert.equal((await record())?.spec?.holderIdentity ?? '', '');
});
