/** The webhook as a current API server calls it: what other admission does before, between and after its calls. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { webhookConfiguration } from '#domain/cluster/desired/webhook.ts';
import { LIMIT_RANGE, POD, RESOURCE_QUOTA } from '#io/kubernetes/kinds.ts';
import { KubernetesError } from '#io/kubernetes/kubernetes-error.ts';
import type { Container, Pod, PodSpec, Quantities } from '#io/kubernetes/objects.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import type { WebhookProcess } from '../support/webhook-process.ts';
import { namespace as ownNamespace, prepareWebhook, runWebhook } from './support/cluster-webhook.ts';
import { Injector, injectionLabel } from './support/injector.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { applyObject } from './support/manifests.ts';
import { raiseLoopback } from './support/service-address.ts';
import { TestCluster } from './support/test-cluster.ts';

let cluster: TestCluster;
let webhook: WebhookProcess;
let injector: Injector;
let counter = 0;
const resource = 'kata.peerpods.io/vm';
const runtimeClassName = 'kata-remote';

async function setUp(): Promise<void> {
  raiseLoopback();
  cluster = await TestCluster.start({ servers: ['controller-manager'] });
  await prepareWebhook(cluster);
  const settings = { namespace: ownNamespace, excludedNamespaces: ['left-alone'] };
  const context = { settings } as unknown as Parameters<typeof webhookConfiguration>[0];
  await applyObject(cluster.api, {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: runtimeClassName },
    handler: 'kata-remote',
    overhead: { podFixed: { cpu: '250m', memory: '350Mi' } },
  });
  await cluster.api.create(fromBefore, POD); // from before the webhook
  await applyObject(cluster.api, webhookConfiguration(context, 'Fail'));
  webhook = await runWebhook(cluster);
  injector = await Injector.start(cluster.api, { requests: { cpu: '100m', memory: '64Mi' } });
}

const container = (name: string, both?: Quantities, more: Partial<Container> = {}): Container => ({
  name,
  image: 'none',
  ...(both && { resources: { requests: both, limits: both } }),
  ...more,
});
const large = { cpu: '6', memory: '8Gi' };

function podOf(containers: readonly Container[], more: Partial<PodSpec> = {}, metadata: object = {}): Pod {
  counter += 1;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${counter}`, namespace: 'default', ...metadata },
    spec: { runtimeClassName, containers, ...more },
  };
}
const fromBefore = podOf([container('c', large)], {}, { name: 'from-before' });

const create = (pod: Pod) => cluster.api.create<Pod>(pod, POD);

function sizeOf(pod: Pod): string {
  const annotation = (name: string) => pod.metadata.annotations?.[`io.katacontainers.config.hypervisor.${name}`];
  return `${annotation('default_vcpus')} vCPU, ${annotation('default_memory')} MiB`;
}

/** The first container asks for one pod VM, and nothing else asks for anything. */
function assertStripped({ spec }: Pod): void {
  const [first, ...others] = [...spec.containers, ...(spec.initContainers ?? [])];
  assert.deepEqual(first?.resources, { limits: { [resource]: '1' }, requests: { [resource]: '1' } });
  for (const { name, resources } of others) assert.deepEqual(resources, {}, name);
  assert.equal(spec.resources, undefined);
}

