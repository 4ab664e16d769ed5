/** Azure Resource Manager behind the principal's rate limits: every call of this provider goes through here. */

import {
  ApiCaller,
  type ApiCallReport,
  type BucketLimits,
  type Clock,
  isRetryable,
  type Random,
} from '@peerpods/provider';
import type { ArmApi } from './arm-api.ts';
import { translateAzureError } from './errors.ts';
import { type RateBucket, rateLimits } from './limits.ts';

export interface ArmOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Part of the principal's limits, in (0, 1]. */
  readonly rateShare: number;
  readonly onCall?: (report: ApiCallReport) => void;
}

export class Arm {
  readonly #api: ArmApi;
  readonly #caller: ApiCaller;

  constructor(api: ArmApi, { clock, random, rateShare, onCall }: ArmOptions) {
    const share = ({ capacity, refillPerSecond }: BucketLimits) => ({
      capacity: Math.max(1, capacity * rateShare),
      refillPerSecond: refillPerSecond * rateShare,
    });
    const buckets: Record<RateBucket, BucketLimits> = {
      read: share(rateLimits.read),
      write: share(rateLimits.write),
      delete: share(rateLimits.delete),
    };
    this.#api = api;
    this.#caller = new ApiCaller({ clock, random, buckets, ...(onCall !== undefined && { onCall }) });
  }

  /** With retries. */
  call<T>(
    name: string,
    bucket: RateBucket,
    attempt: (api: ArmApi, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#caller.call({
      name,
      costs: { [bucket]: 1 },
      signal,
      attempt: (ending) => this.#translated(name, attempt(this.#api, ending)),
    });
  }

  /**
   * For a call that makes something: an end of `signal` stops further tries, but one that is on the wire is heard to
   * its end, so that what it made is known.
   */
  callToTheEnd<T>(
    name: string,
    bucket: RateBucket,
    attempt: (api: ArmApi, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#caller.call({
      name,
      costs: { [bucket]: 1 },
      signal: new AbortController().signal,
      retryable: (error) => isRetryable(error) && !signal.aborted,
      attempt: (ending) => this.#translated(name, attempt(this.#api, ending)),
    });
  }

  async #translated<T>(name: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw translateAzureError(error, name);
    }
  }
}
