/** Writes the PeerPod of each sandbox, in the background until it is there, and takes it away after the pod VM. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { parseSandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { abortable, linkedSignal } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { DeleteOptions, KubernetesApi, ObjectKey } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import { PEER_POD } from '#io/kubernetes/kinds.ts';
import { isAlreadyThere } from '#io/kubernetes/kubernetes-error.ts';
import {
  encodePeerPod,
  instancePatch,
  nodeLabel,
  nodeLabelValue,
  type PeerPod,
  type PeerPodWriter,
  peerPodKey,
  releasePatch,
  sandboxOf,
  type WantedPeerPod,
} from './peer-pod.ts';
import type { PodReader } from './pod-reader.ts';

export interface PeerPodsParts extends PeerPodWriter {
  readonly api: KubernetesApi;
  readonly pods: PodReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface PeerPodName {
  readonly namespace: string;
  readonly name: string;
}

/** A PeerPod of this node, as far as a sweep needs it. */
export interface SeenPeerPod extends PeerPodName {
  readonly sandboxId: string;
  readonly podVmId: string | undefined;
}

interface Entry {
  wanted: WantedPeerPod;
  working: boolean;
  /** It has been there. */
  written: boolean;
  readonly patienceEndsMs: number;
  /** The first outcome is known: written, not to be written, or refused for good. */
  readonly answered: PromiseWithResolvers<void>;
  readonly stop: AbortController;
}

/** From CreateVM on; then the pod VM is made without: its tags and the record on disk still tell whose it is. */
const patienceMs = 5000;
const callMsMax = 10_000;
const retry: BackoffPolicy = { firstMs: 500, factor: 2, capMs: 60_000, jitterMs: 500 };
/** Somebody else changes the finalizers in between. */
const releaseTriesMax = 5;

export class PeerPods implements AsyncDisposable {
  readonly #parts: PeerPodsParts;
  readonly #entries = new Map<string, Entry>();
  readonly #work = new Map<string, Promise<void>>();
  readonly #scope: TaskScope;
  readonly #informer: Informer<PeerPod>;

