/** The chart's CustomResourceDefinitions on a current API server. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { CRD, KATA_CONFIG, PEER_POD, PEER_POD_CONFIG } from '#io/kubernetes/kinds.ts';
import { KubernetesError } from '#io/kubernetes/kubernetes-error.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { installCrds } from './support/manifests.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
const namespace = 'default';
let crds: readonly KubeObject[] = [];

before(async () => {
  if (!hasKubernetes()) return;
  cluster = await TestCluster.start();
  crds = await installCrds(cluster.api);
});
after(() => cluster?.[Symbol.asyncDispose]());

const config = (name: string, spec: object) => ({
  apiVersion: 'confidentialcontainers.org/v1alpha1',
  kind: 'PeerPodConfig',
  metadata: { name, namespace },
  spec,
});
const isInvalid = (what: RegExp) => (error: unknown) =>
  error instanceof KubernetesError && error.code === 'E_KUBE_INVALID' && what.test(error.message);

test('the server takes every definition and finds nothing wrong with its schema', async (context) => {
  if (lacksKubernetes(context)) return;
  assert.equal(crds.length, 3);
  for (const { metadata } of crds) {
    const crd = await cluster.api.get({ kind: CRD, name: metadata.name ?? '' });
    assert.ok(crd);
    const { conditions } = crd.status as { readonly conditions: readonly { type: string; status: string }[] };
    // What is not structural is told by a condition of its own.
    assert.deepEqual(conditions.map(({ type, status }) => `${type} ${status}`).sort(), [
      'Established True',
      'NamesAccepted True',
    ]);
  }
});

test('a PeerPodConfig needs nothing, and takes its limit as a number or in quotes', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const empty = await api.create(config('empty', {}), PEER_POD_CONFIG);
  assert.deepEqual(empty.spec, { cloudSecretName: 'peer-pods-secret', configMapName: 'peer-pods-cm' });
  for (const [name, limit] of [
    ['number', 20],
    ['quoted', '20'],
  ] as const) {
    const made = await api.create(config(name, { limit }), PEER_POD_CONFIG);
    assert.equal((made.spec as { limit?: unknown }).limit, limit);
  }
  for (const [name, limit] of [
    ['negative', '-1'],
    ['words', 'many'],
    ['fraction', 1.5],
  ] as const) {
    await assert.rejects(api.create(config(name, { limit }), PEER_POD_CONFIG), isInvalid(/limit/), String(limit));
  }
});

test('the selector of a PeerPodConfig is a map of labels, not a LabelSelector', async (context) => {
  if (lacksKubernetes(context)) return;
  const wrong = config('matched', { nodeSelector: { matchLabels: { a: 'b' } } });
  await assert.rejects(cluster.api.create(wrong, PEER_POD_CONFIG), isInvalid(/nodeSelector/));
});

test('a KataConfig as OpenShift documents it is taken, also with nothing but its switch', async (context) => {
  if (lacksKubernetes(context)) return;
  const kata = (name: string, spec: object | null) => ({
    apiVersion: 'kataconfiguration.openshift.io/v1',
    kind: 'KataConfig',
    metadata: { name },
    spec,
  });
  const made = await cluster.api.create(kata('example', { enablePeerPods: true }), KATA_CONFIG);
  assert.deepEqual(made.spec, { checkNodeEligibility: false, enablePeerPods: true, logLevel: 'info' });
  const selector = { matchLabels: { custom: 'kata' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] };
  await cluster.api.create(kata('full', { kataConfigPoolSelector: selector, checkNodeEligibility: true }), KATA_CONFIG);
  await cluster.api.create(kata('null', null), KATA_CONFIG);
});

test('a PeerPod as other releases write it is taken, and its status is a part of its own', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const peerPod = {
    apiVersion: 'confidentialcontainers.org/v1alpha1',
    kind: 'PeerPod',
    metadata: { name: 'web-resource-abcde', namespace, finalizers: ['peer.pod/finalizer'] },
    spec: { cloudProvider: 'aws', instanceID: 'i-1' },
    status: { cleand: true },
  };
  const made = await api.create(peerPod, PEER_POD);
  assert.equal(made.status, undefined);
  const key = { kind: PEER_POD, namespace, name: 'web-resource-abcde' };
  await api.patch(key, { type: 'merge', body: { status: { cleand: true } } }, { subresource: 'status' });
  assert.deepEqual((await api.get(key))?.status, { cleand: true });
  assert.equal(await api.delete(key), true);
  assert.ok((await api.get(key))?.metadata.deletionTimestamp, 'held by the finalizer');
  const operations = [
    { op: 'test', path: '/metadata/finalizers/0', value: 'peer.pod/finalizer' },
    { op: 'remove', path: '/metadata/finalizers/0' },
  ] as const;
  await api.patch(key, { type: 'json', operations });
  assert.equal(await api.get(key), undefined);
});
