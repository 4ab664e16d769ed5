/** Azure Resource Manager behind the principal's rate limits: every call of this provider goes through here. */

import { ApiCaller, type ApiCallReport, type BucketLimits, type Clock, type Random } from '@peerpods/provider';
import type { ArmApi } from './arm-api.ts';
import { isStatus, translateAzureError } from './errors.ts';
import { type RateBucket, rateLimits } from './limits.ts';

export interface ArmOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Part of the principal's limits, in (0, 1]. */
  readonly rateShare: number;
  /** Gives clients without tokens, for when a token is refused before its time. */
  readonly reopen: () => Promise<ArmApi>;
  readonly onCall?: (report: ApiCallReport) => void;
}

type Attempt<T> = (api: ArmApi, signal: AbortSignal) => Promise<T>;

/** Between two renewals: an identity without rights would else be asked for twice as many tokens. */
const renewalMsMin = 60_000;

export class Arm {
  readonly #reopen: () => Promise<ArmApi>;
  readonly #clock: Clock;
  readonly #caller: ApiCaller;
  #api: Promise<ArmApi>;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(api: ArmApi, { clock, random, rateShare, reopen, onCall }: ArmOptions) {
    const share = ({ capacity, refillPerSecond }: BucketLimits) => ({
      capacity: Math.max(1, capacity * rateShare),
      refillPerSecond: refillPerSecond * rateShare,
    });
    const buckets: Record<RateBucket, BucketLimits> = {
      read: share(rateLimits.read),
      write: share(rateLimits.write),
      delete: share(rateLimits.delete),
    };
    this.#reopen = reopen;
    this.#clock = clock;
    this.#api = Promise.resolve(api);
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
    const asked = this.#api;
    try {
      return await attempt(await asked, signal);
    } catch (error) {
      if (!isStatus(error, 401) || !this.#renew(asked)) throw translateAzureError(error, name);
    }
    try {
      return await attempt(await this.#api, signal);
    } catch (error) {
      throw translateAzureError(error, name);
    }
  }

  /**
   * Whether a second try with another token makes sense. The SDK keeps a token until it expires, also one that Azure
   * takes no more: revoked, or issued by a clock that was wrong.
   */
  #renew(refused: Promise<ArmApi>): boolean {
    if (refused !== this.#api) return true; // another call saw to it
    if (this.#clock.now() - this.#renewedAt < renewalMsMin) return false;
    this.#api = this.#reopen();
    this.#renewedAt = this.#clock.now();
    return true;
  }
}
