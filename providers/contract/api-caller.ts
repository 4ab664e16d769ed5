/** Every call to a cloud goes through here: rate limits of the account, circuit breaker, retries with a budget. */

import { abortable, throwIfAborted } from './abort.ts';
import { type BreakerPolicy, CircuitBreaker, defaultBreakerPolicy } from './circuit-breaker.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { asProviderError, ProviderError } from './errors.ts';
import {
  defaultRetryBudget,
  defaultRetryPolicy,
  isRetryable,
  RetryBudget,
  type RetryBudgetLimits,
  type RetryPolicy,
  retryDelayMs,
} from './retry.ts';
import { type BucketLimits, TokenBucket } from './token-bucket.ts';

export interface ApiCallerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The account's limits by name; a call names those that it draws from. */
  readonly buckets: Readonly<Record<string, BucketLimits>>;
  readonly retry?: RetryPolicy;
  readonly retryBudget?: RetryBudgetLimits;
  readonly breaker?: BreakerPolicy;
  /** Hears of each call's end, retries included, for metrics. */
  readonly onCall?: (call: ApiCallReport) => void;
}

export interface ApiCallReport {
  readonly name: string;
  readonly outcome: 'ok' | ProviderError['code'];
  /** From the moment that it was let go, ms. */
  readonly durationMs: number;
  /** For the rate limit, ms. */
  readonly waitedMs: number;
}

export interface ApiCall<T> {
  /** For messages and metrics, for example `DescribeInstances`. */
  readonly name: string;
  /** Tokens by bucket. */
  readonly costs: Readonly<Record<string, number>>;
  /** One try. What it throws should be a ProviderError; anything else counts as `transient`. */
  readonly attempt: (signal: AbortSignal) => Promise<T>;
  /** Whether this failure may be repeated as it is. Default: throttled and transient. */
  readonly retryable?: (error: ProviderError) => boolean;
  /** Longest time for one try, ms. Default 60 s. */
  readonly attemptMsMax?: number;
  /**
   * For a call that makes something: an end of `signal` stops waits and further tries, but a try that is on the wire
   * is heard to its end, so that what it made is known.
   */
  readonly uninterruptible?: boolean;
  readonly signal: AbortSignal;
}

const attemptMsMaxDefault = 60_000;

export class ApiCaller {
  readonly #options: ApiCallerOptions;
  readonly #buckets: ReadonlyMap<string, TokenBucket>;
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #budget: RetryBudget;

  constructor(options: ApiCallerOptions) {
    const { clock, buckets, retryBudget = defaultRetryBudget } = options;
    this.#options = options;
    this.#buckets = new Map(Object.entries(buckets).map(([name, limits]) => [name, new TokenBucket(limits, clock)]));
    this.#budget = new RetryBudget(retryBudget, clock);
  }

  /** Repeats within policy and budget. Throws the last ProviderError. */
  async call<T>(call: ApiCall<T>): Promise<T> {
    const { clock, random, retry = defaultRetryPolicy } = this.#options;
    const { signal, retryable = isRetryable } = call;
    const startedAt = clock.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.once(call);
      } catch (cause) {
        const error = asProviderError(cause, call.name);
        if (!retryable(error) || attempt + 1 >= retry.attemptsMax) throw error;
        const delayMs = retryDelayMs(retry, attempt, error, random);
        if (clock.now() + delayMs - startedAt > retry.totalMs || !this.#budget.spend()) throw error;
        await sleep(clock, delayMs, signal);
      }
    }
  }

  /** One try: for callers that repeat in their own way, as Batcher does. */
  async once<T>(call: ApiCall<T>): Promise<T> {
    const { clock, onCall } = this.#options;
    const { name, costs, signal } = call;
    throwIfAborted(signal);
    const breaker = this.#breakerOf(name);
    breaker.enter();
    const askedAt = clock.now();
    try {
      for (const [bucket, count] of Object.entries(costs)) await this.#bucketOf(bucket).take(count, signal);
    } catch (error) {
      breaker.left();
      throw error;
    }
    const sentAt = clock.now();
    const report = (outcome: ApiCallReport['outcome']) =>
      onCall?.({ name, outcome, durationMs: clock.now() - sentAt, waitedMs: sentAt - askedAt });
    try {
      const result = await this.#attempt(call);
      breaker.answered();
      this.#budget.succeeded();
      report('ok');
      return result;
    } catch (cause) {
      const error = asProviderError(cause, name);
      if (error.code === 'transient') breaker.failed();
      else if (error.code === 'aborted') breaker.left();
      else breaker.answered();
      if (error.code === 'throttled') {
        for (const bucket of Object.keys(costs)) this.#bucketOf(bucket).throttled(error.retryAfterMs);
      }
      report(error.code);
      throw error;
    }
  }

  /** Bounded in time: a connection that went silent is a transient failure, not a wait without end. */
  async #attempt<T>(call: ApiCall<T>): Promise<T> {
    const { name, attempt, signal, attemptMsMax = attemptMsMaxDefault, uninterruptible = false } = call;
    const limit = new AbortController();
    const onAbort = () => limit.abort(signal.reason);
    throwIfAborted(signal); // it may have ended while this waited for its turn
    if (!uninterruptible) signal.addEventListener('abort', onAbort, { once: true });
    const cancel = this.#options.clock.after(attemptMsMax, () => limit.abort('no answer in time'));
    try {
      return await abortable(attempt(limit.signal), limit.signal);
    } catch (error) {
      if (!uninterruptible) throwIfAborted(signal);
      if (!limit.signal.aborted) throw error;
      throw new ProviderError('transient', `${name}: no answer within ${attemptMsMax} ms`, { cause: error });
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #bucketOf(name: string): TokenBucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new TypeError(`no bucket ${name}`);
    return bucket;
  }

  /** By call: an API whose one action is down answers the others. */
  #breakerOf(name: string): CircuitBreaker {
    const { breaker = defaultBreakerPolicy, clock } = this.#options;
    const found = this.#breakers.get(name) ?? new CircuitBreaker(name, breaker, clock);
    this.#breakers.set(name, found);
    return found;
  }
}
