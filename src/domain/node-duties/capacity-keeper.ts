/** Advertises the extended resource on the own node, watches it, mends it, and withdraws it at the end if it is ours. */

import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { abortable, linkedSignal } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { KubeObject, KubernetesApi, ObjectKey } from '#io/kubernetes/api.ts';
import { type Informer, startInformer } from '#io/kubernetes/informer.ts';
import { NODE } from '#io/kubernetes/kinds.ts';
import {
  advertisePatch,
  type CapacityStep,
  claimPatch,
  decideCapacity,
  mayWithdraw,
  type SeenCapacity,
  seeCapacity,
  withdrawPatch,
} from './capacity.ts';

export interface CapacityKeeperParts {
  readonly api: KubernetesApi;
  readonly node: string;
  /** Of this adaptor's pod; empty where it is not told. */
  readonly podUid: string;
  readonly limit: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const callMsMax = 10_000;
/** After writes that follow each other: somebody else may want another value. */
const again: BackoffPolicy = { firstMs: 250, factor: 2, capMs: 60_000, jitterMs: 250 };
/** Without a write for so long, the next one is the first. */
const calmMs = 300_000;
/** For a write on the wire, when the process ends. */
const lastWriteMsMax = 2000;
/** An instance that has withdrawn ends, and often another one comes in its place. */
const orphanedGraceMs = 10_000;

export class CapacityKeeper implements AsyncDisposable {
  readonly #parts: CapacityKeeperParts;
  readonly #key: ObjectKey;
  readonly #scope: TaskScope;
  readonly #informer: Informer<KubeObject>;
  #seen: SeenCapacity | undefined;
  #step: CapacityStep | undefined;
  #wasOwner = false;
  /** Ends what is on the wire: not before it has had its time. */
  readonly #cut = new AbortController();
  #changed = Promise.withResolvers<void>();

  constructor(parts: CapacityKeeperParts) {
    const { api, node, log } = parts;
    this.#parts = parts;
    this.#key = { kind: NODE, name: node };
    this.#scope = new TaskScope((error, task) => log.error({ task, error }, 'task failed'));
    this.#informer = startInformer(api, NODE, {
      ...parts,
      fieldSelector: `metadata.name=${node}`,
      onChange: (_key, object) => this.#see(object),
    });
    this.#scope.run('advertise the limit', (signal) => this.#keep(signal));
  }

  get step(): CapacityStep | undefined {
    return this.#step;
  }

  /** Rejects, saying why, unless the node shows what it should. */
  async advertised(): Promise<void> {
    if (this.#step === 'settled' || this.#step === 'yield') return;
    const state = this.#seen ? `it is to be done: ${this.#step}` : 'the node is not seen yet';
    throw new PeerPodError('E_KUBE_UNAVAILABLE', `the limit of node ${this.#parts.node} is not advertised, ${state}`);
  }

  /** Takes the resource away if this instance is still its owner. Advertises no more. */
  async withdraw(signal: AbortSignal): Promise<void> {
    const { api, podUid, log } = this.#parts;
    await abortable(this[Symbol.asyncDispose](), signal);
    const call = { signal, timeoutMs: callMsMax };
    try {
      const node = await api.get(this.#key, call);
      if (!node || !mayWithdraw(seeCapacity(node), podUid)) {
        log.info({}, 'the limit is left as it is: another instance is its owner, or it is gone');
        return;
      }
      await api.patch(this.#key, withdrawPatch(podUid), { ...call, subresource: 'status' });
      log.info({}, 'limit withdrawn');
    } catch (error) {
      // Another instance may have become the owner since, or the resource may have gone: nothing of ours is left.
      if (isPeerPodError(error, 'E_KUBE_INVALID')) log.info({}, 'limit not withdrawn: it is not ours any more');
      else log.warn({ error }, 'limit not withdrawn');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const cancel = this.#parts.clock.after(lastWriteMsMax, () => this.#cut.abort());
    await this.#informer[Symbol.asyncDispose]();
    await this.#scope[Symbol.asyncDispose]();
    cancel();
  }

  #see(object: KubeObject | undefined): void {
    this.#seen = object && seeCapacity(object);
    this.#changed.resolve();
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    let attempt = 0;
    let orphanedSinceMs: number | undefined;
    for (let lastMs = clock.now(); ; ) {
      const seen = this.#seen;
      this.#changed = Promise.withResolvers();
      const step = seen && this.#decide(seen);
      if (step !== 'orphaned') orphanedSinceMs = undefined;
      if (!seen || step === 'settled' || step === 'yield') {
        await this.#change(signal);
        continue;
      }
      if (step === 'orphaned') {
        orphanedSinceMs ??= clock.now();
        const leftMs = orphanedSinceMs + orphanedGraceMs - clock.now();
        if (leftMs > 0 && (await this.#change(signal, leftMs))) continue;
      }
      if (clock.now() - lastMs > calmMs) attempt = 0;
      lastMs = clock.now();
      await this.#write(step === 'advertise' ? 'advertise' : 'claim', seen);
      const pauseMs = backoffDelayMs(again, attempt, () => random.fraction());
      if (this.#seen === seen || attempt > 0) await sleep(clock, pauseMs, signal);
      attempt += 1;
    }
  }

  #decide(seen: SeenCapacity): CapacityStep {
    const { podUid, limit, log } = this.#parts;
    const step = decideCapacity(seen, { podUid, limit, wasOwner: this.#wasOwner });
    if (step === 'settled') this.#wasOwner = true;
    if (step !== this.#step) log.info({ step, owner: seen.owner, advertised: seen.advertised, limit }, 'limit');
    this.#step = step;
    return step;
  }

  /** Not cut short: whoever withdraws has to know that no write of ours comes after. */
  async #write(step: 'claim' | 'advertise', seen: SeenCapacity): Promise<void> {
    const { api, podUid, limit, log } = this.#parts;
    const own = { podUid, limit, wasOwner: this.#wasOwner };
    const call = { timeoutMs: callMsMax, signal: this.#cut.signal };
    try {
      let current = seen;
      if (step === 'claim') {
        current = seeCapacity(await api.patch(this.#key, claimPatch(podUid), call));
        this.#wasOwner = true;
      }
      this.#see(await api.patch(this.#key, advertisePatch(current, own), { ...call, subresource: 'status' }));
    } catch (error) {
      log.warn({ step, error }, 'limit not advertised');
      if (!isPeerPodError(error, 'E_KUBE_INVALID')) return;
      // The owner or the object is another than was seen, and the watch may be late to tell.
      const now = await api.get(this.#key, call).catch(() => undefined);
      if (now) this.#see(now);
    }
  }

  /** Whether something changed, within `withinMs` if that is given. */
  async #change(signal: AbortSignal, withinMs?: number): Promise<boolean> {
    const changed = this.#changed.promise.then(() => true);
    if (withinMs === undefined) return await abortable(changed, signal);
    using waiting = linkedSignal(signal);
    const late = sleep(this.#parts.clock, withinMs, waiting.signal).then(() => false);
    late.catch(() => {}); // it need not come
    try {
      return await abortable(Promise.race([changed, late]), signal);
    } finally {
      waiting.abort(undefined);
    }
  }
}
