/** Nodes without machines: what a kubelet would tell the API server about them and their pods, and no more. */

import { silentLog } from '#base/log.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import { NODE, POD } from '#io/kubernetes/kinds.ts';
import type { Node, Pod, Quantities } from '#io/kubernetes/objects.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';

export interface FakeNode {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly capacity?: Quantities;
}

export interface FakeNodesOptions {
  readonly api: KubernetesApi;
  readonly nodes: readonly FakeNode[];
  /** Pods that it leaves as they are when bound: their kubelet is busy, or their node is lost. */
  readonly ignores?: (pod: Pod) => boolean;
}

const usualCapacity = { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };

export class FakeNodes implements AsyncDisposable {
  readonly #options: FakeNodesOptions;
  readonly #names: ReadonlySet<string>;
  readonly #scope: TaskScope;
  readonly #informers: Informer<Pod | Node>[] = [];
  /** What could not be done; an expectation of none is a good one. */
  readonly troubles: unknown[] = [];

  private constructor(options: FakeNodesOptions) {
    this.#options = options;
    this.#names = new Set(options.nodes.map(({ name }) => name));
    this.#scope = new TaskScope((error) => this.troubles.push(error));
  }

  static async start(options: FakeNodesOptions): Promise<FakeNodes> {
    const fake = new FakeNodes(options);
    for (const node of options.nodes) await fake.#register(node);
    const { api } = options;
    const program = { clock: systemClock, random: systemRandom, log: silentLog };
    const pods = startInformer<Pod>(api, POD, { ...program, onChange: (_, pod) => pod && fake.#onPod(pod) });
    const nodes = startInformer<Node>(api, NODE, { ...program, onChange: (_, node) => node && fake.#onNode(node) });
    fake.#informers.push(pods, nodes);
    await Promise.all([pods.synced, nodes.synced]);
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const informer of this.#informers) await informer[Symbol.asyncDispose]();
    await this.#scope[Symbol.asyncDispose]();
  }

  async #register({ name, labels = {}, capacity = {} }: FakeNode): Promise<void> {
    const { api } = this.#options;
    const all = { ...usualCapacity, ...capacity };
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } };
    await api.create<Node>({ apiVersion: 'v1', kind: 'Node', metadata }, NODE);
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'a fake one' };
    const body = {
      // The server taints a new node as not ready; its own controller would take that off.
      spec: { taints: null },
      status: {
        capacity: all,
        allocatable: all,
        conditions: [ready],
        addresses: [{ type: 'Hostname', address: name }],
      },
    };
    await api.patch({ kind: NODE, name }, { type: 'merge', body: { spec: body.spec } });
    await api.patch({ kind: NODE, name }, { type: 'merge', body: { status: body.status } }, { subresource: 'status' });
  }

  /** As a kubelet does within its status interval: what is there can be allocated. */
  #onNode(node: Node): void {
    const { name = '' } = node.metadata;
    const { capacity = {}, allocatable = {} } = node.status ?? {};
    const isSame =
      JSON.stringify(Object.entries(capacity).sort()) === JSON.stringify(Object.entries(allocatable).sort());
    if (!this.#names.has(name) || isSame) return;
    const withdrawn = Object.keys(allocatable).filter((resource) => !(resource in capacity));
    const body = {
      status: { allocatable: { ...capacity, ...Object.fromEntries(withdrawn.map((key) => [key, null])) } },
    };
    this.#do(`allocatable of ${name}`, () =>
      this.#options.api.patch({ kind: NODE, name }, { type: 'merge', body }, { subresource: 'status' }),
    );
  }

  #onPod(pod: Pod): void {
    const { api, ignores } = this.#options;
    const { name = '', namespace = '', deletionTimestamp } = pod.metadata;
    if (!this.#names.has(pod.spec.nodeName ?? '') || ignores?.(pod)) return;
    const key = { kind: POD, namespace, name };
    if (deletionTimestamp !== undefined) {
      this.#do(`the end of ${name}`, () => api.delete(key, { gracePeriodSeconds: 0 }));
    } else if (pod.status?.phase === 'Pending') {
      const now = new Date(systemClock.wallNow()).toISOString();
      const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: now,
      }));
      const status = { phase: 'Running', startTime: now, conditions };
      this.#do(`the start of ${name}`, () =>
        api.patch(key, { type: 'strategic', body: { status } }, { subresource: 'status' }),
      );
    }
  }

  #do(what: string, action: () => Promise<unknown>): void {
    this.#scope.run(what, async () => {
      await action().catch((error: unknown) => {
        // The object went in the meantime.
        if ((error as { code?: unknown }).code !== 'E_KUBE_NOT_FOUND') throw error;
      });
    });
  }
}
