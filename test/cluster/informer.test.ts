/** The informer against a real API server, through a proxy that fails, and across the server's own death. */

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { type Informer, type InformerOptions, startInformer } from '#io/kubernetes/informer.ts';
import { CONFIG_MAP } from '#io/kubernetes/kinds.ts';
import type { ConfigMap } from '#io/kubernetes/objects.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let proxy: FaultProxy;
let counter = 0;
let set = '';
const namespace = 'default';
const informers: Informer<ConfigMap>[] = [];
const watchRequest = /^GET .*watch=1/;

before(async () => {
  if (hasKubernetes()) cluster = await TestCluster.start();
});
beforeEach(async () => {
  if (!cluster) return;
  counter += 1;
  set = `set-${counter}`;
  proxy = await FaultProxy.start(cluster);
});
afterEach(async () => {
  for (const informer of informers.splice(0)) await informer[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
});
after(() => cluster?.[Symbol.asyncDispose]());

function follow(api: KubernetesApi, more: Partial<InformerOptions<ConfigMap>> = {}) {
  const told: string[] = [];
  const troubles: unknown[] = [];
  const informer = startInformer<ConfigMap>(api, CONFIG_MAP, {
    namespace,
    labelSelector: `set=${set}`,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    onChange: (key, object) => told.push(`${key.split('/')[1]} ${object?.data?.v ?? 'gone'}`),
    onTrouble: (error) => troubles.push(error),
    ...more,
  });
  informers.push(informer);
  return { informer, told, troubles };
}

/** Straight to the server, whatever the proxy does. */
const put = (name: string, v: string) =>
  cluster.api.patch(
    { kind: CONFIG_MAP, namespace, name: `${set}-${name}` },
    {
      type: 'apply',
      fieldManager: 'test',
      force: true,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${set}-${name}`, labels: { set } }, data: { v } },
    },
  );
const remove = (name: string) => cluster.api.delete({ kind: CONFIG_MAP, namespace, name: `${set}-${name}` });

async function until(what: string, holds: () => boolean, msMax = 30_000): Promise<void> {
  const end = performance.now() + msMax;
  while (!holds()) {
    assert.ok(performance.now() < end, `not in time: ${what}`);
    await pause(20);
  }
}

test('it tells what is there, what comes, changes and goes, each once', async (context) => {
  if (lacksKubernetes(context)) return;
  await put('a', '1');
  const { informer, told } = follow(cluster.api);
  await informer.synced;
  assert.deepEqual(told, [`${set}-a 1`]);
  await put('b', '1');
  await put('a', '2');
  await remove('b');
  await until('all told', () => told.length === 4);
  assert.deepEqual(told.slice(1), [`${set}-b 1`, `${set}-a 2`, `${set}-b gone`]);
  assert.equal(informer.get(`${namespace}/${set}-a`)?.data?.v, '2');
  assert.equal(informer.list().length, 1);
});

test('it goes on after each trouble of a watch, and misses nothing', async (context) => {
  if (lacksKubernetes(context)) return;
  const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
  const failure = { type: 'ERROR', object: { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd' } };
  for (const fault of [
    { kind: 'refuse', status: 410, reason: 'Expired' },
    { kind: 'refuse', status: 500 },
    { kind: 'refuse', status: 403 },
    { kind: 'refuse', status: 429, retryAfterSeconds: 1 },
    { kind: 'reset' },
    { kind: 'hang' },
    { kind: 'cut', events: 0 },
    { kind: 'inject', events: 0, line: JSON.stringify(gone) },
    { kind: 'inject', events: 0, line: JSON.stringify(failure) },
    { kind: 'inject', events: 0, line: 'not even JSON' },
  ] as const) {
    const name = `${fault.kind}-${JSON.stringify(fault).length}`;
    using client = proxy.client();
    proxy.plan(watchRequest, fault);
    const { informer, told, troubles } = follow(client);
    await informer.synced;
    await put(name, '1');
    await until(JSON.stringify(fault), () => told.includes(`${set}-${name} 1`));
    assert.ok(troubles.length >= 1, `noticed ${JSON.stringify(fault)}`);
    assert.equal(proxy.pending, 0);
    await informer[Symbol.asyncDispose]();
    await remove(name);
  }
});

test('what is deleted while nobody watches is told as gone', async (context) => {
  if (lacksKubernetes(context)) return;
  await put('a', '1');
  await put('b', '1');
  using client = proxy.client();
  proxy.plan(watchRequest, { kind: 'refuse', status: 410, reason: 'Expired' });
  proxy.plan(/^GET (?!.*watch)/, { kind: 'delay', ms: 0 });
  proxy.plan(/^GET (?!.*watch)/, { kind: 'delay', ms: 1000 });
  const { informer, told } = follow(client);
  await informer.synced;
  await remove('a'); // before the second list is answered
  await put('b', '2');
  await until('both told', () => told.includes(`${set}-a gone`) && told.includes(`${set}-b 2`));
});

test('a watch that is open and dead is given up, and the next one brings what was missed', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(watchRequest, { kind: 'half-open', events: 1 });
  const { informer, told } = follow(client, { silenceMsMax: 1000 });
  await informer.synced;
  await put('a', '1');
  await until('the first', () => told.length === 1);
  await put('a', '2'); // the dead connection never brings this
  await put('b', '1');
  await until('the rest', () => told.length === 3, 10_000);
  assert.equal(proxy.countOf(/^GET (?!.*watch)/), 1, 'without a new list');
  assert.ok(proxy.countOf(watchRequest) >= 2);
});

test('it waits for a server that is not there yet, and asks it less and less often', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^GET/, { kind: 'refuse', status: 404 }, 4);
  const { informer, troubles } = follow(client);
  assert.equal(informer.isSynced, false);
  await informer.synced;
  assert.equal(troubles.length, 4);
  const at = proxy.seen.slice(0, 5).map(({ atMs }) => atMs);
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  assert.ok((gaps[3] ?? 0) >= 2000, gaps.join());
});

test('a server that answers 410 to everything is not asked in a loop', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(watchRequest, { kind: 'refuse', status: 410, reason: 'Expired' }, 1000);
  follow(client);
  await pause(3000);
  assert.ok(proxy.countOf(watchRequest) <= 6, String(proxy.countOf(watchRequest)));
});

test('it ends when it is told to, with no request left open', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^GET/, { kind: 'hang' });
  const { informer } = follow(client);
  await until('asked', () => proxy.seen.length === 1);
  await informer[Symbol.asyncDispose]();
  const count = proxy.seen.length;
  await pause(500);
  assert.equal(proxy.seen.length, count);
});

test('the server is killed and comes back: what changed since is told', async (context) => {
  if (lacksKubernetes(context)) return;
  await put('a', '1');
  const { informer, told, troubles } = follow(cluster.api);
  await informer.synced;
  await cluster.stopServer('apiserver', 'SIGKILL');
  await pause(1000);
  await cluster.startApiServer();
  await put('b', '1');
  await remove('a');
  await until('told after the restart', () => told.includes(`${set}-b 1`) && told.includes(`${set}-a gone`), 60_000);
  assert.ok(troubles.length > 0);
  // What a restarted server does not remember is told by its own code.
  const first = cluster.api.watch(CONFIG_MAP, { resourceVersion: '1' })[Symbol.asyncIterator]().next();
  await assert.rejects(first, (error) => isPeerPodError(error, 'E_KUBE_GONE'));
});
