/** What the controller sees of the cluster, kept up to date: each kind as small as its use allows. */

import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import type { KubeObject, KubernetesApi, ResourceKind, Selection } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import {
  DAEMON_SET,
  DEPLOYMENT,
  KATA_CONFIG,
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE,
  PEER_POD,
  PEER_POD_CONFIG,
  POD,
} from '#io/kubernetes/kinds.ts';
import { canonical } from './desired/difference.ts';
import { selectorOf, webhookName } from './names.ts';
import { type AdaptorSight, type NodeSight, readAdaptorPod, readNode } from './nodes.ts';
import { type PeerPod, readPeerPod } from './peer-pod.ts';
import { PeerPodIndex } from './peer-pod-index.ts';

/** An object with only what we made of it. */
interface Slim<T> extends KubeObject {
  readonly sight: T;
}

export interface ViewListener {
  peerPod(key: string, peerPod: PeerPod | undefined): void;
  /** Something that a PeerPodConfig or KataConfig depends on, or one of them. */
  setup(): void;
}

export interface ViewParts {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly watchKata: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly listener: ViewListener;
  readonly onTrouble?: (error: unknown) => void;
}

export class ClusterView implements AsyncDisposable {
  readonly peerPods = new PeerPodIndex();
  readonly nodes = new Map<string, NodeSight>();
  readonly adaptors = new Map<string, AdaptorSight>();
  readonly configs: Informer<KubeObject>;
  readonly katas: Informer<KubeObject> | undefined;
  readonly #parts: ViewParts;
  readonly #needed: Informer<KubeObject>[] = [];
  readonly #others: Informer<KubeObject>[] = [];

  constructor(parts: ViewParts) {
    this.#parts = parts;
    const { namespace, listener } = parts;
    const setup = () => listener.setup();
    const labelSelector = Object.entries(selectorOf('adaptor'))
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    this.#needed.push(this.#followPeerPods());
    this.#needed.push(this.#followSights(NODE, {}, this.nodes, readNode, setup));
    this.#needed.push(this.#followSights(POD, { namespace, labelSelector }, this.adaptors, readAdaptorPod, setup));
    this.configs = this.#follow(PEER_POD_CONFIG, {}, setup);
    this.#needed.push(this.configs);
    if (parts.watchKata) this.katas = this.#follow(KATA_CONFIG, {}, setup);
    const ours = { namespace, labelSelector: 'app.kubernetes.io/name=peerpods' };
    this.#others.push(
      ...(this.katas ? [this.katas] : []),
      this.#follow(DAEMON_SET, ours, setup),
      this.#follow(DEPLOYMENT, ours, setup),
      this.#follow(MUTATING_WEBHOOK_CONFIGURATION, { fieldSelector: `metadata.name=${webhookName}` }, setup),
    );
  }

  /** What is needed to decide anything is known. The rest only wakes us. */
  get synced(): Promise<unknown> {
    return Promise.all(this.#needed.map(({ synced }) => synced));
  }

  get isSynced(): boolean {
    return this.#needed.every(({ isSynced }) => isSynced);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#needed, ...this.#others].map((one) => one[Symbol.asyncDispose]()));
  }

  #followPeerPods(): Informer<KubeObject> {
    const { api, listener } = this.#parts;
    const { peerPods } = this;
    return startInformer<Slim<PeerPod>>(api, PEER_POD, {
      ...this.#tools(),
      slim: (object) => slimOf(object, readPeerPod(object, peerPods.share), peerPods.share),
      onChange: (key, object) => {
        peerPods.set(key, object?.sight);
        listener.peerPod(key, object?.sight);
      },
    });
  }

  /** `changed` hears only of what makes a difference to us: nodes report every few seconds. */
  #followSights<T>(
    kind: ResourceKind,
    selection: Selection,
    into: Map<string, T>,
    read: (object: KubeObject) => T,
    changed: () => void,
  ): Informer<KubeObject> {
    return startInformer<Slim<T>>(this.#parts.api, kind, {
      ...this.#tools(),
      ...selection,
      slim: (object) => slimOf(object, read(object)),
      onChange: (key, object) => {
        const before = into.get(key);
        if (object) into.set(key, object.sight);
        else into.delete(key);
        if (!object || !before || canonical(before) !== canonical(object.sight)) changed();
      },
    });
  }

  #follow(kind: ResourceKind, selection: Selection, changed: () => void): Informer<KubeObject> {
    return startInformer(this.#parts.api, kind, { ...this.#tools(), ...selection, onChange: changed });
  }

  #tools() {
    const { clock, random, log, onTrouble } = this.#parts;
    return { clock, random, log, ...(onTrouble && { onTrouble }) };
  }
}

/** What the informer itself needs, and our sight of it. */
function slimOf<T>(object: KubeObject, sight: T, share: (text: string) => string = (text) => text): Slim<T> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: share(object.apiVersion),
    kind: share(object.kind),
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace: share(namespace) }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    sight,
  };
}
