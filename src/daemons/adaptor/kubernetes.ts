/** Opens what the adaptor does in Kubernetes, when the settings name its node and there is a cluster. */

import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { deadlineSignal } from '#base/signals.ts';
import { CapacityKeeper } from '#domain/node-duties/capacity-keeper.ts';
import { PeerPods } from '#domain/node-duties/peer-pods.ts';
import { pausedPods } from '#domain/node-duties/pod-facts.ts';
import { PodReader } from '#domain/node-duties/pod-reader.ts';
import { PullSecrets } from '#domain/node-duties/pull-secrets.ts';
import { SandboxDuties } from '#domain/node-duties/sandbox-duties.ts';
import { type Cluster, connectKubernetes } from '#io/kubernetes/connect.ts';
import { POD } from '#io/kubernetes/kinds.ts';
import type { AdaptorSettings, KubernetesSettings } from './settings.ts';

export interface NodeDutiesParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As PeerPods name it. */
  readonly provider: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export type NodeDutiesSettings = Pick<AdaptorSettings, 'node' | 'podVmsMax'> & {
  readonly kubernetes: KubernetesSettings;
};

/** SIGTERM leaves little time. */
const withdrawMsMax = 3000;
const listMsMax = 4000;
const program = 'cloud-api-adaptor';

export class NodeDuties implements AsyncDisposable {
  readonly sandboxes: SandboxDuties;
  readonly #cluster: Cluster;
  readonly #settings: NodeDutiesSettings;
  readonly #parts: NodeDutiesParts;
  readonly #startedAtMs: number;
  #capacity: CapacityKeeper | undefined;

  constructor(cluster: Cluster, settings: NodeDutiesSettings, parts: NodeDutiesParts) {
    const { api } = cluster;
    this.#cluster = cluster;
    this.#settings = settings;
    this.#parts = parts;
    this.#startedAtMs = parts.clock.wallNow();
    const { node, kubernetes } = settings;
    const pods = new PodReader({ api, node });
    const common = { ...parts, api, pods };
    const pullSecrets = kubernetes.pullSecrets ? new PullSecrets(common) : undefined;
    this.sandboxes = new SandboxDuties({ pods, peerPods: new PeerPods({ ...common, node }), pullSecrets });
  }

  /** Whether the node shows this instance's limit; undefined: there is none to show. */
  get isAdvertised(): boolean | undefined {
    return this.#capacity && this.#capacity.step === 'settled';
  }

  /** Once sandboxes can be created here. */
  advertise(): void {
    const { node, podVmsMax: limit, kubernetes } = this.#settings;
    if (limit === undefined) return;
    const { podUid } = kubernetes;
    this.#capacity = new CapacityKeeper({ ...this.#parts, api: this.#cluster.api, node, podUid, limit });
  }

  /** Rejects, saying why, until a rolling update may go on to the next node. */
  async started(): Promise<void> {
    await this.#capacity?.advertised();
    const { node, kubernetes } = this.#settings;
    const call = { fieldSelector: `spec.nodeName=${node}`, timeoutMs: listMsMax };
    const { items } = await this.#cluster.api.list(POD, call);
    const paused = pausedPods(items, kubernetes.runtimeClass, this.#startedAtMs);
    if (paused.length === 0) return;
    const names = paused.slice(0, 5).join(', ');
    throw new PeerPodError('E_KUBE_UNAVAILABLE', `${paused.length} pods stopped being ready since the start: ${names}`);
  }

  /** At the end of the process; what another instance owns stays. */
  async withdraw(): Promise<void> {
    using limits = deadlineSignal(this.#parts.clock, withdrawMsMax, 'withdraw the limit');
    const { log } = this.#parts;
    await this.#capacity?.withdraw(limits.signal).catch((error: unknown) => log.warn({ error }, 'limit not withdrawn'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#capacity?.[Symbol.asyncDispose]();
    await this.sandboxes[Symbol.asyncDispose]();
    this.#cluster[Symbol.dispose]();
  }
}

/** Undefined outside of a cluster. Makes no call. */
export async function openNodeDuties(
  settings: AdaptorSettings,
  parts: NodeDutiesParts,
): Promise<NodeDuties | undefined> {
  const { env, log } = parts;
  const { kubernetes, node, podVmsMax } = settings;
  if (!kubernetes) return undefined;
  if (!env.KUBERNETES_SERVICE_HOST && !env.KUBECONFIG) {
    log.info({ node }, 'no cluster: neither KUBERNETES_SERVICE_HOST nor KUBECONFIG is set');
    return undefined;
  }
  const own = { ...parts, log: log.child({ part: 'kubernetes' }) };
  const cluster = await connectKubernetes({ ...own, program });
  return new NodeDuties(cluster, { node, podVmsMax, kubernetes }, own);
}
