/** peerpods-controller at work in a real control plane: Kubernetes' own controllers and scheduler beside it. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type PodVmProvider, ProviderError, type ProviderModule } from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { type RunningController, startController } from '#daemons/controller/compose.ts';
import { controllerOptions, controllerSettings } from '#daemons/controller/settings.ts';
import { parseOptions } from '#daemons/options.ts';
import { conditionsOf } from '#domain/cluster/conditions.ts';
import { crds } from '#domain/cluster/crds/all.ts';
import { crdObject } from '#domain/cluster/crds/definition.ts';
import type { KubeObject, KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import {
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  CONFIG_MAP,
  CRD,
  DAEMON_SET,
  DEPLOYMENT,
  EVENT,
  KATA_CONFIG,
  MUTATING_WEBHOOK_CONFIGURATION,
  NAMESPACE,
  PEER_POD,
  PEER_POD_CONFIG,
  POD,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  RUNTIME_CLASS,
  SECRET,
  SERVICE,
  SERVICE_ACCOUNT,
} from '#io/kubernetes/kinds.ts';
import { FakeProvider, provider as fakeModule } from '../../providers/fake/index.ts';
import { dig } from '../support/controller-world.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { valueSets } from './support/chart-values.ts';
import { FakeNodes } from './support/fake-nodes.ts';
import { FaultProxy, type SeenRequest } from './support/fault-proxy.ts';
import { hasHelm, render } from './support/helm.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';
import { TestCluster } from './support/test-cluster.ts';

const namespace = 'peerpods-system';
/** More than a life of all parts takes. */
const killsMax = 150;
const signal = new AbortController().signal;

/** Why controllers gave up. */
const troubles: string[] = [];
/** Of the cluster, for the message of a failure. */
let state = async () => '';

async function until<T>(what: string, look: () => Promise<T | undefined | false>, msMax = 60_000): Promise<T> {
  const end = performance.now() + msMax;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`it did not come to this: ${what}; ${await state()}`);
    await pause(50);
  }
}

async function installDefinitions(api: KubernetesApi): Promise<void> {
  for (const source of crds) {
    const { metadata } = await api.create(crdObject(source) as unknown as KubeObject, CRD);
    const name = metadata.name ?? '';
    await until(`${name} is served`, async () =>
      conditionsOf((await api.get({ kind: CRD, name }))?.status).some(
        ({ type, status }) => type === 'Established' && status === 'True',
      ),
    );
  }
}

/** A kubeconfig for the controller's account. */
async function withRightsOfChart({ api, files }: TestCluster): Promise<string> {
  const kinds: Readonly<Record<string, ResourceKind>> = {
    ClusterRole: CLUSTER_ROLE,
    ClusterRoleBinding: CLUSTER_ROLE_BINDING,
    Role: ROLE,
    RoleBinding: ROLE_BINDING,
  };
  for (const object of await render(valueSets.aws ?? {})) {
    const kind = kinds[object.kind];
    if (kind) await api.create(object, kind);
  }
  return await files.kubeconfigFor(`system:serviceaccount:${namespace}:peerpods-controller`);
}

