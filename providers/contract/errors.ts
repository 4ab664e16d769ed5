/** What can go wrong at a provider, in a closed set that callers can act upon. */

/**
 * - `not-found`: what was named does not exist. `delete` never throws it: missing is success.
 * - `no-capacity`: the cloud has none of this shape now; another shape or zone may do.
 * - `quota`: the account's limit is reached; waiting alone does not help.
 * - `throttled`: too many calls; try again after `retryAfterMs`.
 * - `auth`: credentials are missing, wrong or not allowed to do this.
 * - `invalid-configuration`: an option, image, network or size that can never work.
 * - `transient`: anything that the same call may survive later.
 * - `aborted`: the caller's signal ended the call.
 */
export type ProviderErrorCode =
  | 'not-found'
  | 'no-capacity'
  | 'quota'
  | 'throttled'
  | 'auth'
  | 'invalid-configuration'
  | 'transient'
  | 'aborted';

export interface ProviderErrorDetails {
  readonly cause?: unknown;
  /** With `throttled`: how long the cloud asked us to wait, in ms. */
  readonly retryAfterMs?: number;
  /** A pod VM that exists although the call failed: the caller owns its deletion. */
  readonly podVmId?: string;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly podVmId: string | undefined;

  constructor(code: ProviderErrorCode, message: string, details: ProviderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.podVmId = details.podVmId;
  }
}
