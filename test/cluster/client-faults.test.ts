/** The client through a proxy that fails as API servers, load balancers and networks do. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { isPeerPodError } from '#base/errors.ts';
import { type Log, silentLog } from '#base/log.ts';
import { CONFIG_MAP } from '#io/kubernetes/kinds.ts';
import { KubernetesError } from '#io/kubernetes/kubernetes-error.ts';
import type { ConfigMap } from '#io/kubernetes/objects.ts';
import { FaultProxy } from './support/fault-proxy.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let proxy: FaultProxy;
const namespace = 'default';
const key = { kind: CONFIG_MAP, namespace, name: 'one' };
const map = (name: string): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

before(async () => {
  if (hasKubernetes()) cluster = await TestCluster.start();
});
beforeEach(async () => {
  if (!cluster) return;
  await proxy?.[Symbol.asyncDispose]();
  proxy = await FaultProxy.start(cluster);
  await cluster.api.delete(key);
  await cluster.api.create(map('one'), CONFIG_MAP);
});
after(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

test('a read survives each passing trouble', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  for (const fault of [
    { kind: 'refuse', status: 500 },
    { kind: 'refuse', status: 503 },
    { kind: 'refuse', status: 429 },
    { kind: 'reset' },
    { kind: 'reset-after' },
  ] as const) {
    proxy.plan(/^GET .*\/configmaps\/one/, fault);
    assert.equal((await client.get(key))?.metadata.name, 'one', JSON.stringify(fault));
    assert.equal(proxy.pending, 0);
  }
});

test('Retry-After is waited for, by a create too, since the server has done nothing yet', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^POST/, { kind: 'refuse', status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 });
  await cluster.api.delete({ ...key, name: 'waited' });
  await client.create(map('waited'), CONFIG_MAP);
  const [first, second] = proxy.seen;
  assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 1000);
});

test('longer than the call may take is not waited: the caller hears how long the server wants', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^GET/, { kind: 'refuse', status: 429, retryAfterSeconds: 60 });
  const startedAt = performance.now();
  await assert.rejects(client.get(key, { timeoutMs: 5000 }), (error) => {
    return error instanceof KubernetesError && error.code === 'E_KUBE_THROTTLED' && error.retryAfterMs === 60_000;
  });
  assert.ok(performance.now() - startedAt < 2000);
});

test('a create or a JSON patch whose answer is lost is not sent twice', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  await cluster.api.delete({ ...key, name: 'lost' });
  proxy.plan(/^POST/, { kind: 'reset-after' });
  const unavailable = (error: unknown) => isPeerPodError(error, 'E_KUBE_UNAVAILABLE');
  await assert.rejects(client.create(map('lost'), CONFIG_MAP), unavailable);
  assert.ok(await cluster.api.get({ ...key, name: 'lost' }), 'it was made all the same');
  proxy.plan(/^PATCH/, { kind: 'reset-after' });
  const operations = [{ op: 'add', path: '/data', value: { a: '1' } }] as const;
  await assert.rejects(client.patch(key, { type: 'json', operations }), unavailable);
  assert.deepEqual([proxy.countOf(/^POST/), proxy.countOf(/^PATCH/)], [1, 1]);
});

test('a replace whose answer is lost ends in a conflict, never in a second change', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  const before = await client.get<ConfigMap>(key);
  assert.ok(before);
  proxy.plan(/^PUT/, { kind: 'reset-after' });
  const replacing = client.replace({ ...before, data: { a: '1' } }, CONFIG_MAP);
  await assert.rejects(replacing, (error) => isPeerPodError(error, 'E_KUBE_CONFLICT'));
  assert.deepEqual((await client.get<ConfigMap>(key))?.data, { a: '1' });
});

test('a delete whose answer is lost is done, and tells that there is nothing', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^DELETE/, { kind: 'reset-after' });
  assert.equal(await client.delete(key), false);
  assert.equal(await cluster.api.get(key), undefined);
});

test('a server that fails for good is given up after a bounded number of tries', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^GET/, { kind: 'refuse', status: 500 }, 100);
  await assert.rejects(client.get(key), (error) => isPeerPodError(error, 'E_KUBE_UNAVAILABLE'));
  assert.equal(proxy.countOf(/^GET/), 5);
});

test('a server that never answers costs the time of the call and no more; an abort costs none', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  proxy.plan(/^GET/, { kind: 'hang' }, 100);
  const startedAt = performance.now();
  await assert.rejects(client.get(key, { timeoutMs: 700 }), (error) => isPeerPodError(error, 'E_DEADLINE'));
  assert.ok(performance.now() - startedAt < 2000);
  const abort = new AbortController();
  const reading = client.get(key, { signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 50);
  await assert.rejects(reading, /enough/);
});

test('credentials that are refused are read again once, and not in a loop', async (context) => {
  if (lacksKubernetes(context)) return;
  let drops = 0;
  const onRefused = () => {
    drops += 1;
  };
  using client = proxy.client({ token: () => `token-${drops}`, onRefused });
  proxy.plan(/^GET/, { kind: 'refuse', status: 401 });
  assert.ok(await client.get(key));
  assert.deepEqual(
    proxy.seen.map(({ authorization }) => authorization),
    ['Bearer token-0', 'Bearer token-1'],
  );
  proxy.plan(/^GET/, { kind: 'refuse', status: 401 }, 100);
  await assert.rejects(client.get(key), (error) => isPeerPodError(error, 'E_KUBE_UNAUTHORIZED'));
  assert.equal(drops, 2);
});

test('a list whose pages expire halfway is taken again in one piece', async (context) => {
  if (lacksKubernetes(context)) return;
  using client = proxy.client();
  for (const name of ['p1', 'p2', 'p3']) await cluster.api.create(map(name), CONFIG_MAP).catch(() => {});
  const expected = (await cluster.api.list(CONFIG_MAP, { namespace })).items.length;
  proxy.plan(/^GET .*continue=/, { kind: 'refuse', status: 410, reason: 'Expired' });
  const { items } = await client.list(CONFIG_MAP, { namespace, pageSize: 2 });
  assert.equal(items.length, expected);
  assert.equal(proxy.pending, 0);
});

test('nothing secret is in what is logged or thrown', async (context) => {
  if (lacksKubernetes(context)) return;
  const said: string[] = [];
  const say = (fields: object, event: string) =>
    void said.push(inspect(fields, { depth: 9, showHidden: true }) + event);
  const log: Log = { ...silentLog, debug: say, warn: say, error: say };
  using client = proxy.client({ token: () => 'S3CR3T-TOKEN', log });
  proxy.plan(/^GET/, { kind: 'reset' }, 3);
  proxy.plan(/^GET/, { kind: 'refuse', status: 500 }, 1);
  proxy.plan(/^GET/, { kind: 'refuse', status: 403 }, 1);
  const thrown = await client.get(key).catch((error: unknown) => inspect(error, { depth: 9, showHidden: true }));
  assert.equal(said.length, 4);
  assert.equal(`${said.join()}${String(thrown)}`.includes('S3CR3T'), false);
});
