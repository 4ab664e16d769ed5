/** The controller as a whole: sees the cluster, and while it leads, works on what changes. */

import type { BackoffPolicy } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { NAMESPACE } from '#io/kubernetes/kinds.ts';
import { ClusterView } from './cluster-view.ts';
import { eventRecorder } from './event-recorder.ts';
import type { PeerPod } from './peer-pod.ts';
import { chosenConfig, readPeerPodConfig } from './peer-pod-config.ts';
import { PeerPodWorker } from './peer-pod-worker.ts';
import { PodVms, type PodVmsParts, type ProviderSource } from './pod-vms.ts';
import { ProviderSettings, usualNames } from './provider-settings.ts';
import { type LoopObserver, type LoopParts, ReconcileLoop } from './reconcile-loop.ts';
import type { ClusterSettings } from './settings.ts';
import { SetupWorker } from './setup-worker.ts';
import { Sweeper, type SweepReport, type SweepSettings } from './sweeper.ts';

export interface ControllerObserver extends LoopObserver {
  readonly deletion: NonNullable<PodVmsParts['onDeletion']>;
  swept(report: SweepReport): void;
}

export interface ControllerParts {
  readonly api: KubernetesApi;
  readonly settings: ClusterSettings;
  readonly watchKata: boolean;
  readonly sweep: SweepSettings;
  readonly hands: number;
  /** Among the replicas. */
  readonly identity: string;
  /** Given the settings that it opens providers with, and who this cluster is. */
  readonly openSource: (
    settings: ProviderSettings,
    clusterUid: () => string | undefined,
  ) => ProviderSource & AsyncDisposable;
  readonly observer: ControllerObserver;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Capped at minutes: what was mended is then seen soon. */
const peerPodBackoff: BackoffPolicy = { firstMs: 1000, factor: 2, capMs: 300_000, jitterMs: 1000 };
const setupBackoff: BackoffPolicy = { firstMs: 1000, factor: 2, capMs: 60_000, jitterMs: 500 };
/** Nodes and pods change in crowds. */
const setupDelayMs = 500;
const uidRetryMs = 5000;

export class ClusterController implements AsyncDisposable {
  readonly view: ClusterView;
  readonly loops: readonly ReconcileLoop[];
  readonly #parts: ControllerParts;
  readonly #undo = new AsyncDisposableStack();
  readonly #provider: ProviderSettings;
  readonly #peerPods: ReconcileLoop;
  readonly #configs: ReconcileLoop;
  readonly #katas: ReconcileLoop;
  readonly #sweeper: Sweeper;
  #clusterUid: string | undefined;
  #leads = false;

  /** Begins to look; nothing is written before `lead`. */
  constructor(parts: ControllerParts) {
    this.#parts = parts;
    const { api, settings, clock, random, log, observer } = parts;
    const tools = { api, clock, random, log };
    this.#provider = this.#undo.use(
      new ProviderSettings({ ...tools, namespace: settings.namespace, onChange: () => this.#settingsChanged() }),
    );
    this.#undo.adopt(this.#provider.use(usualNames), async (using) => await using);
    const listener = { peerPod: this.#peerPodChanged, setup: () => this.#setupChanged() };
    this.view = this.#undo.use(
      new ClusterView({ ...tools, namespace: settings.namespace, watchKata: parts.watchKata, listener }),
    );
    const clusterUid = () => this.#clusterUid;
    const source = this.#undo.use(parts.openSource(this.#provider, clusterUid));
    const hasNode = (name: string) => this.view.nodes.has(name);
    const vms = new PodVms({ source, clock, hasNode, onDeletion: observer.deletion });
    const events = eventRecorder({ ...tools, identity: parts.identity });
    const index = this.view.peerPods;
    const peerPodWorker = new PeerPodWorker({ ...tools, index, vms, events });
    const setup = new SetupWorker({
      ...tools,
      view: this.view,
      provider: this.#provider,
      settings,
      events,
      clusterUid,
    });
    const loop = (name: string, hands: number, backoff: BackoffPolicy, work: LoopParts['work']) =>
      new ReconcileLoop({ name, hands, backoff, work, observer, clock, random, log });
    this.#peerPods = loop('peerpod', parts.hands, peerPodBackoff, async (key, signal) => {
      const outcome = await peerPodWorker.reconcile(key, signal);
      if (outcome.done || outcome.againMs !== undefined) return outcome.done ? undefined : outcome.againMs;
      throw new PeerPodError('E_POD_VM_DELETE', `PeerPod ${key}: ${outcome.why}`);
    });
    this.#configs = loop('peerpodconfig', 1, setupBackoff, (key, signal) => setup.config(key, signal));
    this.#katas = loop('kataconfig', 1, setupBackoff, (key, signal) => setup.kata(key, signal));
    this.loops = [this.#peerPods, this.#configs, this.#katas];
    const { runtimeClass } = settings;
    const { nodes } = this.view;
    this.#sweeper = new Sweeper({ ...tools, index, nodes, source, vms, runtimeClass, settings: parts.sweep });
  }

