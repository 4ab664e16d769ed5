/** Who leads, decided from a Lease as it is seen: no other clock than one's own is trusted. */

import type { LeaseSpec } from './objects.ts';

export interface LeaseTimes {
  /** An unchanged record is another's for so long. */
  readonly leaseSeconds: number;
  /** Between tries, to renew as well as to take. */
  readonly retryMs: number;
  /** Not renewed for so long: no longer the leader; less than the lease, since clocks run apart. */
  readonly renewMsMax: number;
}

export const usualLeaseTimes: LeaseTimes = { leaseSeconds: 15, retryMs: 2000, renewMsMax: 10_000 };

export type LeaseStep = 'create' | 'take' | 'renew' | 'wait';

export interface SeenLease {
  readonly spec: LeaseSpec;
  readonly resourceVersion: string;
}

/** Watches one record from one candidate's side. Monotonic milliseconds in, decisions out. */
export class LeaseView {
  readonly #identity: string;
  readonly #leaseMs: number;
  #seen: SeenLease | undefined;
  #changedAtMs = 0;

  constructor(identity: string, { leaseSeconds }: LeaseTimes) {
    this.#identity = identity;
    this.#leaseMs = leaseSeconds * 1000;
  }

  get seen(): SeenLease | undefined {
    return this.#seen;
  }

  observe(lease: SeenLease | undefined, nowMs: number): void {
    if (this.#seen?.resourceVersion !== lease?.resourceVersion) this.#changedAtMs = nowMs;
    this.#seen = lease;
  }

  next(nowMs: number): LeaseStep {
    if (!this.#seen) return 'create';
    const { holderIdentity = '' } = this.#seen.spec;
    if (holderIdentity === this.#identity) return 'renew';
    if (holderIdentity === '') return 'take';
    // Its own times are by another machine's clock, and say nothing: only that it stays the same does.
    return nowMs - this.#changedAtMs >= this.#leaseMs ? 'take' : 'wait';
  }
}

/** The record that carries out `step`. */
export function leaseSpecFor(
  step: 'create' | 'take' | 'renew',
  own: { readonly identity: string; readonly times: LeaseTimes; readonly wallNowMs: number },
  before: LeaseSpec | undefined,
): LeaseSpec {
  const now = microTime(own.wallNowMs);
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: own.identity,
    leaseDurationSeconds: own.times.leaseSeconds,
    acquireTime: step === 'renew' ? (before?.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: step === 'take' ? transitions + 1 : transitions,
  };
}

/** Of a leader that leaves in order: the next one need not wait. */
export function releasedSpec(before: LeaseSpec, wallNowMs: number): LeaseSpec {
  const now = microTime(wallNowMs);
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}

/** MicroTime: RFC 3339 with exactly six decimals; with any other number of them the server refuses it. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}
