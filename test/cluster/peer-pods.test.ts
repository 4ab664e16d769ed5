/**
 * All of it in one cluster: Kubernetes' own servers, the chart put there by Helm, and controller, webhook, relay and adaptor
 * as the processes that a node would run. Each pod has its network, its account's rights and its probes.
 */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { paths } from '#dev/demo/daemons.ts';
import type { KubernetesApi, ResourceKind } from '#io/kubernetes/api.ts';
import {
  CLUSTER_ROLE_BINDING,
  DAEMON_SET,
  DEPLOYMENT,
  KATA_CONFIG,
  LEASE,
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE,
  PEER_POD,
  PEER_POD_CONFIG,
  POD,
  POD_DISRUPTION_BUDGET,
  RUNTIME_CLASS,
  SERVICE,
} from '#io/kubernetes/kinds.ts';
import type { Lease, Node, Pod, RuntimeClass } from '#io/kubernetes/objects.ts';
import { insideOwnNamespaces } from '../support/own-namespaces.ts';
import { hasHelm, lacksHelm, namespace } from './support/helm.ts';
import { InstalledCluster, nodeName, runtimeClass } from './support/installed-cluster.ts';
import { hasKubernetes, lacksKubernetes } from './support/kubernetes-program.ts';

const resource = 'kata.peerpods.io/vm';

let installed: InstalledCluster;
let api: KubernetesApi;

const values = {
  provider: 'local',
  providerConfigs: { local: { STATE_DIR: paths.stateDir, PEERPODS_LIMIT_PER_NODE: '2' } },
  runtimeClass: { overhead: { cpu: '125m', memory: '99Mi' } },
};

async function setUp(): Promise<void> {
  await InstalledCluster.prepareNode();
  installed = await InstalledCluster.start(values);
  api = installed.api;
}

const until: InstalledCluster['until'] = (...args) => installed.until(...args);
const isUp = () => installed.isAvailable();

async function capacity(): Promise<string | undefined> {
  const node = await api.get<Node>({ kind: NODE, name: nodeName });
  return node?.status?.capacity?.[resource];
}

/** What exists because of a KataConfig, less what the chart brought. */
async function made(): Promise<string[]> {
  const kinds: readonly ResourceKind[] = [
    ...[CLUSTER_ROLE_BINDING, DAEMON_SET, DEPLOYMENT, MUTATING_WEBHOOK_CONFIGURATION, POD_DISRUPTION_BUDGET],
    ...[RUNTIME_CLASS, SERVICE, PEER_POD_CONFIG, PEER_POD, POD],
  ];
  const lists = await Promise.all(kinds.map((kind) => api.list(kind, {})));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata, kind }) => /^(peerpod|kata)/.test(metadata.name ?? '') || kind === 'PeerPod')
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    .filter((name) => !/peerpods-(controller|metrics)|^Pod$/.test(name))
    .toSorted();
}

let leadersKilled = 0;

/** Each a moment after it has begun to lead; the next one waits until the lease of the dead one has run out. */
async function killLeaders(count: number): Promise<void> {
  const key = { kind: LEASE, namespace, name: 'peerpods-controller' };
  for (let killed = 0; killed < count; killed += 1) {
    const known = killed === 0 ? undefined : (await api.get<Lease>(key))?.spec?.leaseTransitions;
    await until('somebody leads', async () => {
      const spec = (await api.get<Lease>(key))?.spec;
      return spec?.holderIdentity !== undefined && spec.leaseTransitions !== known;
    });
    await pause(200 + 1500 * Math.random());
    for (const controller of installed.kubelet.processes('controller')) controller.kill();
    leadersKilled += 1;
  }
}

const peerPod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    runtimeClassName: runtimeClass,
    containers: [
      { name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '6', memory: '8Gi' } } },
    ],
  },
});
const podKey = (name: string) => ({ kind: POD, namespace: 'default', name });
const isRunning = async (name: string) => (await api.get<Pod>(podKey(name)))?.status?.phase === 'Running';