  /** Everything that a decision needs is known. */
  get isReady(): boolean {
    return this.view.isSynced;
  }

  /** Works until the signal. At most one of all replicas may be in here. */
  async lead(signal: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    await Promise.race([this.view.synced, aborted(signal)]);
    if (signal.aborted) return;
    await this.#learnCluster(signal);
    await Promise.race([this.#provider.known(), aborted(signal)]);
    this.#leads = true;
    for (const [key, peerPod] of this.view.peerPods.entries()) this.#peerPodChanged(key, peerPod);
    this.#setupChanged();
    await using tasks = new TaskScope((error, task) => log.error({ error, task }, 'task failed'));
    tasks.run('sweep', (inner) => this.#sweepNowAndThen(AbortSignal.any([signal, inner])));
    await Promise.all(this.loops.map((loop) => loop.run(signal)));
    this.#leads = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const loop of this.loops) loop.close();
    await this.#undo.disposeAsync();
  }

  /** Constant time, whatever their number: what is alive and alone needs nothing. */
  readonly #peerPodChanged = (key: string, peerPod: PeerPod | undefined): void => {
    if (!this.#leads || !peerPod) return;
    const ends = peerPod.deletedAtMs !== undefined;
    if (ends ? peerPod.held : this.view.peerPods.twins(peerPod).length > 0) this.#peerPods.add(key);
  };

  #setupChanged(): void {
    if (!this.#leads) return;
    const { configs, katas } = this.view;
    for (const { metadata } of configs.list()) {
      this.#configs.addAfter(`${metadata.namespace}/${metadata.name}`, setupDelayMs);
    }
    for (const { metadata } of katas?.list() ?? []) this.#katas.addAfter(metadata.name ?? '', setupDelayMs);
  }

  /** Credentials may have been mended: whatever waits for them is tried at once. */
  #settingsChanged(): void {
    if (!this.#leads) return;
    for (const key of this.view.peerPods.ending) this.#peerPods.add(key);
    this.#setupChanged();
  }

  /** A cluster's own id, for those that have none in their settings; without it no pod VM may be judged. */
  async #learnCluster(signal: AbortSignal): Promise<void> {
    const { api, clock, log, settings } = this.#parts;
    while (!signal.aborted && this.#clusterUid === undefined) {
      try {
        const found = await api.get({ kind: NAMESPACE, name: 'kube-system' }, { signal });
        this.#clusterUid = found?.metadata.uid;
      } catch (error) {
        log.warn({ error: errorText(error) }, 'the UID of namespace kube-system can not be read');
      }
      if (this.#clusterUid === undefined) await sleep(clock, uidRetryMs, signal).catch(() => {});
    }
    const configs = this.view.configs.list().map(readPeerPodConfig);
    const config = chosenConfig(configs, settings.namespace);
    if (config) await this.#provider.use(config);
  }

  async #sweepNowAndThen(signal: AbortSignal): Promise<void> {
    const { sweep, clock, observer } = this.#parts;
    if (sweep.mode === 'off') return;
    for (;;) {
      try {
        await sleep(clock, sweep.everyMs, signal);
        observer.swept(await this.#sweeper.sweep(signal));
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
