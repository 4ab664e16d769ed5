/** Leader election by a Lease: at most one of several processes leads, and a dead one's place is taken. */

import { type Clock, sleep } from '#base/clock.ts';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { deadlineSignal, linkedSignal } from '#base/signals.ts';
import type { KubernetesApi } from './api.ts';
import { LEASE } from './kinds.ts';
import {
  type LeaseStep,
  type LeaseTimes,
  LeaseView,
  leaseSpecFor,
  releasedSpec,
  usualLeaseTimes,
} from './lease-record.ts';
import type { Lease, LeaseSpec } from './objects.ts';

export interface LeadershipOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly name: string;
  /** Unlike any other's, also of a former life on this machine: host name and something random. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Ends the candidacy; a leader then stops, and gives the lease back. */
  readonly signal: AbortSignal;
  /** What a leader does, until its signal. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  readonly times?: LeaseTimes;
}

const callMsMax = 5000;
/** After it lost the lease, the leader's work has so long to end: about until another may begin. */
const lostWorkMsMax = 4000;
/** Of the pause between tries, at random, so that candidates do not come all at once. */
const pauseSpread = 0.2;

/**
 * Resolves after `signal`, once `lead` has ended and the lease is given back. Rejects with E_KUBE_UNAVAILABLE when
 * leadership is lost: `lead` has ended by then, or has not within 4 s of its signal, so the process has to end.
 * Rejects as `lead` does when that ends by itself.
 */
export async function leadWhileHeld(options: LeadershipOptions): Promise<void> {
  const candidate = new Candidate(options);
  const { signal, log, name } = options;
  if (!(await candidate.acquire())) return;
  log.info({ lease: name }, 'leading');
  using leading = linkedSignal(signal);
  const work = options.lead(leading.signal);
  const renewal = candidate.keep(leading.signal);
  // Whichever ends first ends the other.
  work.catch(() => {}).finally(() => leading.abort(new PeerPodError('E_ABORTED', 'the work of the leader has ended')));
  const isLost = await renewal.then(
    () => false,
    (error: unknown) => {
      leading.abort(error);
      return true;
    },
  );
  if (isLost) {
    const tooLate = sleep(options.clock, lostWorkMsMax);
    await Promise.race([work.catch(() => {}), tooLate]);
    throw leading.signal.reason;
  }
  const [result] = await Promise.allSettled([work]);
  await candidate.release();
  if (result.status === 'rejected' && !signal.aborted) throw result.reason;
}

class Candidate {
  readonly #options: LeadershipOptions;
  readonly #times: LeaseTimes;
  readonly #view: LeaseView;
  #renewedAtMs = 0;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#times = options.times ?? usualLeaseTimes;
    this.#view = new LeaseView(options.identity, this.#times);
  }

  /** False: the signal came first. */
  async acquire(): Promise<boolean> {
    const { signal, log, name } = this.#options;
    while (!signal.aborted) {
      try {
        if (await this.#try(signal)) return !signal.aborted;
      } catch (error) {
        if (signal.aborted) break;
        log.warn({ error, lease: name }, 'the lease can not be read or written');
      }
      await this.#pause(signal);
    }
    return false;
  }

  /** Renews until the signal. Rejects when it could not for too long, or when the lease is another's. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, log, name, identity } = this.#options;
    const tooLong = `the lease ${name} is lost: not renewed for ${this.#times.renewMsMax} ms`;
    while (!signal.aborted) {
      const leftMs = this.#renewedAtMs + this.#times.renewMsMax - clock.now();
      if (leftMs <= 0) throw new PeerPodError('E_KUBE_UNAVAILABLE', tooLong);
      // Bounded as a whole: another may take over a fixed time after the last renewal, however long a call hangs.
      using bound = deadlineSignal(clock, leftMs, `renewing the lease ${name}`, signal);
      await this.#pause(bound.signal);
      try {
        if (await this.#try(bound.signal)) continue;
      } catch (error) {
        if (!signal.aborted) log.warn({ error, lease: name }, 'the lease could not be renewed');
        continue;
      }
      const holder = this.#view.seen?.spec.holderIdentity;
      if (holder !== undefined && holder !== identity) {
        throw new PeerPodError('E_KUBE_UNAVAILABLE', `the lease ${name} is lost: ${holder || 'nobody'} holds it`);
      }
    }
  }

  /** Best effort: without it the next leader only waits longer. */
  async release(): Promise<void> {
    const { api, clock, log, name } = this.#options;
    const { seen } = this.#view;
    if (seen?.spec.holderIdentity !== this.#options.identity) return;
    const spec = releasedSpec(seen.spec, clock.wallNow());
    try {
      await api.replace(this.#lease(spec, seen.resourceVersion), LEASE, { timeoutMs: callMsMax });
    } catch (error) {
      log.warn({ error, lease: name }, 'the lease could not be given back');
    }
  }

  /** Whether the lease is ours now. A lost race is no error. */
  async #try(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const startedAtMs = clock.now();
    // What we wrote last is renewed without reading it first; a conflict tells when somebody else wrote.
    let step: LeaseStep = this.#view.next(startedAtMs);
    if (step !== 'renew') {
      await this.#read(signal);
      step = this.#view.next(clock.now());
    }
    if (step === 'wait') return false;
    try {
      await this.#write(step, signal);
    } catch (error) {
      const isRace = isPeerPodError(error, 'E_KUBE_CONFLICT') || isPeerPodError(error, 'E_KUBE_NOT_FOUND');
      if (!isRace) throw error;
      await this.#read(signal);
      return false;
    }
    this.#renewedAtMs = startedAtMs; // the earliest time that the server can have counted from
    return true;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { api, namespace, name, clock } = this.#options;
    const lease = await api.get<Lease>({ kind: LEASE, namespace, name }, { signal, timeoutMs: callMsMax });
    this.#observe(lease, clock.now());
  }

  async #write(step: 'create' | 'take' | 'renew', signal: AbortSignal): Promise<void> {
    const { api, identity, clock } = this.#options;
    const own = { identity, times: this.#times, wallNowMs: clock.wallNow() };
    const { seen } = this.#view;
    const lease = this.#lease(leaseSpecFor(step, own, seen?.spec), seen?.resourceVersion);
    const bounds = { signal, timeoutMs: callMsMax };
    const written = step === 'create' ? api.create(lease, LEASE, bounds) : api.replace(lease, LEASE, bounds);
    this.#observe(await written, clock.now());
  }

  #observe(lease: Lease | undefined, nowMs: number): void {
    const resourceVersion = lease?.metadata.resourceVersion ?? '';
    this.#view.observe(lease && { spec: lease.spec ?? {}, resourceVersion }, nowMs);
  }

  #lease(spec: LeaseSpec, resourceVersion: string | undefined): Lease {
    const { namespace, name } = this.#options;
    const metadata = { namespace, name, ...(resourceVersion !== undefined && { resourceVersion }) };
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const pauseMs = this.#times.retryMs * (1 - pauseSpread * random.fraction());
    await sleep(clock, pauseMs, signal).catch(() => {});
  }
}
