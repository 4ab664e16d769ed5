/** A token bucket with a queue: the client's own picture of a cloud's rate limit. */

import { abortedError } from './abort.ts';
import type { Clock } from './clock.ts';
import { ProviderError } from './errors.ts';

export interface BucketLimits {
  /** Tokens at most, and at the start. */
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** Callers that wait for one bucket at most; the next is refused as throttled. */
const waitersMax = 20_000;
/** After a throttled answer the refill is halved, never below this part of the limit. */
const slowestPart = 1 / 16;
/** How long an undisturbed bucket takes from the slowest refill back to the full one, in ms. */
const recoveryMs = 60_000;

interface Waiter {
  readonly count: number;
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: ProviderError) => void;
  readonly onAbort: () => void;
}

/**
 * Others draw from the same account, so what the bucket holds is a guess: each throttled answer empties it and halves
 * its refill, and time without one brings the refill back.
 */
export class TokenBucket {
  readonly #limits: BucketLimits;
  readonly #clock: Clock;
  readonly #waiters: Waiter[] = [];
  #tokens: number;
  #at: number;
  /** Part of the full refill, in (0, 1]. */
  #pace = 1;
  #cancelTimer: (() => void) | undefined;

  constructor(limits: BucketLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#tokens = limits.capacity;
    this.#at = clock.now();
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  /** Waits in turn for `count` tokens; more than the bucket can hold means: all that it can hold. */
  take(count: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortedError(signal));
    const wanted = Math.min(count, this.#limits.capacity);
    if (this.#waiters.length === 0 && this.#withdraw(wanted)) return Promise.resolve();
    if (this.#waiters.length >= waitersMax) {
      return Promise.reject(new ProviderError('throttled', `${waitersMax} calls wait for the rate limit already`));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(abortedError(signal));
        this.#serve();
      };
      const waiter = { count: wanted, signal, resolve, reject, onAbort };
      this.#waiters.push(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#arm();
    });
  }

  /** The cloud said that its bucket is empty, and perhaps how long to stay away. */
  throttled(retryAfterMs = 0): void {
    this.#refill();
    this.#tokens = -(retryAfterMs / 1000) * this.#limits.refillPerSecond * Math.max(this.#pace / 2, slowestPart);
    this.#pace = Math.max(this.#pace / 2, slowestPart);
    if (this.#waiters.length > 0) this.#arm();
  }

  #withdraw(count: number): boolean {
    this.#refill();
    // The sum of refills is a float: a hair under the count is the count.
    if (this.#tokens < count - 1e-6) return false;
    this.#tokens -= count;
    return true;
  }

  #refill(): void {
    const now = this.#clock.now();
    const elapsedMs = now - this.#at;
    this.#at = now;
    const { capacity, refillPerSecond } = this.#limits;
    this.#tokens = Math.min(capacity, this.#tokens + (elapsedMs / 1000) * refillPerSecond * this.#pace);
    this.#pace = Math.min(1, this.#pace + elapsedMs / recoveryMs);
  }

  #serve(): void {
    for (let first = this.#waiters[0]; first && this.#withdraw(first.count); first = this.#waiters[0]) {
      this.#waiters.shift();
      first.signal.removeEventListener('abort', first.onAbort);
      first.resolve();
    }
    this.#arm();
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const first = this.#waiters[0];
    if (!first) return;
    this.#refill();
    const missing = Math.max(0, first.count - this.#tokens);
    const waitMs = Math.ceil((missing / (this.#limits.refillPerSecond * this.#pace)) * 1000);
    this.#cancelTimer = this.#clock.after(waitMs, () => this.#serve());
  }
}
