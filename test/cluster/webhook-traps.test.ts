/** What other webhooks and LimitRanges of a real API server do to a peer pod that is not the usual one. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { JsonPatch } from '#domain/admission/json-patch.ts';
import { webhookConfiguration } from '#domain/cluster/desired/webhook.ts';
import { LIMIT_RANGE, MUTATING_WEBHOOK_CONFIGURATION, POD } from '#io/kubernetes/kinds.ts';
import { KubernetesError } from '#io/kubernetes/kubernetes-error.ts';
import type { Pod } from '#io/kubernetes/objects.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { TestCa } from '../support/test-ca.ts';
import type { WebhookProcess } from '../support/webhook-process.ts';
import { namespace, prepareWebhook, runWebhook } from './support/cluster-webhook.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { applyObject } from './support/manifests.ts';
import { raiseLoopback } from './support/service-address.ts';
import { TestCluster } from './support/test-cluster.ts';

const vm = { limits: { 'kata.peerpods.io/vm': '1' }, requests: { 'kata.peerpods.io/vm': '1' } };
const both = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });

/** What somebody else's webhook, called after ours, does to pods whose label `trap` says so. */
const traps: Readonly<Record<string, (pod: Pod) => JsonPatch>> = {
  'sidecar-in-front': ({ spec }) =>
    spec.containers.some(({ name }) => name === 'proxy')
      ? []
      : [
          {
            op: 'add',
            path: '/spec/containers/0',
            value: { name: 'proxy', image: 'none', resources: both('1', '1Gi') },
          },
        ],
  'class-comes-late': () => [{ op: 'add', path: '/spec/runtimeClassName', value: 'kata-remote' }],
  'resources-come-back': ({ spec }) =>
    spec.containers.map((_, at) => ({
      op: 'add' as const,
      path: `/spec/containers/${at}/resources`,
      value: { ...both('250m', '64Mi') },
    })),
};

let cluster: TestCluster;
let webhook: WebhookProcess;
let other: Server;

async function setUp(): Promise<void> {
  raiseLoopback();
  cluster = await TestCluster.start();
  await prepareWebhook(cluster);
  const runtimeClass = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'kata-remote' } };
  await applyObject(cluster.api, { ...runtimeClass, handler: 'kata-remote' });
  const settings = { namespace, excludedNamespaces: [] };
  const context = { settings } as unknown as Parameters<typeof webhookConfiguration>[0];
  await applyObject(cluster.api, webhookConfiguration(context, 'Fail'));
  webhook = await runWebhook(cluster);
  other = await startOther();
}

async function startOther(): Promise<Server> {
  const ca = await TestCa.create('other');
  const { certPem: cert, keyPem: key } = await ca.issue('localhost', { addresses: ['127.0.0.1'] });
  const server = createServer({ cert, key }, async (incoming, answer) => {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const { request } = JSON.parse(text) as { request: { uid: string; object: Pod } };
    const patch = traps[request.object.metadata.labels?.trap ?? '']?.(request.object) ?? [];
    const base64 = Buffer.from(JSON.stringify(patch)).toString('base64');
    const response = { uid: request.uid, allowed: true, patchType: 'JSONPatch', patch: base64 };
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'zz-other' }, // the API server calls in alphabetical order
    webhooks: [
      {
        name: 'other.traps.test',
        admissionReviewVersions: ['v1'],
        clientConfig: { url, caBundle: Buffer.from(ca.certPem).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
        objectSelector: { matchExpressions: [{ key: 'trap', operator: 'Exists' }] },
        sideEffects: 'None',
      },
    ],
  };
  await cluster.api.create(configuration, MUTATING_WEBHOOK_CONFIGURATION);
  await pause(1000); // until the API server has heard of it
  return server;
}

function podOf(trap: string | undefined, spec: Partial<Pod['spec']> = {}, where = 'default'): Pod {
  const labels = trap === undefined ? {} : { trap };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'trap-', namespace: where, labels },
    spec: {
      runtimeClassName: 'kata-remote',
      containers: [{ name: 'app', image: 'none', resources: both('6', '8Gi') }],
      ...spec,
    },
  };
}

const create = (pod: Pod) => cluster.api.create<Pod>(pod, POD, { dryRun: true });

function sizeOf({ metadata }: Pod): string {
  const of = (name: string) => metadata.annotations?.[`io.katacontainers.config.hypervisor.${name}`];
  return `${of('default_vcpus')} ${of('default_memory')}`;
}

const resourcesOf = ({ spec }: Pod) => spec.containers.map(({ name, resources }) => [name, resources]);

const refused = (words: RegExp) => (error: unknown) => error instanceof KubernetesError && words.test(error.message);

if (insideOwnNamespaces(import.meta.filename)) {
  before(async () => {
    if (hasKubernetes()) await setUp();
  });
  after(async () => {
    other?.closeAllConnections();
    other?.close();
    await webhook?.kill('SIGKILL');
    await cluster?.[Symbol.asyncDispose]();
  });

  test('a sidecar that is put in front takes the VM over, and the size is that of both', async (t) => {
    if (lacksKubernetes(t)) return;
    const pod = await create(podOf('sidecar-in-front'));
    assert.equal(sizeOf(pod), '7 9216');
    assert.deepEqual(resourcesOf(pod), [
      ['proxy', vm],
      ['app', {}],
    ]);
  });

  test('a pod that gets its class from a later webhook is a peer pod all the same', async (t) => {
    if (lacksKubernetes(t)) return;
    const { runtimeClassName: _, ...spec } = podOf(undefined).spec;
    const pod = await create({ ...podOf('class-comes-late'), spec });
    assert.equal(sizeOf(pod), '6 8192');
    assert.deepEqual(resourcesOf(pod), [['app', vm]]);
  });

  test('resources that another webhook puts back are removed again, and the size stays', async (t) => {
    if (lacksKubernetes(t)) return;
    const pod = await create(podOf('resources-come-back'));
    assert.equal(sizeOf(pod), '6 8192');
  });

  test("a LimitRange's minimum refuses peer pods, and says so itself", async (t) => {
    if (lacksKubernetes(t)) return;
    const where = await cluster.createNamespace('minimum');
    const limits = [{ type: 'Container', min: { cpu: '100m' } }];
    const object = {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'm', namespace: where },
      spec: { limits },
    };
    await cluster.api.create(object, LIMIT_RANGE);
    await pause(1000);
    await assert.rejects(create(podOf(undefined, {}, where)), refused(/minimum cpu usage per Container/));
  });

  test('a pod without containers is refused in the words of the API server', async (t) => {
    if (lacksKubernetes(t)) return;
    await assert.rejects(create(podOf(undefined, { containers: [] })), refused(/spec\.containers: Required value/));
  });

  test('what is denied here is told with its reason', async (t) => {
    if (lacksKubernetes(t)) return;
    const containers = [{ name: 'app', image: 'none', resources: both('1', '8Ei') }];
    const words = /admission webhook "mwebhook\.peerpods\.io" denied the request: .*more memory than can be counted/;
    await assert.rejects(create(podOf(undefined, { containers })), refused(words));
  });
}
