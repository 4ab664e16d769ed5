/** The client against a current Kubernetes API server. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import type { WatchEvent } from '#io/kubernetes/api.ts';
import { KubernetesClient } from '#io/kubernetes/client.ts';
import { connectKubernetes } from '#io/kubernetes/connect.ts';
import { inClusterConnection } from '#io/kubernetes/in-cluster.ts';
import {
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  CONFIG_MAP,
  LEASE,
  NAMESPACE,
  NODE,
  POD,
  SECRET,
  SERVICE_ACCOUNT,
} from '#io/kubernetes/kinds.ts';
import { isAlreadyThere, KubernetesError } from '#io/kubernetes/kubernetes-error.ts';
import { microTime } from '#io/kubernetes/lease-record.ts';
import type { ConfigMap, Lease, Node } from '#io/kubernetes/objects.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
const namespace = 'default';
const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const code = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof KubernetesError, String(error));
  assert.equal(error.code, expected);
  return true;
};

before(async () => {
  if (hasKubernetes()) cluster = await TestCluster.start();
});
after(() => cluster?.[Symbol.asyncDispose]());

test('the server is a current one', async (context) => {
  if (lacksKubernetes(context)) return;
  context.diagnostic(`ready after ${cluster.startMs} ms`);
  context.diagnostic(`${await cluster.serverProcess('apiserver')?.residentMiB()} MiB with etcd`);
  assert.ok(await cluster.api.get({ kind: NAMESPACE, name: 'default' }));
});

test('an object is made, read, replaced, patched in each way and deleted', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const key = { kind: CONFIG_MAP, namespace, name: 'life' };
  assert.equal(await api.get(key), undefined);
  const made = await api.create(map('life', { a: '1' }), CONFIG_MAP);
  assert.ok(made.metadata.uid);
  const replaced = await api.replace({ ...made, data: { a: '2' } }, CONFIG_MAP);
  assert.notEqual(replaced.metadata.resourceVersion, made.metadata.resourceVersion);
  await api.patch(key, { type: 'merge', body: { data: { b: '1', a: null } } });
  await api.patch(key, {
    type: 'json',
    operations: [{ op: 'add', path: '/metadata/annotations', value: { 'a.example/b': '1' } }],
  });
  await api.patch(key, {
    type: 'json',
    operations: [{ op: 'replace', path: '/metadata/annotations/a.example~1b', value: '2' }],
  });
  await api.patch(key, { type: 'strategic', body: { metadata: { labels: { l: 'v' } } } });
  const found = await api.get<ConfigMap>(key);
  assert.deepEqual(found?.data, { b: '1' });
  assert.deepEqual(found?.metadata.annotations, { 'a.example/b': '2' });
  assert.deepEqual(found?.metadata.labels, { l: 'v' });
  assert.equal(await api.delete(key), true);
  assert.equal(await api.delete(key), false);
});

test('server-side apply creates, owns its fields only, and takes over when forced', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const key = { kind: CONFIG_MAP, namespace, name: 'applied' };
  await api.patch(key, { type: 'apply', fieldManager: 'one', body: map('applied', { a: '1', b: '1' }) });
  await api.patch(key, { type: 'merge', body: { data: { other: 'x' } } });
  await api.patch(key, { type: 'apply', fieldManager: 'one', body: map('applied', { a: '2' }) });
  assert.deepEqual((await api.get<ConfigMap>(key))?.data, { a: '2', other: 'x' });
  const taken = { type: 'apply', fieldManager: 'two', body: map('applied', { a: '3' }) } as const;
  await assert.rejects(api.patch(key, taken), code('E_KUBE_CONFLICT'));
  await api.patch(key, { ...taken, force: true });
  assert.equal((await api.get<ConfigMap>(key))?.data?.a, '3');
});

test('each refusal has its code and its reason', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const made = await api.create(map('refused'), CONFIG_MAP);
  await assert.rejects(api.create(map('refused'), CONFIG_MAP), (error) => isAlreadyThere(error));
  await api.replace({ ...made, data: { a: '1' } }, CONFIG_MAP);
  const late = api.replace({ ...made, data: { a: '2' } }, CONFIG_MAP);
  await assert.rejects(late, (error) => code('E_KUBE_CONFLICT')(error) && !isAlreadyThere(error));
  await assert.rejects(api.create(map('Not A Name'), CONFIG_MAP), code('E_KUBE_INVALID'));
  const key = { kind: CONFIG_MAP, namespace, name: 'refused' };
  const wrongTest = { op: 'test', path: '/data/a', value: 'no' } as const;
  await assert.rejects(api.patch(key, { type: 'json', operations: [wrongTest] }), code('E_KUBE_INVALID'));
  const absent = { ...key, name: 'absent' };
  await assert.rejects(api.patch(absent, { type: 'merge', body: {} }), code('E_KUBE_NOT_FOUND'));
  const unknown = { ...CONFIG_MAP, group: 'nobody.example', version: 'v1' };
  await assert.rejects(api.list(unknown), code('E_KUBE_NOT_FOUND'));
  const other = { uid: '00000000-0000-0000-0000-000000000000' };
  await assert.rejects(api.delete(key, { preconditions: other }), code('E_KUBE_CONFLICT'));
  const nobody = await cluster.connect(await cluster.files.kubeconfigFor('nobody'));
  await assert.rejects(nobody.get(key), code('E_KUBE_FORBIDDEN'));
});

test('a dry run changes nothing', async (context) => {
  if (lacksKubernetes(context)) return;
  const made = await cluster.api.create(map('dry'), CONFIG_MAP, { dryRun: true });
  assert.ok(made.metadata.uid);
  assert.equal(await cluster.api.get({ kind: CONFIG_MAP, namespace, name: 'dry' }), undefined);
});

test('a list of many pages is of one moment, and each object says what it is', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const names = Array.from({ length: 25 }, (_, index) => `page-${String(index).padStart(2, '0')}`);
  for (const name of names)
    await api.create({ ...map(name), metadata: { name, namespace, labels: { set: 'pages' } } }, CONFIG_MAP);
  const { items, resourceVersion } = await api.list(CONFIG_MAP, { namespace, labelSelector: 'set=pages', pageSize: 7 });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    names,
  );
  assert.deepEqual([items[24]?.apiVersion, items[24]?.kind], ['v1', 'ConfigMap']);
  assert.match(resourceVersion, /^\d+$/);
  const { items: one } = await api.list(CONFIG_MAP, { namespace, fieldSelector: 'metadata.name=page-03' });
  assert.equal(one.length, 1);
});

test('the status of a node is patched through its subresource only, guarded by a test', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const annotations = { 'kata.peerpods.io/caa-owner': 'me' };
  await api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', annotations } }, NODE);
  const key = { kind: NODE, name: 'n' };
  const capacity = '/status/capacity/kata.peerpods.io~1vm';
  const add = { op: 'add', path: capacity, value: '7' } as const;
  const owner = (value: string) =>
    ({ op: 'test', path: '/metadata/annotations/kata.peerpods.io~1caa-owner', value }) as const;
  const status = { subresource: 'status' };
  const empty = { type: 'merge', body: { status: { capacity: { cpu: '4' } } } } as const;
  await api.patch(key, empty, status);
  await assert.rejects(
    api.patch(key, { type: 'json', operations: [owner('you'), add] }, status),
    code('E_KUBE_INVALID'),
  );
  await api.patch(key, { type: 'json', operations: [owner('me'), add] }, status);
  const node = await api.get<Node>(key);
  assert.equal(node?.status?.capacity?.['kata.peerpods.io/vm'], '7');
});

test('the times of a Lease keep their six decimals', async (context) => {
  if (lacksKubernetes(context)) return;
  const renewTime = microTime(Date.parse('2026-01-02T03:04:05.670Z'));
  const metadata = { name: 'times', namespace };
  const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { renewTime } };
  const made = await cluster.api.create(lease, LEASE);
  assert.equal(made.spec?.renewTime, '2026-01-02T03:04:05.670000Z');
});

test('a watch tells what happened since its version, and ends with its signal', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const { resourceVersion } = await api.list(CONFIG_MAP, { namespace });
  const key = { kind: CONFIG_MAP, namespace, name: 'watched' };
  await api.create(map('watched'), CONFIG_MAP);
  await api.patch(key, { type: 'merge', body: { data: { a: 'x'.repeat(200_000) } } });
  await api.delete(key);
  const stop = new AbortController();
  const events: WatchEvent<ConfigMap>[] = [];
  const watching = (async () => {
    for await (const event of api.watch<ConfigMap>(CONFIG_MAP, { namespace, resourceVersion, signal: stop.signal })) {
      if (event.type === 'BOOKMARK' || event.object.metadata.name !== 'watched') continue;
      events.push(event);
      if (event.type === 'DELETED') stop.abort(new Error('enough'));
    }
  })();
  await assert.rejects(watching, /enough/);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'MODIFIED', 'DELETED'],
  );
});

test('a watch that the server ends by its time ends without an error', async (context) => {
  if (lacksKubernetes(context)) return;
  const { resourceVersion } = await cluster.api.list(SECRET, {});
  const startedAt = performance.now();
  const watching = cluster.api.watch(SECRET, { resourceVersion, timeoutSeconds: 2 });
  for await (const event of watching) assert.equal(event.type, 'BOOKMARK');
  const livedMs = performance.now() - startedAt;
  assert.ok(livedMs > 1500 && livedMs < 5000, String(livedMs));
});

test('a silent server is noticed', async (context) => {
  if (lacksKubernetes(context)) return;
  const { resourceVersion } = await cluster.api.list(POD, {});
  const watching = cluster.api.watch(POD, { resourceVersion, silenceMsMax: 300 })[Symbol.asyncIterator]().next();
  await assert.rejects(
    watching,
    (error) => isPeerPodError(error, 'E_KUBE_UNAVAILABLE') && /300 ms/.test(error.message),
  );
});

test('a service account of a pod is enough, and its token is read again once it is refused', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api, files, server } = cluster;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker', namespace } };
  await api.create(account, SERVICE_ACCOUNT);
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
  await api.create({ ...rbac, kind: 'ClusterRole', metadata: { name: 'lists-pods' }, rules }, CLUSTER_ROLE);
  const binding = {
    ...rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'worker-lists-pods' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'lists-pods' },
    subjects: [{ kind: 'ServiceAccount', name: 'worker', namespace }],
  };
  await api.create(binding, CLUSTER_ROLE_BINDING);
  const asked = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name: 'worker', namespace },
  };
  const answer = await api.create(asked, SERVICE_ACCOUNT, { subresource: 'token' });
  const { token } = (answer as unknown as { readonly status: { readonly token: string } }).status;
  const { hostname, port } = new URL(server);
  const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  await writeFile(files.path('namespace'), namespace);
  await writeFile(files.path('token'), 'not a token');
  const connection = await inClusterConnection({ env, clock: systemClock, directory: files.folder });
  assert.ok(connection);
  assert.equal(connection.namespace, namespace);
  const program = { clock: systemClock, random: systemRandom, log: silentLog, userAgent: 'test' };
  using client = new KubernetesClient({ connection, ...program });
  await assert.rejects(client.list(POD, { namespace }), code('E_KUBE_UNAUTHORIZED'));
  await writeFile(files.path('token'), token);
  assert.deepEqual((await client.list(POD, { namespace })).items, []);
  // Still within the minute that the token is kept for: only the refusal makes it be read again.
  await writeFile(files.path('token'), 'not a token');
  assert.deepEqual((await client.list(POD, { namespace })).items, []);
});

test('a kubeconfig that is wrong is refused with what is wrong', async (context) => {
  if (lacksKubernetes(context)) return;
  const program = { clock: systemClock, random: systemRandom, log: silentLog, program: 'test' };
  const connect = (kubeconfig: string, more = {}) => connectKubernetes({ env: {}, kubeconfig, ...program, ...more });
  const setting = (what: RegExp) => (error: unknown) => isPeerPodError(error, 'E_SETTING') && what.test(error.message);
  await assert.rejects(connect('/nowhere/at-all'), setting(/no kubeconfig at/));
  const { adminKubeconfig, path } = cluster.files;
  await assert.rejects(connect(adminKubeconfig, { context: 'other' }), setting(/no context named other/));
  await writeFile(path('broken'), '{"clusters":[');
  await assert.rejects(connect(path('broken')), setting(/reading the kubeconfig/));
  await assert.rejects(connectKubernetes({ env: {}, ...program }), setting(/KUBECONFIG nor/));
  // A list may name files that are not there.
  using merged = await connect(`/nowhere/at-all:${adminKubeconfig}`);
  assert.ok(await merged.api.get({ kind: NAMESPACE, name: 'default' }));
});
