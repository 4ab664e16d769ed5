/** Looks at one PeerPodConfig or KataConfig, has it decided what to do, and does it. */

import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { KATA_CONFIG, PEER_POD_CONFIG, POD, RUNTIME_CLASS } from '#io/kubernetes/kinds.ts';
import type { Plan } from './actions.ts';
import type { ClusterView } from './cluster-view.ts';
import { nodeSelectorOf } from './desired/adaptor.ts';
import { keyOfPart, parts, type SeenParts } from './desired/parts.ts';
import type { EventRecorder } from './event-recorder.ts';
import { chosenKata, readKataConfig } from './kata-config.ts';
import { matches } from './nodes.ts';
import { chosenConfig, type PeerPodConfig, readPeerPodConfig } from './peer-pod-config.ts';
import { peerPodKey } from './peer-pod-index.ts';
import { perform } from './perform.ts';
import type { ProviderSettings } from './provider-settings.ts';
import { fieldsOf, textOf } from './reading.ts';
import { reconcileConfig } from './reconcile-config.ts';
import { type KataObservation, reconcileKata } from './reconcile-kata.ts';
import type { ClusterSettings } from './settings.ts';

export interface SetupWorkerParts {
  readonly api: KubernetesApi;
  readonly view: ClusterView;
  readonly provider: ProviderSettings;
  readonly settings: ClusterSettings;
  readonly events: EventRecorder;
  readonly clock: Clock;
  /** UID of namespace kube-system. */
  readonly clusterUid: () => string | undefined;
}

/** Besides what changes wake us: some parts are not watched. */
const resyncMs = 300_000;
/** The class of pods in VMs on their own worker. */
const localRuntimeClass = 'kata';

export class SetupWorker {
  readonly #parts: SetupWorkerParts;
  /** By key, why the last plan could not be carried out. */
  readonly #failures = new Map<string, string>();

  constructor(parts: SetupWorkerParts) {
    this.#parts = parts;
  }

  /** Milliseconds until another look; undefined: it is gone. Throws what the API server refused. */
  async config(key: string, signal: AbortSignal): Promise<number | undefined> {
    const { api, view, provider, settings, clock, clusterUid } = this.#parts;
    const [namespace = '', name = ''] = key.split('/');
    const object = await api.get({ kind: PEER_POD_CONFIG, namespace, name }, { signal });
    if (!object) return this.#gone(key);
    const config = readPeerPodConfig(object);
    const others = view.configs
      .list()
      .map(readPeerPodConfig)
      .filter(({ uid }) => uid !== config.uid);
    const chosen = chosenConfig([config, ...others], settings.namespace);
    if (chosen?.uid === config.uid) await provider.use(config);
    await provider.known();
    const plan = reconcileConfig({
      config,
      chosen,
      settings,
      clusterUid: clusterUid(),
      provider: provider.facts(),
      seen: await this.#seen(signal),
      nodes: [...view.nodes.values()],
      adaptors: [...view.adaptors.values()],
      peerPods: { count: view.peerPods.size, example: this.#examplePeerPod() },
      failure: this.#failures.get(key),
      nowMs: clock.wallNow(),
    });
    return await this.#carryOut(key, plan, signal);
  }

  async kata(name: string, signal: AbortSignal): Promise<number | undefined> {
    const { api, view, settings, clock } = this.#parts;
    const object = await api.get({ kind: KATA_CONFIG, name }, { signal });
    if (!object) return this.#gone(name);
    const config = readKataConfig(object);
    const others = (view.katas?.list() ?? []).map(readKataConfig).filter(({ uid }) => uid !== config.uid);
    const { items } = await api.list(PEER_POD_CONFIG, { namespace: settings.namespace, signal });
    const plan = reconcileKata({
      config,
      chosen: chosenKata([config, ...others])?.name,
      namespace: settings.namespace,
      peerPodConfigs: items,
      runtimeClasses: await this.#runtimeClasses(signal),
      nodes: this.#kataNodes(chosenConfig(items.map(readPeerPodConfig), settings.namespace)),
      podsLeft: config.deletedAtMs === undefined ? undefined : await this.#podsLeft(signal),
      failure: this.#failures.get(name),
      nowMs: clock.wallNow(),
    });
    return await this.#carryOut(name, plan, signal);
  }

  async #carryOut(key: string, plan: Plan, signal: AbortSignal): Promise<number> {
    try {
      await perform(plan.actions, this.#parts, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#failures.set(key, errorText(error));
      throw error;
    }
    // What failed before and does not any more is still in the status.
    if (this.#failures.delete(key)) return 0;
    return plan.againMs ?? resyncMs;
  }

  #gone(key: string): undefined {
    this.#failures.delete(key);
  }

  async #seen(signal: AbortSignal): Promise<SeenParts> {
    const { api, settings } = this.#parts;
    const found = await Promise.all(
      parts.map(async (part) => [part.name, await api.get(keyOfPart(part, settings), { signal })] as const),
    );
    return Object.fromEntries(
      found.filter((entry): entry is [(typeof entry)[0], KubeObject] => entry[1] !== undefined),
    );
  }

  #examplePeerPod(): string | undefined {
    for (const peerPod of this.#parts.view.peerPods.all()) return peerPodKey(peerPod);
    return undefined;
  }

  async #runtimeClasses(signal: AbortSignal): Promise<readonly string[]> {
    const { api, settings } = this.#parts;
    const names = [localRuntimeClass, settings.runtimeClass];
    const found = await Promise.all(names.map((name) => api.get({ kind: RUNTIME_CLASS, name }, { signal })));
    return names.filter((_, at) => found[at] !== undefined);
  }

  #kataNodes(config: PeerPodConfig | undefined): KataObservation['nodes'] {
    const { view } = this.#parts;
    if (!config) return { installed: [], installing: [] };
    const selector = nodeSelectorOf(config);
    const serving = new Set([...view.adaptors.values()].filter(({ ready }) => ready).map(({ node }) => node));
    const names = [...view.nodes.values()].filter((node) => matches(node, selector)).map(({ name }) => name);
    names.sort();
    return {
      installed: names.filter((name) => serving.has(name)),
      installing: names.filter((name) => !serving.has(name)),
    };
  }

  /** PeerPods tell without a call; otherwise every pod has to be looked at, and none is kept. */
  async #podsLeft(signal: AbortSignal): Promise<NonNullable<KataObservation['podsLeft']>> {
    const { api, view, settings } = this.#parts;
    if (view.peerPods.size > 0) return { count: view.peerPods.size, example: this.#examplePeerPod() };
    const classes = [localRuntimeClass, settings.runtimeClass];
    let count = 0;
    let example: string | undefined;
    const slim = (pod: KubeObject) => {
      const isOne = classes.includes(textOf(fieldsOf(pod.spec).runtimeClassName) ?? '');
      if (isOne) example ??= `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (isOne) count += 1;
      return undefined;
    };
    await api.list(POD, { slim, signal });
    return { count, example };
  }
}
