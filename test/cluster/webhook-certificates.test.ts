/** The webhook's own certificates on a real API server: made by many replicas at once, renewed under load, and mended. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { webhookConfiguration } from '#domain/cluster/desired/webhook.ts';
import type { KubeObject, ResourceKind } from '#io/kubernetes/api.ts';
import { MUTATING_WEBHOOK_CONFIGURATION, POD, SECRET, SERVICE_ACCOUNT } from '#io/kubernetes/kinds.ts';
import type { MutatingWebhookConfiguration, Pod, SecretObject } from '#io/kubernetes/objects.ts';
import { admissionReview } from '../support/admission-reviews.ts';
import { ask1 } from '../support/https-client.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { WebhookProcess } from '../support/webhook-process.ts';
import { namespace, prepareWebhook, runWebhook } from './support/cluster-webhook.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { applyObject } from './support/manifests.ts';
import { raiseLoopback } from './support/service-address.ts';
import { freePort, TestCluster } from './support/test-cluster.ts';

const configurationKey = { kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' };
const secretKey = { kind: SECRET, namespace, name: 'peerpods-webhook-certificate' };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'web-', namespace: 'default' },
  spec: { runtimeClassName: 'kata-remote', containers: [{ name: 'app', image: 'none' }] },
};
/** A certificate lives 24 s and is renewed when 8 are left; a third of what the test is long. */
const shortLived = ['-certificate-validity', '24s', '-certificate-overlap', '3s', '-dns-names', 'localhost'];

let cluster: TestCluster;
const replicas: WebhookProcess[] = [];

async function setUp(): Promise<void> {
  raiseLoopback();
  cluster = await TestCluster.start();
  await prepareWebhook(cluster);
  const settings = { namespace, excludedNamespaces: [] };
  const context = { settings } as unknown as Parameters<typeof webhookConfiguration>[0];
  const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kata-remote' } };
  await applyObject(cluster.api, { ...runtimeClass, handler: 'kata-remote' });
  await applyObject(cluster.api, webhookConfiguration(context, 'Fail'));
  // One behind the Service, two more that are called directly.
  const more = ['-bind-address', '127.0.0.1:0', ...shortLived];
  replicas.push(
    ...(await Promise.all([
      runWebhook(cluster, [...shortLived, '-metrics-bind-address', '127.0.0.1:0']),
      runWebhook(cluster, more),
      runWebhook(cluster, more),
    ])),
  );
}

