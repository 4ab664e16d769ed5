/** What the real scheduler and quotas make of the extended resource that stands for pod VMs. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { isPeerPodError } from '#base/errors.ts';
import { NODE, POD, RESOURCE_QUOTA } from '#io/kubernetes/kinds.ts';
import type { Pod } from '#io/kubernetes/objects.ts';
import { FakeNodes } from './support/fake-nodes.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let nodes: FakeNodes;
const resource = 'kata.peerpods.io/vm';

before(async () => {
  if (!hasKubernetes()) return;
  cluster = await TestCluster.start({ servers: ['controller-manager', 'scheduler'] });
  nodes = await FakeNodes.start({ api: cluster.api, nodes: [{ name: 'worker' }] });
  await setCapacity('2');
});
after(async () => {
  await nodes?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

async function setCapacity(count: string): Promise<void> {
  const operations = [{ op: 'add', path: '/status/capacity/kata.peerpods.io~1vm', value: count }] as const;
  await cluster.api.patch({ kind: NODE, name: 'worker' }, { type: 'json', operations }, { subresource: 'status' });
}

const peerPod = (namespace: string, name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {
    containers: [
      { name: 'c', image: 'none', resources: { requests: { [resource]: '1' }, limits: { [resource]: '1' } } },
    ],
  },
});

async function phases(namespace: string): Promise<string[]> {
  const { items } = await cluster.api.list<Pod>(POD, { namespace });
  return items.map(({ status }) => status?.phase ?? '').sort();
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `not in time: ${what}`);
    await pause(100);
  }
}

test('a node runs as many peer pods as it has capacity for; the next one waits, and starts when one has gone', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const namespace = await cluster.createNamespace('capacity');
  for (const name of ['a', 'b', 'c']) await api.create(peerPod(namespace, name), POD);
  await until('two run', async () => (await phases(namespace)).join() === 'Pending,Running,Running');
  const waiting = async () => {
    const { items } = await api.list<Pod>(POD, { namespace, fieldSelector: 'status.phase=Pending' });
    return items[0]?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
  };
  await until('the third is told why', async () => /Insufficient kata\.peerpods\.io\/vm/.test(await waiting()));
  const { items } = await api.list<Pod>(POD, { namespace, fieldSelector: 'status.phase=Running' });
  assert.equal(await api.delete({ kind: POD, namespace, name: items[0]?.metadata.name ?? '' }), true);
  await until('the third runs', async () => (await phases(namespace)).join() === 'Running,Running');
  for (const { metadata } of (await api.list<Pod>(POD, { namespace })).items) {
    await api.delete({ kind: POD, namespace, name: metadata.name ?? '' });
  }
  await until('all gone', async () => (await phases(namespace)).length === 0);
  assert.deepEqual(nodes.troubles, []);
});

test('less capacity than pods is allowed: they stay, and none comes', async (context) => {
  if (lacksKubernetes(context)) return;
  const namespace = await cluster.createNamespace('lowered');
  await cluster.api.create(peerPod(namespace, 'a'), POD);
  await cluster.api.create(peerPod(namespace, 'b'), POD);
  await until('two run', async () => (await phases(namespace)).join() === 'Running,Running');
  await setCapacity('1');
  await cluster.api.create(peerPod(namespace, 'c'), POD);
  await pause(2000);
  assert.equal((await phases(namespace)).join(), 'Pending,Running,Running');
  await setCapacity('3');
  await until('all run', async () => (await phases(namespace)).join() === 'Running,Running,Running');
});

test('a quota on the resource caps the peer pods of a namespace', async (context) => {
  if (lacksKubernetes(context)) return;
  const { api } = cluster;
  const namespace = await cluster.createNamespace('quota');
  const hard = { [`requests.${resource}`]: '1' };
  await api.create(
    { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'vms', namespace }, spec: { hard } },
    RESOURCE_QUOTA,
  );
  await until('the quota is in force', async () => {
    const quota = await api.get({ kind: RESOURCE_QUOTA, namespace, name: 'vms' });
    return (quota?.status as { readonly used?: object } | undefined)?.used !== undefined;
  });
  await api.create(peerPod(namespace, 'first'), POD);
  const second = api.create(peerPod(namespace, 'second'), POD);
  await assert.rejects(
    second,
    (error) => isPeerPodError(error, 'E_KUBE_FORBIDDEN') && /exceeded quota/.test(error.message),
  );
});
