/** Keeps calls away from an API that only fails: one probe at a time finds out whether it is back. */

import type { Clock } from './clock.ts';
import { ProviderError } from './errors.ts';

export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failuresMax: number;
  /** How long it stays open at first, ms; each failed probe doubles it. */
  readonly openMs: number;
  readonly openMsMax: number;
}

export const defaultBreakerPolicy: BreakerPolicy = { failuresMax: 12, openMs: 1000, openMsMax: 30_000 };

export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #clock: Clock;
  readonly #what: string;
  #failures = 0;
  /** Absent: closed. */
  #open: { readonly until: number; readonly forMs: number } | undefined;
  #probing = false;

  constructor(what: string, policy: BreakerPolicy, clock: Clock) {
    this.#what = what;
    this.#policy = policy;
    this.#clock = clock;
  }

  get state(): 'closed' | 'open' | 'probing' {
    if (!this.#open) return 'closed';
    return this.#probing ? 'probing' : 'open';
  }

  /** Throws `transient` with the time to wait while no call should be made. Each call that it lets go must be reported. */
  enter(): void {
    if (!this.#open) return;
    const leftMs = this.#open.until - this.#clock.now();
    if (leftMs > 0 || this.#probing) {
      const retryAfterMs = Math.max(leftMs, 0);
      throw new ProviderError('transient', `${this.#what} failed ${this.#failures} times in a row`, { retryAfterMs });
    }
    this.#probing = true;
  }

  /** An answer, be it a refusal: the API is there. Also for a call that its caller gave up. */
  answered(): void {
    this.#failures = 0;
    this.#open = undefined;
    this.#probing = false;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures < this.#policy.failuresMax) return;
    const { openMs, openMsMax } = this.#policy;
    const forMs = this.#open === undefined ? openMs : Math.min(openMsMax, this.#open.forMs * (this.#probing ? 2 : 1));
    this.#open = { until: this.#clock.now() + forMs, forMs };
    this.#probing = false;
  }

  /** The caller gave up before an answer: that says nothing about the API. */
  left(): void {
    this.#probing = false;
  }
}