async function bundle(): Promise<string> {
  const configuration = await cluster.api.get<MutatingWebhookConfiguration>(configurationKey);
  return Buffer.from(configuration?.webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

const steps = (step: string) =>
  replicas.reduce((sum, { stderr }) => sum + stderr.split(`"step":"${step}"`).length - 1, 0);

const newPod = () => cluster.api.create<Pod>(pod, POD, { dryRun: true });

async function calledAt(replica: WebhookProcess): Promise<string> {
  const [{ port }, caPem] = [await replica.ports(), await bundle()];
  const { body, fingerprint256 = '' } = await ask1({ port, caPem }, { body: admissionReview(pod) });
  assert.equal(JSON.parse(body).response.allowed, true);
  return fingerprint256;
}

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (hasKubernetes()) await setUp();
  });
  after(async () => {
    await Promise.all(replicas.map((replica) => replica.kill('SIGKILL')));
    await cluster?.[Symbol.asyncDispose]();
  });

  test('three replicas that start at once agree on one certificate', async (t) => {
    if (lacksKubernetes(t)) return;
    assert.equal(steps('create'), 1);
    const [one, other] = await Promise.all(replicas.slice(1).map(calledAt));
    assert.equal(one, other);
    const secret = await cluster.api.get<SecretObject>(secretKey);
    assert.equal(secret?.type, 'kubernetes.io/tls');
    const pem = Buffer.from(secret?.data?.['tls.crt'] ?? '', 'base64').toString();
    assert.equal(new X509Certificate(pem).fingerprint256, one);
    const began = performance.now();
    await newPod();
    t.diagnostic(`the first pod took ${Math.round(performance.now() - began)} ms`);
  });

  test('through two renewals no pod is refused, and every certificate that is shown is trusted', async (t) => {
    if (lacksKubernetes(t)) return;
    const until = performance.now() + 90_000;
    const shown = new Set<string>();
    let calls = 0;
    const load = async (call: () => Promise<unknown>) => {
      while (steps('retire') < 2 && performance.now() < until) {
        await call();
        calls += 1;
        await pause(50);
      }
    };
    const direct = replicas.slice(1).map((replica) => load(async () => shown.add(await calledAt(replica))));
    await Promise.all([load(newPod), load(newPod), ...direct]);
    t.diagnostic(`${calls} calls, ${shown.size} certificates`);
    assert.deepEqual(['stage', 'promote', 'retire'].map(steps), [2, 2, 2]);
    assert.equal(shown.size, 3);
    assert.ok(calls > 200);
  });

  test('whom somebody else made the API server trust is corrected', async (t) => {
    if (lacksKubernetes(t)) return;
    const before = await bundle();
    const operations = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: '' } as const];
    await cluster.api.patch(configurationKey, { type: 'json', operations });
    for (let tries = 0; (await bundle()) === '' && tries < 100; tries += 1) await pause(100);
    assert.ok((await bundle()).includes(before.trim().slice(0, 100)));
    await pause(500);
    await newPod();
  });

  test('a Secret that was emptied or deleted is made anew, and pods are admitted again', async (t) => {
    if (lacksKubernetes(t)) return;
    const [service] = replicas;
    assert.ok(service);
    for (const spoil of [
      () => cluster.api.delete(secretKey),
      () => cluster.api.patch(secretKey, { type: 'merge', body: { data: { 'tls.crt': '', 'tls.key': 'eA==' } } }),
    ]) {
      const before = steps('create') + steps('replace');
      await spoil();
      for (let tries = 0; steps('create') + steps('replace') === before && tries < 100; tries += 1) await pause(100);
      assert.equal(steps('create') + steps('replace'), before + 1);
      let error: unknown = new Error('not tried');
      for (let tries = 0; error !== undefined && tries < 100; tries += 1) {
        error = await newPod().then(
          () => undefined,
          (failure: unknown) => failure,
        );
        await pause(100);
      }
      assert.equal(error, undefined);
    }
  });

  test('metrics are for those whom the cluster allows to get them', async (t) => {
    if (lacksKubernetes(t)) return;
    const [replica] = replicas;
    const { metrics = 0 } = (await replica?.ports()) ?? {};
    const status = async (headers: Record<string, string> = {}) => {
      const at = { port: metrics, caPem: await bundle() };
      return (await ask1(at, { method: 'GET', path: '/metrics', headers })).status;
    };
    const token = await tokenOf('scraper');
    const authorization = `Bearer ${token}`;
    assert.equal(await status(), 401);
    assert.equal(await status({ authorization: 'Bearer forged.token.x' }), 401);
    assert.equal(await status({ authorization }), 403);
    await allowMetrics('other');
    const other = `Bearer ${await tokenOf('other')}`;
    for (let tries = 0; (await status({ authorization: other })) !== 200 && tries < 15; tries += 1) await pause(1000);
    assert.equal(await status({ authorization: other }), 200);
    assert.equal(await status({ authorization }), 403);
  });

  test('without the API server it goes on serving, a new replica waits, and both find it again', async (t) => {
    if (lacksKubernetes(t)) return;
    const trusted = await bundle();
    const [, other] = replicas;
    assert.ok(other);
    await cluster.stopServer('apiserver', 'SIGKILL');
    const { port } = await other.ports();
    const { status } = await ask1({ port, caPem: trusted }, { body: admissionReview(pod) });
    assert.equal(status, 200);
    const health = await freePort();
    const args = ['-bind-address', '127.0.0.1:0', '-health-probe-bind-address', `127.0.0.1:${health}`, ...shortLived];
    const kubeconfig = await cluster.files.kubeconfigFor(`system:serviceaccount:${namespace}:peerpods-webhook`);
    const late = new WebhookProcess([...args, '-metrics-bind-address', '0'], {
      KUBECONFIG: kubeconfig,
      POD_NAMESPACE: namespace,
      TMPDIR: cluster.files.folder,
    });
    replicas.push(late);
    await late.logged('the certificates could not be looked after, again soon');
    const ready = async (path: string) => (await fetch(`http://127.0.0.1:${health}${path}`)).status;
    assert.deepEqual([await ready('/readyz'), await ready('/healthz')], [503, 200]);
    await cluster.startApiServer();
    await late.ports();
    assert.equal(await ready('/readyz'), 200);
    await calledAt(late);
  });
}

async function tokenOf(name: string): Promise<string> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  await applyObject(cluster.api, account);
  const request: KubeObject = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { name, namespace },
    spec: {},
  };
  const kind: ResourceKind = SERVICE_ACCOUNT;
  const { status } = await cluster.api.create(request, kind, { subresource: 'token' });
  return (status as { token: string }).token;
}

async function allowMetrics(account: string): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
  const metadata = { name: 'metrics-reader' };
  await applyObject(cluster.api, { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules });
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: metadata.name };
  await applyObject(cluster.api, { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects });
}
