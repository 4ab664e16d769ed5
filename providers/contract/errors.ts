/** What can go wrong at a provider, in a closed set that callers can act upon. */

/**
 * - `not-found`: what was named does not exist. `delete` never throws it: missing is success.
 * - `no-capacity`: the cloud has none of this shape now; another shape or zone may do.
 * - `quota`: the account's limit is reached; waiting alone does not help.
 * - `throttled`: too many calls; try again after `retryAfterMs`.
 * - `auth`: credentials are missing, wrong or not allowed to do this.
 * - `invalid-configuration`: an option, image, network, size or request that can never work.
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

/** How much of the cloud a `no-capacity` or `quota` speaks of. */
export type CapacityScope = 'offering' | 'instance-type' | 'zone' | 'capacity-type';

export interface ProviderErrorDetails {
  readonly cause?: unknown;
  /** With `throttled` or `transient`: how long the cloud asked us to wait, in ms. */
  readonly retryAfterMs?: number;
  /** A pod VM that exists although the call failed: the caller owns its deletion. */
  readonly podVmId?: string;
  /** With `no-capacity` or `quota`; absent: this one combination of type, zone and capacity type. */
  readonly scope?: CapacityScope;
}

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly podVmId: string | undefined;
  readonly scope: CapacityScope | undefined;

  constructor(code: ProviderErrorCode, message: string, details: ProviderErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.podVmId = details.podVmId;
    this.scope = details.scope;
  }
}

export function isProviderError(error: unknown, code?: ProviderErrorCode): error is ProviderError {
  return error instanceof ProviderError && (code === undefined || error.code === code);
}

/** The error as it is, or `transient` around anything else; a provider's own translation comes first. */
export function asProviderError(error: unknown, attempted: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ProviderError('transient', `${attempted}: ${text}`, { cause: error });
}

/** The same failure, now naming what exists although the call failed. */
export function withPodVmId(error: ProviderError, podVmId: string): ProviderError {
  if (error.podVmId !== undefined) return error;
  const { code, message, retryAfterMs, scope } = error;
  return new ProviderError(code, message, {
    cause: error,
    podVmId,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(scope !== undefined && { scope }),
  });
}
