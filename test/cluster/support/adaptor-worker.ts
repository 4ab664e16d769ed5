/** A worker of a real control plane: its Node, relay and adaptors as processes, the local provider, pods and their shims. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, paths } from '#dev/demo/daemons.ts';
import { addPod, setUpWorkerNode, type WorkerPod } from '#dev/demo/worker-node.ts';
import { Hypervisor } from '#dev/shim/shim.ts';
import { crdObject } from '#domain/cluster/crds/definition.ts';
import { peerPodCrd } from '#domain/cluster/crds/peer-pod-crd.ts';
import type { PeerPod } from '#domain/node-duties/peer-pod.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, CRD, NODE, PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import type { Node, Pod } from '#io/kubernetes/objects.ts';
import { adaptorRights } from '../../../src/cli/doctor/kubernetes.ts';
import { newSandboxId, until } from '../../support/adaptor-scene.ts';
import { runAdaptor, runRelay } from '../../support/worker-daemons.ts';
import { TestCluster } from './test-cluster.ts';

export const nodeName = 'worker-1';
export const resource = 'kata.peerpods.io/vm';
export const ownerKey = 'kata.peerpods.io/caa-owner';
const user = 'system:serviceaccount:peerpods-system:peerpods-adaptor';

/** Those that the chart gives it, which a test of their own holds. */
export const adaptorRules = adaptorRights.map(({ verb, resource, subresource, group }) => ({
  apiGroups: [group],
  resources: [subresource ? `${resource}/${subresource}` : resource],
  verbs: [verb],
}));

export interface ClusterPod {
  readonly id: string;
  readonly name: string;
  readonly worker: WorkerPod;
}

export class AdaptorWorker implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly shim = new Hypervisor(paths.hypervisorSocket);
  readonly #kubeconfig: string;
  #podsMade = 0;

  readonly #relay: Daemon;

  private constructor(cluster: TestCluster, kubeconfig: string, relay: Daemon) {
    this.cluster = cluster;
    this.#relay = relay;
    this.#kubeconfig = kubeconfig;
  }

  /** The cluster, the Node as its kubelet registers it, the PeerPod definition, and an account with the adaptor's rights. */
  static async start(): Promise<AdaptorWorker> {
    await setUpWorkerNode();
    const cluster = await TestCluster.start();
    const { api } = cluster;
    const metadata = { name: 'peerpods-adaptor' };
    const group = 'rbac.authorization.k8s.io';
    await api.create({ apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules: adaptorRules }, CLUSTER_ROLE);
    const binding = {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ apiGroup: group, kind: 'User', name: user }],
    };
    await api.create(binding, CLUSTER_ROLE_BINDING);
    await api.create(crdObject(peerPodCrd) as unknown as KubeObject, CRD);
    const isServed = async () => (await api.list(PEER_POD).catch(() => undefined)) !== undefined;
    await until(isServed, 'PeerPods to be served');
    const worker = new AdaptorWorker(cluster, await cluster.files.kubeconfigFor(user), await runRelay());
    await worker.registerNode();
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#relay[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }

  async registerNode(): Promise<void> {
    const { api } = this.cluster;
    await api.create<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } }, NODE);
    const body = { status: { capacity: { cpu: '8', pods: '110' } } };
    await api.patch({ kind: NODE, name: nodeName }, { type: 'merge', body }, { subresource: 'status' });
  }

  /** An adaptor as a DaemonSet's pod with this uid runs it. */
  async runAdaptor(podUid: string, env: Record<string, string> = {}, more: readonly string[] = []): Promise<Daemon> {
    const own = { KUBECONFIG: this.#kubeconfig, NODE_NAME: nodeName, POD_UID: podUid };
    return await runAdaptor({ ...own, ...env }, more);
  }

  async node(): Promise<{ owner: string | undefined; capacity: string | undefined }> {
    const node = await this.cluster.api.get<Node>({ kind: NODE, name: nodeName });
    return { owner: node?.metadata.annotations?.[ownerKey], capacity: node?.status?.capacity?.[resource] };
  }

  async untilNode(owner: string | undefined, capacity: string | undefined, withinMs = 15_000): Promise<void> {
    const isSo = async () => {
      const seen = await this.node();
      return seen.owner === owner && seen.capacity === capacity;
    };
    await until(isSo, `the node to show ${capacity} of ${owner}`, withinMs);
  }

  /** A pod on this node: its object, unless there is to be none, and its network namespace. */
  async addPod(spec: object | 'none' = {}): Promise<ClusterPod> {
    const index = this.#podsMade++;
    const worker = await addPod(index);
    if (spec !== 'none') {
      const containers = [{ name: 'app', image: 'registry.example.org/team/app:1' }];
      const metadata = { name: worker.name, namespace: 'default' };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName, containers, ...spec } } as Pod;
      await this.cluster.api.create(pod, POD);
    }
    return { id: newSandboxId(), name: worker.name, worker };
  }

  async createVm({ id, name, worker }: ClusterPod): Promise<string> {
    return await this.shim.createVm({ id, podName: name, podNamespace: 'default', netnsPath: worker.netnsPath });
  }

  async peerPods(): Promise<readonly PeerPod[]> {
    return (await this.cluster.api.list<PeerPod>(PEER_POD)).items;
  }

  async untilPeerPods(count: number, withinMs = 30_000): Promise<readonly PeerPod[]> {
    await until(async () => (await this.peerPods()).length === count, `${count} PeerPods`, withinMs);
    return await this.peerPods();
  }

  /** Pod VMs that the provider has. */
  machines(): readonly string[] {
    const folder = join(paths.stateDir, 'providers/local');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Records of sandboxes. */
  records(): readonly string[] {
    const folder = join(paths.stateDir, 'sandboxes');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  recordOf(id: string): string {
    return readFileSync(join(paths.stateDir, 'sandboxes', `${id}.json`), 'utf8');
  }

  async untilNothing(): Promise<void> {
    await until(() => this.machines().length === 0 && this.records().length === 0, 'machines and records to go');
  }
}
