/** The VPC API behind rate limits: every call of this provider goes through here. */

import { ApiCaller, type ApiCallReport, type BucketLimits, type Clock, type Random } from '@peerpods/provider';
import { translateIbmError } from './errors.ts';
import { type RateBucket, rateLimits } from './limits.ts';
import type { VpcApi } from './vpc-api.ts';

export interface VpcOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Part of the rate, in (0, 1]. */
  readonly rateShare: number;
  readonly onCall?: (report: ApiCallReport) => void;
}

type Attempt<T> = (api: VpcApi, signal: AbortSignal) => Promise<T>;

export class Vpc {
  readonly #api: VpcApi;
  readonly #caller: ApiCaller;

  constructor(api: VpcApi, { clock, random, rateShare, onCall }: VpcOptions) {
    const share = ({ capacity, refillPerSecond }: BucketLimits) => ({
      capacity: Math.max(1, capacity * rateShare),
      refillPerSecond: refillPerSecond * rateShare,
    });
    const buckets: Record<RateBucket, BucketLimits> = {
      read: share(rateLimits.read),
      write: share(rateLimits.write),
      tag: share(rateLimits.tag),
    };
    this.#api = api;
    this.#caller = new ApiCaller({ clock, random, buckets, ...(onCall !== undefined && { onCall }) });
  }

  /** With retries. */
  call<T>(name: string, bucket: RateBucket, attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    return this.#caller.call({
      name,
      costs: { [bucket]: 1 },
      signal,
      attempt: (ending) => this.#translated(name, attempt, ending),
    });
  }

  /**
   * For a call that makes something: an end of `signal` stops further tries, but one that is on the wire is heard to
   * its end, so that what it made is known.
   */
  callToTheEnd<T>(name: string, bucket: RateBucket, attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    return this.#caller.call({
      name,
      costs: { [bucket]: 1 },
      signal,
      uninterruptible: true,
      attempt: (ending) => this.#translated(name, attempt, ending),
    });
  }

  async #translated<T>(name: string, attempt: Attempt<T>, signal: AbortSignal): Promise<T> {
    try {
      return await attempt(this.#api, signal);
    } catch (error) {
      throw translateIbmError(error, name);
    }
  }
}