async function limited(name: string, limits: readonly object[]): Promise<string> {
  await cluster.createNamespace(name);
  const object = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'limits', namespace: name },
    spec: { limits },
  };
  await cluster.api.create(object, LIMIT_RANGE);
  await pause(500); // its informer's way into the admission plugin
  return name;
}
const usualLimits = {
  type: 'Container',
  default: { cpu: '500m', memory: '256Mi' },
  defaultRequest: { cpu: '250m', memory: '128Mi' },
};

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (hasKubernetes()) await setUp();
  });
  after(async () => {
    await injector?.[Symbol.asyncDispose]();
    await webhook?.kill('SIGKILL');
    await cluster?.[Symbol.asyncDispose]();
  });

  test('a pod of the class becomes a peer pod through the Service, with the overhead of its class', async (t) => {
    if (lacksKubernetes(t)) return;
    const pod = await create(podOf([container('a', large), container('b', { cpu: '1', memory: '1Gi' })]));
    assert.equal(sizeOf(pod), '7 vCPU, 9216 MiB');
    assertStripped(pod);
    assert.deepEqual(pod.spec.overhead, { cpu: '250m', memory: '350Mi' });
  });

  test('pods of other classes, and in namespaces left alone, stay as they are', async (t) => {
    if (lacksKubernetes(t)) return;
    const other = podOf([container('a', large)]);
    const { runtimeClassName: _, ...spec } = other.spec;
    assert.deepEqual((await create({ ...other, spec })).spec.containers[0]?.resources?.requests, large);
    await cluster.createNamespace('left-alone');
    const alone = await create(podOf([container('a', large)], {}, { namespace: 'left-alone' }));
    assert.deepEqual(alone.spec.containers[0]?.resources?.requests, large);
  });

  test('init containers count by their maximum, sidecars beside everything', async (t) => {
    if (lacksKubernetes(t)) return;
    const sidecar = container('mesh', { cpu: '500m', memory: '512Mi' }, { restartPolicy: 'Always' });
    const initContainers = [sidecar, container('setup', { cpu: '3', memory: '1Gi' })];
    const pod = await create(podOf([container('a', { cpu: '1', memory: '4Gi' })], { initContainers }));
    assert.equal(sizeOf(pod), '4 vCPU, 4608 MiB');
    assertStripped(pod);
  });

  test('resources of the whole pod are its size', async (t) => {
    if (lacksKubernetes(t)) return;
    const whole = { cpu: '3', memory: '5Gi' };
    const pod = await create(
      podOf([container('a', { cpu: '1', memory: '1Gi' })], { resources: { requests: whole, limits: whole } }),
    );
    assert.equal(sizeOf(pod), '3 vCPU, 5120 MiB');
    assertStripped(pod);
  });

  test('a sidecar that another webhook adds afterwards makes the VM larger, not smaller', async (t) => {
    if (lacksKubernetes(t)) return;
    const labels = { [injectionLabel]: 'yes' };
    const pod = await create(podOf([container('a', large)], {}, { labels }));
    assert.deepEqual(
      pod.spec.containers.map(({ name }) => name),
      ['a', 'injected'],
    );
    assert.equal(sizeOf(pod), '7 vCPU, 8256 MiB');
    assertStripped(pod);
  });

  test("a LimitRange's defaults, put on the emptied containers, do not become the size of the VM", async (t) => {
    if (lacksKubernetes(t)) return;
    const namespace = await limited('limit-range', [usualLimits]);
    const alone = await create(podOf([container('a', large)], {}, { namespace }));
    assert.equal(sizeOf(alone), '6 vCPU, 8192 MiB');
    assertStripped(alone);
    const two = await create(podOf([container('a', large), container('b')], {}, { namespace }));
    assert.equal(sizeOf(two), '7 vCPU, 8448 MiB');
    assertStripped(two);
    const labels = { [injectionLabel]: 'yes' };
    const three = await create(podOf([container('a', large)], {}, { namespace, labels }));
    assert.equal(sizeOf(three), '7 vCPU, 8448 MiB');
  });

  test('a copy of a live peer pod has the same size as the first one', async (t) => {
    if (lacksKubernetes(t)) return;
    const first = await create(podOf([container('a', large), container('b', { cpu: '250m', memory: '100Mi' })]));
    const { uid: _, resourceVersion: __, ...metadata } = first.metadata;
    const { overhead: ___, ...spec } = first.spec;
    const copy = await create({ ...first, metadata: { ...metadata, name: 'copy' }, spec });
    assert.equal(sizeOf(copy), sizeOf(first));
    assertStripped(copy);
  });

  test('what is no amount is refused by the server or by us, never hidden', async (t) => {
    if (lacksKubernetes(t)) return;
    const negative = create(podOf([container('a', { cpu: '-1' })]));
    await assert.rejects(
      negative,
      (error) => error instanceof KubernetesError && /negative|must be (greater|non)/.test(error.message),
    );
    const pod = podOf(
      [container('a', large)],
      {},
      { annotations: { 'io.katacontainers.config.hypervisor.default_gpus': 'x' } },
    );
    await assert.rejects(
      create(pod),
      (error) => error instanceof KubernetesError && /default_gpus/.test(error.message),
    );
  });

  test('a pod from before the webhook can be changed as before', async (t) => {
    if (lacksKubernetes(t)) return;
    const key = { kind: POD, namespace: 'default', name: 'from-before' };
    const changed = await cluster.api.patch<Pod>(key, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
    assert.deepEqual(changed.spec.containers[0]?.resources?.requests, large);
  });

  test('a generated name and a dry run make no difference', async (t) => {
    if (lacksKubernetes(t)) return;
    const { name: _, ...metadata } = podOf([]).metadata;
    const pod = podOf([container('a', large)]);
    const made = await create({ ...pod, metadata: { ...metadata, generateName: 'web-' } });
    assert.match(made.metadata.name ?? '', /^web-/);
    assert.equal(sizeOf(made), '6 vCPU, 8192 MiB');
    const dry = await cluster.api.create<Pod>(podOf([container('a', large)]), POD, { dryRun: true });
    assert.equal(sizeOf(dry), '6 vCPU, 8192 MiB');
  });

  test('a quota on CPU refuses peer pods as they are stripped, and takes those that ask for zero', async (t) => {
    if (lacksKubernetes(t)) return;
    const namespace = await cluster.createNamespace('quota');
    const hard = { 'requests.cpu': '4', 'limits.memory': '8Gi' };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace }, spec: { hard } };
    await cluster.api.create(quota, RESOURCE_QUOTA);
    await pause(1500);
    const refused = create(podOf([container('a', large)], {}, { namespace }));
    await assert.rejects(refused, (error) => error instanceof KubernetesError && /must specify/.test(error.message));
    await webhook.kill('SIGTERM');
    webhook = await runWebhook(cluster, ['-strip', 'zero']);
    try {
      const pod = await create(podOf([container('a', large)], {}, { namespace }));
      assert.equal(sizeOf(pod), '6 vCPU, 8192 MiB');
      assert.equal(pod.spec.containers[0]?.resources?.requests?.cpu, '0');
      assert.equal(pod.spec.containers[0]?.resources?.requests?.[resource], '1');
      assert.equal(pod.status?.qosClass, 'BestEffort');
      const limits = await limited('zero-limits', [usualLimits]);
      const zero = await create(podOf([container('a', large)], {}, { namespace: limits }));
      assert.equal(sizeOf(zero), '6 vCPU, 8192 MiB');
      assert.equal(zero.spec.containers[0]?.resources?.limits?.memory, '0');
    } finally {
      await webhook.kill('SIGTERM');
      webhook = await runWebhook(cluster);
    }
  });

  test('a restarted webhook shows the certificate that is trusted already', async (t) => {
    if (lacksKubernetes(t)) return;
    await webhook.kill('SIGKILL');
    const refused = create(podOf([container('a', large)]));
    // Fail-closed: an unmutated peer pod would run with its resources taken from the worker.
    await assert.rejects(
      refused,
      (error) => error instanceof KubernetesError && /failed calling webhook/.test(error.message),
    );
    webhook = await runWebhook(cluster);
    assert.equal(sizeOf(await create(podOf([container('a', large)]))), '6 vCPU, 8192 MiB');
  });

  test('two hundred pods at once all become peer pods', async (t) => {
    if (lacksKubernetes(t)) return;
    const startedAt = performance.now();
    const pods = await Promise.all(Array.from({ length: 200 }, () => create(podOf([container('a', large)]))));
    t.diagnostic(`${Math.round(performance.now() - startedAt)} ms`);
    for (const pod of pods) assertStripped(pod);
  });
}
