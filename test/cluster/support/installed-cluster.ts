/** Kubernetes' servers, one node that runs our pods as processes, and the chart put there by Helm. Own namespaces only. */

import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { paths } from '#dev/demo/daemons.ts';
import { setUpWorkerNode } from '#dev/demo/worker-node.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { KATA_CONFIG, PEER_POD_CONFIG, POD } from '#io/kubernetes/kinds.ts';
import type { Condition, Pod } from '#io/kubernetes/objects.ts';
import { chart, helm, namespace, type Values } from './helm.ts';
import { hostIp, ProcessKubelet } from './process-kubelet.ts';
import { TestCluster } from './test-cluster.ts';

export const nodeName = 'worker';
export const runtimeClass = 'kata-remote';

export class InstalledCluster implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly kubelet: ProcessKubelet;
  /** Each test builds on the ones before: after a failure the others need not wait. */
  #isBroken = false;

  private constructor(cluster: TestCluster, kubelet: ProcessKubelet) {
    this.cluster = cluster;
    this.kubelet = kubelet;
  }

  /** The worker's own network; whatever else listens on `hostIp` can be started then. */
  static async prepareNode(): Promise<void> {
    await setUpWorkerNode();
    for (const folder of [paths.logs, paths.stateDir]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  static async start(values: Values): Promise<InstalledCluster> {
    const cluster = await TestCluster.start({
      servers: ['controller-manager', 'scheduler'],
      addresses: [hostIp],
      // Services lead to their endpoints without a kube-proxy.
      apiserverFlags: ['--enable-aggregator-routing=true'],
    });
    const labels = { 'node.kubernetes.io/worker': '' };
    const image = 'registry.example/peerpods:test';
    const kubelet = await ProcessKubelet.start({ cluster, nodeName, labels, image, runtimeClass });
    const installed = new InstalledCluster(cluster, kubelet);
    await cluster.createNamespace(namespace);
    const all = {
      image: { name: 'registry.example/peerpods', tag: 'test' },
      peerPodConfig: { create: false },
      ...values,
    };
    const { code, stderr } = await helm(
      ['install', 'peerpods', chart, '-n', namespace],
      all,
      cluster.files.adminKubeconfig,
    );
    if (code === 0) return installed;
    await installed[Symbol.asyncDispose]();
    throw new Error(stderr);
  }

  get api(): KubernetesApi {
    return this.cluster.api;
  }

  async until<T>(what: string, look: () => Promise<T | undefined | false>, msMax = 60_000): Promise<T> {
    const end = performance.now() + (this.#isBroken ? 0 : msMax);
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      this.#isBroken ||= performance.now() > end;
      if (this.#isBroken) throw new Error(`it did not come to this: ${what}\n${await this.#scene()}`);
      await pause(50);
    }
  }

  async setKata(enablePeerPods: boolean): Promise<void> {
    const object = { apiVersion: 'kataconfiguration.openshift.io/v1', kind: 'KataConfig', metadata: { name: 'kata' } };
    const body = { ...object, spec: { enablePeerPods } };
    const patch = { type: 'apply', body, fieldManager: 'admin', force: true } as const;
    await this.api.patch({ kind: KATA_CONFIG, name: 'kata' }, patch);
  }

  /** Whether the one PeerPodConfig says so. */
  async isAvailable(): Promise<boolean> {
    const { items } = await this.api.list(PEER_POD_CONFIG, { namespace });
    return items.length === 1 && conditionOf(items[0], 'Available')?.status === 'True';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kubelet[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }

  /** For the message of a failure. */
  async #scene(): Promise<string> {
    const { items } = await this.api.list<Pod>(POD, {});
    const pods = items.map(({ metadata, status }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      const why = status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
      return `${metadata.namespace}/${metadata.name} ${status?.phase} ready ${ready} ${why}`;
    });
    const logs: string[] = [];
    for (const component of ['controller', 'webhook', 'relay', 'adaptor']) {
      for (const { logPath } of this.kubelet.processes(component)) {
        logs.push(`${logPath}\n${readFileSync(logPath, 'utf8').split('\n').slice(-6).join('\n')}`);
      }
    }
    const configs = (await this.api.list(PEER_POD_CONFIG, {})).items.map(({ status }) => JSON.stringify(status));
    return [...pods, ...this.kubelet.troubles, ...configs, ...logs].join('\n').slice(0, 8000);
  }
}

function conditionOf(object: KubeObject | undefined, type: string): Condition | undefined {
  const { conditions } = (object?.status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions?.find((condition) => condition.type === type);
}