if (insideOwnNamespaces(import.meta.filename)) {
  describe('peer pods in a cluster', () => {
    before(async () => {
      if (hasKubernetes() && hasHelm()) await setUp();
    });
    after(async () => {
      await installed?.[Symbol.asyncDispose]();
    });

    test('KataConfig with enablePeerPods brings up everything, down to the capacity of the node', async (t) => {
      if (lacksKubernetes(t) || lacksHelm(t)) return;
      const startedAt = performance.now();
      await installed.setKata(true);
      await until('everything is available', isUp, 90_000);
      t.diagnostic(`up after ${Math.round(performance.now() - startedAt)} ms`);
      assert.deepEqual(
        (await made()).filter((name) => !name.startsWith('Pod ')),
        [
          'ClusterRoleBinding peerpods-adaptor',
          'ClusterRoleBinding peerpods-webhook',
          'DaemonSet peerpods-adaptor',
          'DaemonSet peerpods-relay',
          'Deployment peerpods-webhook',
          'MutatingWebhookConfiguration peerpods-webhook',
          'PeerPodConfig peerpodconfig',
          'PodDisruptionBudget peerpods-webhook',
          'RuntimeClass kata-remote',
          'Service peerpods-webhook',
        ],
      );
      await until('the node has its capacity', async () => (await capacity()) === '2');
      const { overhead } = (await api.get<RuntimeClass>({ kind: RUNTIME_CLASS, name: runtimeClass })) ?? {};
      assert.deepEqual(overhead?.podFixed, { cpu: '125m', memory: '99Mi' }, "the chart's values count");
    });

    test('a pod of the class is mutated, scheduled by capacity and runs in a VM of its own; its end ends the VM', async (t) => {
      if (lacksKubernetes(t) || lacksHelm(t)) return;
      for (const name of ['one', 'two', 'three']) {
        const pod = await api.create(peerPod(name), POD);
        assert.deepEqual(pod.spec.containers[0]?.resources, {
          limits: { [resource]: '1' },
          requests: { [resource]: '1' },
        });
        assert.equal(pod.metadata.annotations?.['io.katacontainers.config.hypervisor.default_memory'], '8192');
        if (name === 'two') await until('two run', async () => (await isRunning('one')) && (await isRunning('two')));
      }
      const { items: peerPods } = await api.list(PEER_POD, {});
      assert.deepEqual(peerPods.map(({ metadata }) => metadata.ownerReferences?.[0]?.name).toSorted(), ['one', 'two']);
      for (const { spec } of peerPods) assert.ok((spec as { readonly instanceID?: string }).instanceID);
      const third = await until('the third is told why it waits', async () => {
        const pod = await api.get<Pod>(podKey('three'));
        return pod?.status?.conditions?.find(({ message }) => message?.includes(`Insufficient ${resource}`)) && pod;
      });
      assert.equal(third.status?.phase, 'Pending');
      await api.delete(podKey('one'));
      await until('the third runs', () => isRunning('three'));
      for (const name of ['two', 'three']) await api.delete(podKey(name));
      await until('no PeerPod is left', async () => (await api.list(PEER_POD, {})).items.length === 0);
      await until('no pod is left', async () => (await api.list(POD, { namespace: 'default' })).items.length === 0);
    });

    test('the adaptor is replaced under a running pod, which does not notice', async (t) => {
      if (lacksKubernetes(t) || lacksHelm(t)) return;
      await api.create(peerPod('steady'), POD);
      await until('it runs', () => isRunning('steady'));
      const [before] = (await api.list(PEER_POD, {})).items;
      const [old] = installed.kubelet.processes('adaptor');
      const { items } = await api.list(POD, { namespace, labelSelector: 'app.kubernetes.io/component=adaptor' });
      await api.delete({ kind: POD, namespace, name: items[0]?.metadata.name ?? '' });
      await until('another adaptor is ready', async () => {
        const [now] = installed.kubelet.processes('adaptor');
        return now !== old && now?.isReady;
      });
      await until('the node has its capacity', async () => (await capacity()) === '2');
      assert.deepEqual(
        (await api.list(PEER_POD, {})).items.map(({ metadata }) => metadata.uid),
        [before?.metadata.uid],
      );
      await api.delete(podKey('steady'));
      await until('no PeerPod is left', async () => (await api.list(PEER_POD, {})).items.length === 0);
    });

    test('without KataConfig nothing is left, on the node neither', async (t) => {
      if (lacksKubernetes(t) || lacksHelm(t)) return;
      await api.delete({ kind: KATA_CONFIG, name: 'kata' });
      await until('the KataConfig has gone', async () => !(await api.get({ kind: KATA_CONFIG, name: 'kata' })), 90_000);
      await until('all has gone', async () => (await made()).length === 0);
      assert.equal(await capacity(), undefined);
      // A pod of the class is no longer admitted, instead of running on the worker by accident.
      await assert.rejects(api.create(peerPod('late'), POD), /RuntimeClass "kata-remote" not found/);
    });

    test('leaders that are killed in the middle of setting up and taking down come to the same end', async (t) => {
      if (lacksKubernetes(t) || lacksHelm(t)) return;
      const killsBefore = leadersKilled;
      await installed.setKata(true);
      await killLeaders(2);
      await until('everything is available', isUp, 90_000);
      await until('the node has its capacity', async () => (await capacity()) === '2');
      await api.delete({ kind: KATA_CONFIG, name: 'kata' });
      await killLeaders(2);
      await until('all has gone', async () => (await made()).length === 0, 90_000);
      await until('the KataConfig has gone', async () => !(await api.get({ kind: KATA_CONFIG, name: 'kata' })));
      assert.equal(await capacity(), undefined);
      assert.equal(leadersKilled - killsBefore, 4);
      assert.deepEqual(installed.kubelet.troubles, []);
    });
  });
}
