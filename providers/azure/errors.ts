/** The only translation of what Azure and its SDK say into the contract's errors. */

import { type CapacityScope, ProviderError, type ProviderErrorCode } from '@peerpods/provider';

interface Meaning {
  readonly code: ProviderErrorCode;
  readonly scope?: CapacityScope;
  readonly retryAfterMs?: number;
}

const hourMs = 3_600_000;

const auth: Meaning = { code: 'auth' };
const full: Meaning = { code: 'no-capacity' };
const gone: Meaning = { code: 'not-found' };
const transient: Meaning = { code: 'transient' };
const invalid: Meaning = { code: 'invalid-configuration' };

/** By the code in Azure's answer, or in the failure of a VM that was accepted first. */
const meanings: Readonly<Record<string, Meaning>> = {
  AuthorizationFailed: auth,
  LinkedAuthorizationFailed: auth,
  AuthenticationFailed: auth,
  InvalidAuthenticationToken: auth,
  InvalidAuthenticationTokenTenant: auth,
  ExpiredAuthenticationToken: auth,
  RequestDisallowedByPolicy: auth,

  AllocationFailed: full,
  ZonalAllocationFailed: full,
  OverconstrainedAllocationRequest: full,
  OverconstrainedZonalAllocationRequest: full,
  SpotAllocationFailed: full,
  // Not sold here to this subscription: that does not change within minutes.
  SkuNotAvailable: { code: 'no-capacity', retryAfterMs: hourMs },
  SubnetIsFull: { code: 'no-capacity', scope: 'zone' },
  QuotaExceeded: { code: 'quota', scope: 'instance-type' },

  ResourceNotFound: gone,
  NotFound: gone,

  ResourceGroupNotFound: invalid,
  SubscriptionNotFound: invalid,
  InvalidSubscriptionId: invalid,

  RetryableError: transient,
  RetryableErrorDueToAnotherOperation: transient,
  AnotherOperationInProgress: transient,
  OperationPreempted: transient,
  Conflict: transient,
  NicReservedForAnotherVm: transient,
  NicInUse: transient,
  InUse: transient,
  PublicIPAddressCannotBeDeleted: transient,
  AttachDiskWhileBeingDetached: transient,
  InternalServerError: transient,
  InternalExecutionError: transient,
  InternalOperationError: transient,
  ServerTimeout: transient,
  NetworkingInternalOperationError: transient,
};

/** What the SDK threw: RestError of the pipeline, an error of @azure/identity, or an abort. */
interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly headers?: HeaderBag };
}

interface HeaderBag {
  get?(name: string): string | undefined;
}

export function translateAzureError(thrown: unknown, attempted: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const { name, code, message, statusCode, response } = (thrown ?? {}) as SdkError;
  const word = typeof code === 'string' ? code : '';
  const text = typeof message === 'string' ? message : String(thrown);
  const status = typeof statusCode === 'number' ? statusCode : undefined;
  const meaning = credentialMeaning(name, status) ?? meaningOf(word, text, status);
  const retryAfterMs = retryAfter(response?.headers?.get?.('retry-after')) ?? meaning.retryAfterMs;
  const request = response?.headers?.get?.('x-ms-request-id');
  const shown = [word, oneLine(text)].filter((part) => part !== '').join(': ');
  return new ProviderError(
    meaning.code,
    `${attempted}: ${shown}${request === undefined ? '' : ` (request ${request})`}`,
    {
      cause: thrown,
      ...(meaning.scope !== undefined && { scope: meaning.scope }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
  );
}

/** For a failure that is told in a resource or an operation, not in an answer. */
export function failureError(attempted: string, code: string, message: string): ProviderError {
  const { code: meaning, scope, retryAfterMs } = meaningOf(code, message, undefined, invalid);
  return new ProviderError(meaning, `${attempted}: ${code}: ${oneLine(message)}`, {
    ...(scope !== undefined && { scope }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

export function isStatus(thrown: unknown, ...statuses: readonly number[]): boolean {
  const { statusCode } = (thrown ?? {}) as SdkError;
  return typeof statusCode === 'number' && statuses.includes(statusCode);
}

/** @azure/identity: an answer of the authority, or no way to get one. */
function credentialMeaning(name: unknown, status: number | undefined): Meaning | undefined {
  switch (name) {
    case 'CredentialUnavailableError':
    case 'AuthenticationRequiredError':
      return auth;
    case 'AuthenticationError':
      return status !== undefined && (status === 429 || status >= 500) ? transient : auth;
    default:
      return undefined;
  }
}

function meaningOf(code: string, text: string, status: number | undefined, otherwise = transient): Meaning {
  // Azure has one code for every operation that is not allowed. That it is a quota, and which, is in the text alone.
  if (/quota/i.test(text) && (code === 'OperationNotAllowed' || code === 'QuotaExceeded')) return quotaMeaning(text);
  const known = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (known && status !== 429) return known;
  switch (status) {
    case undefined:
      return otherwise;
    case 401:
    case 403:
      return auth;
    case 404:
      return gone;
    case 429:
      return { code: 'throttled' };
    case 408:
    case 409:
    case 412:
      return code === 'OperationNotAllowed' || code === 'PropertyChangeNotAllowed' ? invalid : transient;
    default:
      return status >= 500 ? transient : invalid;
  }
}

function quotaMeaning(text: string): Meaning {
  const wide = /Total Regional|LowPriority|Low Priority|Spot/i.test(text);
  return { code: 'quota', scope: wide ? 'capacity-type' : 'instance-type' };
}

/** Azure gives seconds; the other form, a date, is not seen. */
function retryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text.trim()) ? Number(text) * 1000 : undefined;
}

function oneLine(text: string): string {
  const [first = ''] = text.split('\n', 1);
  return first.length > 500 ? `${first.slice(0, 500)}…` : first;
}
