/** When and how often a failed call is repeated: full jitter, the cloud's own wish first, and a budget against storms. */

import type { Clock, Random } from './clock.ts';
import type { ProviderError } from './errors.ts';

export interface RetryPolicy {
  /** Tries in all. */
  readonly attemptsMax: number;
  /** Upper bound of the first delay, ms; it doubles with each further one. */
  readonly baseMs: number;
  readonly capMs: number;
  /** From the first try to the last, ms. */
  readonly totalMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attemptsMax: 10, baseMs: 300, capMs: 20_000, totalMs: 240_000 };

/** Whether the same call, unchanged, can succeed later. No capacity is not: that asks for another candidate. */
export function isRetryable(error: ProviderError): boolean {
  return error.code === 'throttled' || error.code === 'transient';
}

/**
 * The delay after failed try `attempt` (from 0), in ms. Uniform between 0 and the exponential bound, so that callers
 * that failed together do not come back together; after a Retry-After it is added to that.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, error: ProviderError, random: Random): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt, 32));
  return (error.retryAfterMs ?? 0) + random.fraction() * bound;
}

export interface RetryBudgetLimits {
  /** Retries that each success earns. */
  readonly perSuccess: number;
  /** Retries that each second earns. */
  readonly perSecond: number;
  /** Retries that can be saved up, and what there is at the start. */
  readonly savedMax: number;
}

export const defaultRetryBudget: RetryBudgetLimits = { perSuccess: 0.1, perSecond: 1, savedMax: 100 };

/** One for an account: when much fails, most of it is not repeated, and the cloud gets the room to recover. */
export class RetryBudget {
  readonly #limits: RetryBudgetLimits;
  readonly #clock: Clock;
  #saved: number;
  #at: number;

  constructor(limits: RetryBudgetLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#saved = limits.savedMax;
    this.#at = clock.now();
  }

  succeeded(): void {
    this.#earn(this.#limits.perSuccess);
  }

  /** Whether one retry may be made now; it is counted. */
  spend(): boolean {
    this.#earn(0);
    if (this.#saved < 1) return false;
    this.#saved -= 1;
    return true;
  }

  #earn(more: number): void {
    const now = this.#clock.now();
    const { perSecond, savedMax } = this.#limits;
    this.#saved = Math.min(savedMax, this.#saved + more + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
  }
}
