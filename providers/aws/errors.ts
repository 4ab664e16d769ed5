/** The only translation of what EC2 and its SDK say into the contract's errors. By code, never by message text. */

import { type CapacityScope, ProviderError, type ProviderErrorCode } from '@peerpods/provider';

type Meaning = readonly [ProviderErrorCode, CapacityScope?];

const auth: Meaning = ['auth'];
const throttled: Meaning = ['throttled'];
const full: Meaning = ['no-capacity'];
const gone: Meaning = ['not-found'];
const transient: Meaning = ['transient'];

const meanings: Readonly<Record<string, Meaning>> = {
  AuthFailure: auth,
  UnauthorizedOperation: auth,
  AccessDenied: auth,
  AccessDeniedException: auth,
  InvalidClientTokenId: auth,
  UnrecognizedClientException: auth,
  SignatureDoesNotMatch: auth,
  IncompleteSignature: auth,
  MissingAuthenticationToken: auth,
  ExpiredToken: auth,
  ExpiredTokenException: auth,
  RequestExpired: auth,
  OptInRequired: auth,
  Blocked: auth,
  PendingVerification: auth,
  // Thrown by the SDK before any call, when its chain finds nothing or a token file is wrong.
  CredentialsProviderError: auth,
  TokenProviderError: auth,

  RequestLimitExceeded: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  ThrottledException: throttled,
  EC2ThrottledException: throttled,
  RequestThrottled: throttled,
  RequestThrottledException: throttled,
  TooManyRequestsException: throttled,
  SlowDown: throttled,

  InsufficientInstanceCapacity: full,
  InsufficientHostCapacity: full,
  InsufficientReservedInstanceCapacity: full,
  InsufficientCapacity: full,
  InsufficientCapacityOnHost: full,
  UnfulfillableCapacity: full,
  ReservationCapacityExceeded: full,
  // This type is not offered in this zone, or not with what was asked for.
  Unsupported: full,
  SpotMaxPriceTooLow: ['no-capacity', 'offering'],
  InsufficientFreeAddressesInSubnet: ['no-capacity', 'zone'],
  InsufficientAddressCapacity: ['no-capacity', 'zone'],

  InstanceLimitExceeded: ['quota', 'instance-type'],
  VcpuLimitExceeded: ['quota', 'instance-type'],
  MaxSpotInstanceCountExceeded: ['quota', 'capacity-type'],
  MaxFleetCountExceeded: ['quota', 'capacity-type'],
  VolumeLimitExceeded: ['quota', 'offering'],
  ResourceLimitExceeded: ['quota', 'offering'],
  AddressLimitExceeded: ['quota', 'offering'],
  NetworkInterfaceLimitExceeded: ['quota', 'offering'],

  'InvalidInstanceID.NotFound': gone,
  'InvalidInstanceID.Malformed': gone,
  'InvalidNetworkInterfaceID.NotFound': gone,
  'InvalidAttachmentID.NotFound': gone,
  'InvalidAttachment.NotFound': gone,
  'InvalidAllocationID.NotFound': gone,
  'InvalidAssociationID.NotFound': gone,
  'InvalidVolume.NotFound': gone,

  InternalError: transient,
  InternalFailure: transient,
  InternalServerError: transient,
  Unavailable: transient,
  ServiceUnavailable: transient,
  RequestTimeout: transient,
  RequestTimeTooSkewed: transient,
  IncorrectInstanceState: transient,
  IncorrectState: transient,
  'InvalidNetworkInterface.InUse': transient,
  // The volume's last pod VM has not let go of it yet.
  VolumeInUse: transient,
  'IncorrectState.VolumeInUse': transient,
};

/** Codes that our own code acts upon. */
export type Ec2Code =
  | 'IdempotentParameterMismatch'
  | 'IdempotentInstanceTerminated'
  | 'DryRunOperation'
  | 'UnauthorizedOperation'
  | 'Resource.AlreadyAssociated'
  | 'InvalidInstanceType';

/** What the SDK threw, kept as the cause. */
interface SdkError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

export function translateEc2Error(thrown: unknown, attempted: string): ProviderError {
  if (thrown instanceof ProviderError) return thrown;
  const { name, message, $metadata, $response } = (thrown ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  const [code, scope] = meaningOf(typeof name === 'string' ? name : '', status);
  const retryAfterMs = retryAfter($response?.headers?.['retry-after']);
  const request = $metadata?.requestId === undefined ? '' : ` (request ${$metadata.requestId})`;
  const text = oneLine(typeof message === 'string' ? message : String(thrown));
  return new ProviderError(code, `${attempted}: ${String(name ?? 'error')}: ${text}${request}`, {
    cause: thrown,
    ...(scope !== undefined && { scope }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function meaningOf(name: string, status: number | undefined): Meaning {
  const known = meanings[name];
  if (known) return known;
  if (status === 429) return throttled;
  // No status: no answer (a broken connection, a timeout, a body that is no XML).
  if (status === undefined || status >= 500 || status < 300) return transient;
  if (status === 401 || status === 403) return auth;
  return ['invalid-configuration'];
}

/** Whether EC2 answered with this very code. */
export function hasEc2Code(error: unknown, code: Ec2Code): boolean {
  return error instanceof ProviderError && (error.cause as SdkError | undefined)?.name === code;
}

/** For what EC2 reports later, in an instance's state reason: `Server.InsufficientInstanceCapacity`, `Client.…`. */
export function stateReasonError(reason: string, message: string, podVmId: string): ProviderError {
  const [code, scope] = meanings[reason.replace(/^(Server|Client)\./, '')] ?? transient;
  const text = `the instance ended while it started: ${reason}: ${message}`;
  return new ProviderError(code, text, { podVmId, ...(scope !== undefined && { scope }) });
}

/** Seconds, or an HTTP date, which is not looked at: the back-off does. */
function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && header !== '' && seconds >= 0 && seconds <= 3600 ? seconds * 1000 : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 500);
}