  constructor(parts: PeerPodsParts) {
    this.#parts = parts;
    this.#informer = startInformer<PeerPod>(parts.api, PEER_POD, {
      ...parts,
      labelSelector: `${nodeLabel}=${nodeLabelValue(parts.node)}`,
      onChange: () => {},
    });
    this.#scope = new TaskScope((error, task) => parts.log.error({ task, error }, 'task failed'));
  }

  /** How many are still to be written. */
  get pending(): number {
    return this.#work.size;
  }

  /** Has it written as `wanted` says, whatever it takes; a later call replaces what is wanted. */
  announce(wanted: WantedPeerPod): void {
    const { sandboxId } = wanted;
    let entry = this.#entries.get(sandboxId);
    if (!entry) {
      const patienceEndsMs = this.#parts.clock.now() + patienceMs;
      const answered = Promise.withResolvers<void>();
      entry = { wanted, working: false, written: false, patienceEndsMs, answered, stop: new AbortController() };
      this.#entries.set(sandboxId, entry);
    }
    entry.wanted = wanted;
    if (entry.working || entry.stop.signal.aborted) return;
    const chosen = entry;
    chosen.working = true;
    const done = Promise.withResolvers<void>();
    this.#work.set(sandboxId, done.promise);
    this.#scope.run(`write the PeerPod of ${sandboxId}`, async (signal) => {
      try {
        await this.#writeUntilDone(chosen, signal);
      } finally {
        chosen.working = false;
        this.#work.delete(sandboxId);
        done.resolve();
      }
    });
  }

  /** Resolves once it is written, or there is to be none, or it has taken too long. Rejects only when aborted. */
  async announced(sandboxId: string, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const entry = this.#entries.get(sandboxId);
    if (!entry) return;
    using waiting = linkedSignal(signal);
    const late = sleep(clock, Math.max(0, entry.patienceEndsMs - clock.now()), waiting.signal).then(() => true);
    late.catch(() => {}); // it need not come
    const isLate = await abortable(Promise.race([entry.answered.promise.then(() => false), late]), signal);
    waiting.abort(undefined);
    if (isLate) log.warn({ sandboxId }, 'the pod VM is made before its PeerPod, which is still being tried');
  }

  /** Tries no more to write it. */
  discard(sandboxId: string): void {
    this.#entries.get(sandboxId)?.stop.abort();
  }

  /** After the pod VM is gone. Rejects when it is to be tried again. */
  async release({ namespace, name }: PeerPodName, sandboxId: string, signal: AbortSignal): Promise<void> {
    this.discard(sandboxId);
    await abortable(this.#work.get(sandboxId) ?? Promise.resolve(), signal); // a create on the wire is heard to its end
    this.#entries.delete(sandboxId);
    try {
      await this.#takeAway(namespace, name, signal);
    } catch (error) {
      if (!isPeerPodError(error, 'E_KUBE_FORBIDDEN')) throw error;
      this.#parts.log.error({ sandboxId, namespace, name, error }, 'the PeerPod is left to the controller');
    }
  }

  /** All that carry this node's label and our finalizer, of sandboxes known and unknown; undefined: not known yet. */
  get seen(): readonly SeenPeerPod[] | undefined {
    if (!this.#informer.isSynced) return undefined;
    return this.#informer.list().flatMap((peerPod) => {
      const { name, namespace } = peerPod.metadata;
      const sandboxId = sandboxOf(peerPod) ?? '';
      if (!name || !namespace || !isSandboxId(sandboxId) || !releasePatch(peerPod)) return [];
      return [{ namespace, name, sandboxId, podVmId: peerPod.spec?.instanceID || undefined }];
    });
  }

  /** After a restart: writes what is not as wanted, one after the other. `wanted`: what there is to write now. */
  resume(wanted: () => readonly WantedPeerPod[]): void {
    if (wanted().length === 0) return;
    this.#scope.run('compare PeerPods with the records', async (signal) => {
      await abortable(this.#informer.synced, signal);
      const seen = new Map(this.seen?.map((peerPod) => [peerPod.sandboxId, peerPod]));
      for (const { sandboxId } of wanted()) {
        const now = wanted().find((each) => each.sandboxId === sandboxId); // it may have ended meanwhile
        const there = seen.get(sandboxId);
        if (!now || (there && (now.podVmId === undefined || there.podVmId === now.podVmId))) continue;
        this.announce(now);
        await this.announced(sandboxId, signal);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { stop } of this.#entries.values()) stop.abort();
    await this.#informer[Symbol.asyncDispose]();
    await this.#scope[Symbol.asyncDispose]();
  }

  async #writeUntilDone(entry: Entry, scope: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    const { sandboxId } = entry.wanted;
    using ending = linkedSignal(scope, entry.stop.signal);
    for (let attempt = 0; !ending.signal.aborted; attempt += 1) {
      const { wanted } = entry;
      try {
        await this.#write(entry, wanted, scope);
        entry.answered.resolve();
        if (entry.wanted === wanted) return;
      } catch (error) {
        if (isRefusedForGood(error)) entry.answered.resolve();
        log.warn({ sandboxId, attempt, error: errorText(error) }, 'PeerPod not written');
        const delayMs = backoffDelayMs(retry, attempt, () => random.fraction());
        await sleep(clock, delayMs, ending.signal).catch(() => {}); // then the loop ends
      }
    }
  }

  /** Cut short by the process's end only: what may have reached the server must be known before it is taken away. */
  async #write(entry: Entry, wanted: WantedPeerPod, signal: AbortSignal): Promise<void> {
    const { api, pods, log } = this.#parts;
    const { sandboxId, name, podNamespace, podVmId } = wanted;
    const key = peerPodKey(podNamespace, name);
    const call = { timeoutMs: callMsMax, signal };
    const fillIn = async () => {
      if (podVmId !== undefined) await api.patch(key, instancePatch(podVmId), call);
      entry.written = true;
    };
    if (entry.written) {
      try {
        return await fillIn();
      } catch (error) {
        if (!isPeerPodError(error, 'E_KUBE_NOT_FOUND')) throw error;
        // It was there: somebody who knows why took it away, with or without its pod.
        return log.warn({ sandboxId, name }, 'the PeerPod is gone before its pod VM');
      }
    }
    const facts = await abortable(pods.read(wanted), signal);
    if (!facts) {
      log.info({ sandboxId }, 'no such pod in Kubernetes: no PeerPod');
      return;
    }
    try {
      await api.create(encodePeerPod(wanted, facts.uid, this.#parts), PEER_POD, call);
      entry.written = true;
      return;
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
    const there = await api.get<PeerPod>(key, call);
    if (!there) throw new PeerPodError('E_KUBE_CONFLICT', `PeerPod ${name} came and went`);
    if (sandboxOf(there) !== sandboxId)
      throw new PeerPodError('E_KUBE_INVALID', `PeerPod ${name} is another sandbox's`);
    await fillIn();
  }

  async #takeAway(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    const { api } = this.#parts;
    const key = peerPodKey(namespace, name);
    const call = { signal, timeoutMs: callMsMax };
    for (let tries = 1; ; tries += 1) {
      const seen = await api.get<PeerPod>(key, call);
      if (!seen) return;
      const patch = releasePatch(seen);
      try {
        if (patch) await api.patch(key, patch, call);
        await this.#delete(seen, key, call);
        return;
      } catch (error) {
        const isRace = ['E_KUBE_INVALID', 'E_KUBE_CONFLICT', 'E_KUBE_NOT_FOUND'].includes(codeOf(error));
        if (!isRace || tries === releaseTriesMax) throw error;
      }
    }
  }

  /** Without the right to, the garbage collector does it when the pod is gone: nothing holds it any more. */
  async #delete({ metadata: { uid } }: PeerPod, key: ObjectKey, call: DeleteOptions): Promise<void> {
    try {
      await this.#parts.api.delete(key, { ...call, ...(uid !== undefined && { preconditions: { uid } }) });
    } catch (error) {
      if (!isPeerPodError(error, 'E_KUBE_FORBIDDEN')) throw error;
    }
  }
}

/** Anybody may have written the object. */
function isSandboxId(text: string): boolean {
  try {
    return parseSandboxId(text) === text;
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): string => (isPeerPodError(error) ? error.code : '');

/** What no patience of a StartVM will change. */
function isRefusedForGood(error: unknown): boolean {
  return ['E_KUBE_FORBIDDEN', 'E_KUBE_INVALID', 'E_KUBE_NOT_FOUND'].includes(codeOf(error));
}