describe('the controller in a cluster', () => {
  let cluster: TestCluster;
  let api: KubernetesApi;
  let nodes: FakeNodes;
  let cloud: FakeProvider;
  /** What the controller is here: with the chart's rights and no more, where Helm can say them. */
  let kubeconfig = '';
  let clusterUid = '';
  const module: ProviderModule = {
    ...fakeModule,
    // One cloud, however often it is opened.
    open: async () => new Proxy(cloud, { get: (of, name) => (name === 'close' ? async () => {} : bound(of, name)) }),
  };

  before(async () => {
    if (!hasKubernetes()) return;
    cluster = await TestCluster.start({ servers: ['controller-manager', 'scheduler'] });
    api = cluster.api;
    await installDefinitions(api);
    await cluster.createNamespace(namespace);
    for (const name of ['peerpods-adaptor', 'peerpods-relay', 'peerpods-webhook']) {
      await api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }, SERVICE_ACCOUNT);
    }
    kubeconfig = hasHelm() ? await withRightsOfChart(cluster) : cluster.files.adminKubeconfig;
    const data = { CLOUD_PROVIDER: 'fake', PEERPODS_LIMIT_PER_NODE: '3' };
    await api.create(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'peer-pods-cm', namespace }, data },
      CONFIG_MAP,
    );
    const labels = { 'node.kubernetes.io/worker': '' };
    nodes = await FakeNodes.start({ api, nodes: ['worker-1', 'worker-2'].map((name) => ({ name, labels })) });
    clusterUid = (await api.get({ kind: NAMESPACE, name: 'kube-system' }))?.metadata.uid ?? '';
    cloud = new FakeProvider();
    state = async () => {
      const lists = await Promise.all(
        [KATA_CONFIG, PEER_POD_CONFIG, DAEMON_SET, DEPLOYMENT, POD].map((kind) => api.list(kind)),
      );
      const objects = lists.flatMap(({ items }) =>
        items.map(({ metadata, status }) => ({ name: metadata.name, ends: metadata.deletionTimestamp, status })),
      );
      return JSON.stringify([...troubles, ...objects]);
    };
  });

  after(async () => {
    await nodes?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
  });

  const flags = (...more: readonly string[]) => [
    ...['-namespace', namespace, '-image', 'registry.example/peerpods:1', '-health-port', '0', '-sweep', 'off'],
    // A machine that is very busy may lose the lease, and nobody starts a controller anew here.
    ...['-kubeconfig', kubeconfig, '-leader-elect=false', ...more],
  ];
  const start = async (...more: readonly string[]): Promise<RunningController> => {
    const { values } = parseOptions(controllerOptions, flags(...more), {});
    const overrides = { loadProvider: async () => module };
    const controller = await startController(controllerSettings(values), {}, silentLog, overrides);
    controller.failed.catch((error: unknown) => troubles.push(String(error)));
    return controller;
  };
  /** What a replica of the webhook does once it has its certificate. */
  const webhookTrusts = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const found = await api.get({ kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' });
      const entry = dig(found, 'webhooks', 0);
      if (entry && !dig(entry, 'clientConfig', 'caBundle')) {
        const operations = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: await bundle() }] as const;
        const key = { kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' };
        await api.patch(key, { type: 'json', operations }).catch(() => {});
      }
      await pause(100);
    }
  };
  const bundle = async () => {
    const found = await api.get({ kind: CONFIG_MAP, namespace, name: 'kube-root-ca.crt' });
    return Buffer.from(String(dig(found, 'data', 'ca.crt'))).toString('base64');
  };
  const owned = async () => {
    const kinds: readonly ResourceKind[] = [
      ...[CLUSTER_ROLE_BINDING, DAEMON_SET, DEPLOYMENT, MUTATING_WEBHOOK_CONFIGURATION, POD_DISRUPTION_BUDGET],
      ...[RUNTIME_CLASS, SERVICE, PEER_POD_CONFIG, POD],
    ];
    const lists = await Promise.all(
      kinds.map((kind) => api.list(kind, { labelSelector: 'app.kubernetes.io/managed-by=peerpods-controller' })),
    );
    return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toSorted();
  };
  const condition = (object: KubeObject | undefined, type: string) =>
    conditionsOf(object?.status).find((one) => one.type === type);
  const kata = async (enablePeerPods: boolean) => {
    const body = { apiVersion: 'kataconfiguration.openshift.io/v1', kind: 'KataConfig', metadata: { name: 'kata' } };
    const patch = { type: 'apply', body: { ...body, spec: { enablePeerPods } }, fieldManager: 'a-person' } as const;
    await api.patch({ kind: KATA_CONFIG, name: 'kata' }, patch);
  };
  const settled = (msMax = 180_000) =>
    until(
      'the KataConfig is idle and its PeerPodConfig available',
      async () => {
        const [config] = (await api.list(PEER_POD_CONFIG)).items;
        const parent = await api.get({ kind: KATA_CONFIG, name: 'kata' });
        const idle =
          condition(parent, 'InProgress')?.status === 'False' && condition(parent, 'InProgress')?.reason === '';
        return (
          condition(config, 'Available')?.status === 'True' &&
          condition(config, 'Progressing')?.status === 'False' &&
          idle
        );
      },
      msMax,
    );

  test('KataConfig brings every part up; nothing is written any more; without it nothing is left', async (context) => {
    if (lacksKubernetes(context)) return;
    const stop = new AbortController();
    const trusting = webhookTrusts(stop.signal);
    const controller = await start();
    try {
      await kata(true);
      await settled();
      const parts = await owned();
      assert.ok(
        ['DaemonSet peerpods-adaptor', 'DaemonSet peerpods-relay', 'RuntimeClass kata-remote'].every((one) =>
          parts.includes(one),
        ),
      );
      const webhook = await api.get({ kind: MUTATING_WEBHOOK_CONFIGURATION, name: 'peerpods-webhook' });
      assert.equal(dig(webhook, 'webhooks', 0, 'failurePolicy'), 'Fail');
      const [config] = (await api.list(PEER_POD_CONFIG)).items;
      assert.deepEqual(dig(config, 'status', 'nodes'), { desired: 2, ready: 2 });
      const versions = async () =>
        await Promise.all(
          [DAEMON_SET, DEPLOYMENT, MUTATING_WEBHOOK_CONFIGURATION, RUNTIME_CLASS, PEER_POD_CONFIG, KATA_CONFIG].map(
            async (kind) => (await api.list(kind)).items.map(({ metadata }) => metadata.resourceVersion),
          ),
        );
      const quiet = await versions();
      // Somebody touches the config: it is looked at again, and nothing has to be written.
      await api.patch(
        { kind: CONFIG_MAP, namespace, name: 'peer-pods-cm' },
        { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } },
      );
      await pause(1500);
      assert.deepEqual(await versions(), quiet);
      await kata(false);
      await until('nothing is left', async () => (await owned()).length === 0);
      await kata(true);
      await settled();
      await api.delete({ kind: KATA_CONFIG, name: 'kata' });
      await until('the KataConfig is gone', async () => !(await api.get({ kind: KATA_CONFIG, name: 'kata' })));
      await until('nothing is left', async () => (await owned()).length === 0);
    } finally {
      stop.abort();
      await trusting;
      await controller.drain();
    }
  });

  test('changed settings roll the adaptor and leave the relay', async (context) => {
    if (lacksKubernetes(context)) return;
    const stop = new AbortController();
    const trusting = webhookTrusts(stop.signal);
    const controller = await start();
    const podsOf = async (component: string) =>
      (await api.list(POD, { namespace, labelSelector: `app.kubernetes.io/component=${component}` })).items
        .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
        .map(({ metadata }) => metadata.uid)
        .toSorted();
    try {
      await kata(true);
      await settled();
      const [adaptors, relays] = [await podsOf('adaptor'), await podsOf('relay')];
      assert.deepEqual([adaptors.length, relays.length], [2, 2]);
      const body = { data: { PEERPODS_LIMIT_PER_NODE: '4' } };
      await api.patch({ kind: CONFIG_MAP, namespace, name: 'peer-pods-cm' }, { type: 'merge', body });
      await until('every adaptor is another', async () => {
        const now = await podsOf('adaptor');
        return now.length === 2 && now.every((uid) => !adaptors.includes(uid));
      });
      assert.deepEqual(await podsOf('relay'), relays);
      await settled();
      await api.delete({ kind: KATA_CONFIG, name: 'kata' });
      await until('the KataConfig is gone', async () => !(await api.get({ kind: KATA_CONFIG, name: 'kata' })));
      await until('nothing is left', async () => (await owned()).length === 0);
    } finally {
      stop.abort();
      await trusting;
      await controller.drain();
    }
  });

  const podVmFor = async (sandboxId: string): Promise<string> => {
    const owner = { cluster: clusterUid, node: 'worker-1' };
    const spec = { sandboxId, name: `podvm-${sandboxId}`, podName: sandboxId, podNamespace: namespace, owner };
    return (await cloud.create({ ...spec, userData: '', sizing: {} }, { signal })).id;
  };
  /** A pod and its PeerPod, as an adaptor leaves them that never comes back. */
  const peerPod = async (name: string, instanceID: string): Promise<void> => {
    const pod = await api.create<KubeObject>(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: { nodeName: 'worker-1', containers: [{ name: 'c', image: 'i' }] },
      },
      POD,
    );
    const owner = {
      apiVersion: 'v1',
      kind: 'Pod',
      name,
      uid: pod.metadata.uid ?? '',
      controller: true,
      blockOwnerDeletion: true,
    };
    const metadata = {
      name: `${name}-resource-aaaaa`,
      namespace,
      finalizers: ['peer.pod/finalizer'],
      ownerReferences: [owner],
    };
    const spec = { cloudProvider: 'fake', instanceID, nodeName: 'worker-1', podUID: owner.uid, sandboxID: name };
    await api.create({ apiVersion: 'confidentialcontainers.org/v1alpha1', kind: 'PeerPod', metadata, spec }, PEER_POD);
  };

  test('pods whose adaptor never comes back lose their pod VMs, each once, also while controllers are killed', async (context) => {
    if (lacksKubernetes(context)) return;
    const names = Array.from({ length: 12 }, (_, at) => `lost-${at}`);
    for (const [at, name] of names.entries()) await peerPod(name, at % 3 === 0 ? '' : await podVmFor(name));
    for (const [at, name] of names.entries()) if (at % 3 === 0) await podVmFor(name); // on no record
    const controllers = [await start('-leader-elect'), await start('-leader-elect')];
    try {
      await Promise.all(names.map((name) => api.delete({ kind: POD, namespace, name })));
      await until('the first PeerPod is gone', async () => (await api.list(PEER_POD)).items.length < names.length);
      await controllers[0]?.drain(); // the other one takes over
      await until('no PeerPod is left', async () => (await api.list(PEER_POD)).items.length === 0, 60_000);
      assert.deepEqual(cloud.podVms, []);
      const ended = cloud.calls.filter(({ operation }) => operation === 'delete').map(({ subject }) => subject);
      assert.deepEqual([new Set(ended).size, ended.length], [12, 12]);
    } finally {
      await Promise.all(controllers.map((one) => one.drain().catch(() => {})));
    }
  });

  test('credentials that are mended are used at once, and until then the object says what is wrong', async (context) => {
    if (lacksKubernetes(context)) return;
    const id = await podVmFor('stuck');
    const real = cloud.delete.bind(cloud);
    let opened = 0;
    const strict: ProviderModule = {
      ...module,
      options: [{ flag: 'key', env: 'FAKE_KEY', kind: 'string', help: 'a key' }],
      open: async (values): Promise<PodVmProvider> => {
        opened += 1;
        const refuse = async () => {
          throw new ProviderError('auth', 'the key is expired');
        };
        const remove: PodVmProvider['delete'] = values.key === 'new' ? real : refuse;
        return {
          ...(await module.open(values, {} as never)),
          delete: remove,
          get: cloud.get.bind(cloud),
          list: cloud.list.bind(cloud),
          close: async () => {},
        } as PodVmProvider;
      },
    };
    const secret = (key: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'peer-pods-secret', namespace },
      data: { FAKE_KEY: Buffer.from(key).toString('base64') },
    });
    await api.create(secret('old'), SECRET);
    const { values } = parseOptions(controllerOptions, flags(), {});
    const controller = await startController(controllerSettings(values), {}, silentLog, {
      loadProvider: async () => strict,
    });
    try {
      await peerPod('stuck', id);
      await api.delete({ kind: POD, namespace, name: 'stuck' });
      const key = { kind: PEER_POD, namespace, name: 'stuck-resource-aaaaa' };
      const stuck = await until('the PeerPod says it', async () => condition(await api.get(key), 'VmDeleted'));
      assert.deepEqual([stuck.reason, stuck.status], ['DeleteFailed', 'False']);
      assert.match(stuck.message, /the key is expired.*peerpods\.io\/abandon=/);
      await pause(5000); // the back-off has grown past what the next wait allows
      const { items } = await api.list<KubeObject & { reason?: string }>(EVENT, {
        namespace,
        fieldSelector: 'involvedObject.kind=PeerPod',
      });
      assert.equal(items.filter(({ reason }) => reason === 'DeleteFailed').length, 1);
      await api.patch(
        { kind: SECRET, namespace, name: 'peer-pods-secret' },
        { type: 'merge', body: { data: secret('new').data } },
      );
      const from = performance.now();
      await until('the PeerPod is gone', async () => !(await api.get(key)), 10_000);
      assert.ok(performance.now() - from < 3000, 'at once');
      assert.deepEqual([cloud.podVms, opened], [[], 2]);
    } finally {
      await controller.drain();
      await api.delete({ kind: SECRET, namespace, name: 'peer-pods-secret' });
    }
  });

  test('killed after each of its writes while it sets up and takes down, a controller process converges', async (context) => {
    if (lacksKubernetes(context)) return;
    const stop = new AbortController();
    const trusting = webhookTrusts(stop.signal);
    await using proxy = await FaultProxy.start(cluster);
    const path = await proxy.writeKubeconfig(cluster.files.path('killed-controller.kubeconfig'));
    const folder = temporaryFolder('killed-controllers');
    const main = new URL('../../src/daemons/controller/main.ts', import.meta.url).pathname;
    const argv = [main, ...flags('-kubeconfig', path)];
    const children = new Set<ChildProcess>();
    const isWrite = ({ method, path }: SeenRequest) => method !== 'GET' && !path.includes('/events');
    /** Processes that live as long as one write of theirs takes, until one has nothing left to do: `isDone`. */
    const killedAfterEachWrite = async (isDone: () => Promise<unknown>) => {
      const done = isDone().then(
        () => 'done',
        (error: unknown) => error,
      );
      for (let kills = 0; kills <= killsMax; kills += 1) {
        const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { ...process.env, TMPDIR: folder } });
        children.add(child);
        const exited = once(child, 'exit');
        proxy.plan(isWrite, { kind: 'reset-after', executed: () => child.kill('SIGKILL') });
        const end = await Promise.race([exited.then(() => 'killed'), done]);
        proxy.endPlans();
        if (end === 'done') return { kills, child, exited };
        assert.equal(end, 'killed');
        assert.equal(child.signalCode, 'SIGKILL');
      }
      throw new Error(`after ${killsMax} kills it still writes`);
    };
    try {
      await kata(true);
      const up = await killedAfterEachWrite(settled);
      const parts = (await owned()).filter((part) => !part.startsWith('Pod '));
      up.child.kill('SIGKILL');
      await up.exited;
      await api.delete({ kind: KATA_CONFIG, name: 'kata' });
      const down = await killedAfterEachWrite(() =>
        until(
          'nothing is left',
          async () => (await owned()).length === 0 && !(await api.get({ kind: KATA_CONFIG, name: 'kata' })),
          180_000,
        ),
      );
      context.diagnostic(`${up.kills} kills until it was set up, ${down.kills} until nothing was left`);
      // Each part took one write at least, and finalizers and status some more.
      assert.ok(up.kills > parts.length, `${up.kills} kills for ${parts.length} parts`);
      assert.ok(down.kills > 2, `${down.kills} kills`);
    } finally {
      for (const one of children) one.kill('SIGKILL');
      stop.abort();
      await trusting;
    }
  });
});

function bound(of: FakeProvider, name: string | symbol): unknown {
  const value: unknown = Reflect.get(of, name, of);
  return typeof value === 'function' ? value.bind(of) : value;
}
