/** The only translation of what IBM Cloud and its SDK say into the contract's errors. By code, never by message text. */

import { type CapacityScope, ProviderError, type ProviderErrorCode } from '@peerpods/provider';

/** The token service refused, or could not be reached: nothing was asked of the VPC API yet. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.cause = cause;
  }
}

/** What the SDK throws. `result` is the parsed body, `statusText` the error code of a connection that failed. */
interface SdkError {
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly message?: unknown;
  readonly result?: unknown;
  readonly headers?: unknown;
}

export interface CodedError {
  readonly code: string;
  readonly message: string;
  /** The field that it speaks of. */
  readonly target?: string;
}

interface Meaning {
  readonly code: ProviderErrorCode;
  readonly scope?: CapacityScope;
}

const full: Meaning = { code: 'no-capacity' };

const meanings: Readonly<Record<string, Meaning>> = {
  // Limits are on instances, vCPUs and memory of the account in the region: another place does not help.
  over_quota: { code: 'quota', scope: 'capacity-type' },
  quota_exceeded: { code: 'quota', scope: 'capacity-type' },
  insufficient_capacity: full,
  dedicated_host_insufficient_capacity: full,
  instance_placement_failed: full,
  subnet_no_available_addresses: { code: 'no-capacity', scope: 'zone' },
  not_authorized: { code: 'auth' },
  not_authenticated: { code: 'auth' },
  internal_error: { code: 'transient' },
  service_error: { code: 'transient' },
};

/** Reasons of an instance that was accepted and does not start. */
const reasons: Readonly<Record<string, Meaning>> = {
  cannot_start_capacity: full,
  cannot_start_placement_group: full,
  cannot_start_reservation_capacity: full,
  cannot_start_reservation_expired: full,
  cannot_start_ip_address: { code: 'no-capacity', scope: 'zone' },
  cannot_start: { code: 'transient' },
  cannot_start_compute: { code: 'transient' },
  cannot_start_network: { code: 'transient' },
  cannot_start_storage: { code: 'transient' },
  stopped_by_preemption: full,
  stopped_by_host_failure: { code: 'transient' },
};

export function translateIbmError(thrown: unknown, attempted: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const cause = thrown instanceof TokenError ? thrown.cause : thrown;
  const status = statusOf(cause);
  const [first] = codesOf(cause);
  const { code, scope } = thrown instanceof TokenError ? tokenMeaning(cause, status) : meaningOf(first?.code, status);
  const { message } = (cause ?? {}) as SdkError;
  const text = first ? `${first.code}: ${first.message}` : typeof message === 'string' ? message : String(cause);
  const retryAfterMs = retryAfter(cause);
  const trace = traceOf(cause);
  const what = thrown instanceof TokenError ? `${attempted}: token for IBM Cloud` : attempted;
  return new ProviderError(code, `${what}: ${oneLine(text)}${trace === undefined ? '' : ` (trace ${trace})`}`, {
    cause: thrown,
    ...(scope !== undefined && { scope }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Undefined: the reasons speak of no failure to start. */
export function startFailure(
  attempted: string,
  statusReasons: readonly { readonly code: string; readonly message: string }[],
): ProviderError | undefined {
  for (const { code, message } of statusReasons) {
    const meaning = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
    if (!meaning) continue;
    const { scope } = meaning;
    return new ProviderError(meaning.code, `${attempted}: ${code}: ${oneLine(message)}`, {
      ...(scope !== undefined && { scope }),
    });
  }
  return undefined;
}

export function statusOf(thrown: unknown): number | undefined {
  const { status } = (thrown ?? {}) as SdkError;
  return typeof status === 'number' ? status : undefined;
}

/** From `{errors: [{code, message, target}]}`. */
export function codesOf(thrown: unknown): readonly CodedError[] {
  const { result } = (thrown ?? {}) as SdkError;
  const { errors } = (result ?? {}) as { readonly errors?: unknown };
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((one: unknown) => {
    const { code, message, target } = (one ?? {}) as { code?: unknown; message?: unknown; target?: { name?: unknown } };
    if (typeof code !== 'string') return [];
    const name = target?.name;
    const text = typeof message === 'string' ? message : '';
    return [{ code, message: text, ...(typeof name === 'string' && { target: name }) }];
  });
}

/** A refused key or profile is auth; a token service that is down or busy is not. A missing token file is told in words. */
function tokenMeaning(cause: unknown, status: number | undefined): Meaning {
  const { statusText } = (cause ?? {}) as SdkError;
  if (status === undefined) return { code: typeof statusText === 'string' ? 'transient' : 'auth' };
  if (status === 429) return { code: 'throttled' };
  return { code: status >= 500 ? 'transient' : 'auth' };
}

function meaningOf(code: string | undefined, status: number | undefined): Meaning {
  if (status === 429) return { code: 'throttled' };
  const known = code !== undefined && Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (known) return known;
  switch (status) {
    case undefined:
    case 408:
    case 409:
      return { code: 'transient' };
    case 401:
    case 403:
      return { code: 'auth' };
    case 404:
      return { code: 'not-found' };
    default:
      return { code: status >= 500 ? 'transient' : 'invalid-configuration' };
  }
}

function retryAfter(thrown: unknown): number | undefined {
  const { headers } = (thrown ?? {}) as SdkError;
  const text = (headers as Readonly<Record<string, unknown>> | undefined)?.['retry-after'];
  return typeof text === 'string' && /^\d+$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}

function traceOf(thrown: unknown): string | undefined {
  const { result } = (thrown ?? {}) as SdkError;
  const { trace } = (result ?? {}) as { readonly trace?: unknown };
  return typeof trace === 'string' ? trace : undefined;
}

function oneLine(text: string): string {
  const [first = ''] = text.split('\n', 1);
  return first.length > 500 ? `${first.slice(0, 500)}…` : first;
}
