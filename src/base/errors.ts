/** The one error class of this project and its closed table of codes. */

/** Status names of gRPC and ttrpc; numbers are given once, in codec/ttrpc/status.ts. */
export type StatusName =
  | 'ok'
  | 'cancelled'
  | 'unknown'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'aborted'
  | 'out_of_range'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'data_loss'
  | 'unauthenticated';

interface ErrorClass {
  /** What a caller on the wire sees. */
  readonly status: StatusName;
  /** Whether the same attempt can succeed without anybody changing anything. */
  readonly retry: 'never' | 'later' | 'now';
}

/** Every code is described in docs/errors.md; a test ties the two together. Retired codes are never used again. */
export const errorTable = {
  // General
  E_ABORTED: { status: 'cancelled', retry: 'never' },
  E_DEADLINE: { status: 'deadline_exceeded', retry: 'later' },
  E_LIMIT: { status: 'resource_exhausted', retry: 'later' },
  E_INTERNAL: { status: 'internal', retry: 'never' },
  E_IO: { status: 'unavailable', retry: 'later' },
  // Input
  E_ARGUMENT: { status: 'invalid_argument', retry: 'never' },
  E_DECODE: { status: 'invalid_argument', retry: 'never' },
  E_SETTING: { status: 'invalid_argument', retry: 'never' },
  // ttrpc
  E_RPC: { status: 'unknown', retry: 'never' },
  E_RPC_CLOSED: { status: 'unavailable', retry: 'later' },
  E_RPC_PROTOCOL: { status: 'internal', retry: 'never' },
  E_FRAME_TOO_LARGE: { status: 'resource_exhausted', retry: 'never' },
  // Sandboxes
  E_SANDBOX_STATE: { status: 'failed_precondition', retry: 'never' },
  E_SANDBOX_UNKNOWN: { status: 'not_found', retry: 'never' },
  E_LEDGER: { status: 'internal', retry: 'later' },
  // Pod VMs
  E_POD_VM_CREATE: { status: 'unavailable', retry: 'later' },
  E_POD_VM_NO_CAPACITY: { status: 'resource_exhausted', retry: 'later' },
  E_POD_VM_NO_ADDRESS: { status: 'unavailable', retry: 'later' },
  E_POD_VM_DELETE: { status: 'unavailable', retry: 'later' },
  E_PROVIDER_AUTH: { status: 'permission_denied', retry: 'never' },
  E_PROVIDER_CONFIG: { status: 'failed_precondition', retry: 'never' },
  // Pod network and tunnel
  E_NETLINK: { status: 'internal', retry: 'never' },
  E_NETNS: { status: 'not_found', retry: 'never' },
  E_POD_NETWORK: { status: 'failed_precondition', retry: 'never' },
  E_TUNNEL: { status: 'unavailable', retry: 'later' },
  E_VNI_EXHAUSTED: { status: 'resource_exhausted', retry: 'later' },
  // Relay, forwarder, TLS
  E_RELAY_NOT_READY: { status: 'deadline_exceeded', retry: 'later' },
  E_RELAY_LOST: { status: 'unavailable', retry: 'later' },
  E_RELAY_MOVED: { status: 'unavailable', retry: 'now' },
  E_AGENT_UNREACHABLE: { status: 'unavailable', retry: 'later' },
  E_TLS_MATERIAL: { status: 'failed_precondition', retry: 'never' },
  E_TLS_PEER: { status: 'unauthenticated', retry: 'never' },
  E_CLOUD_VOLUME: { status: 'failed_precondition', retry: 'never' },
  // What a pod VM is told at boot
  E_USER_DATA: { status: 'invalid_argument', retry: 'later' },
  E_USER_DATA_TOO_LARGE: { status: 'resource_exhausted', retry: 'never' },
  E_INITDATA: { status: 'invalid_argument', retry: 'never' },
  // The Kubernetes API
  E_KUBE_CONFLICT: { status: 'aborted', retry: 'later' },
  E_KUBE_FORBIDDEN: { status: 'permission_denied', retry: 'never' },
  E_KUBE_GONE: { status: 'out_of_range', retry: 'now' },
  E_KUBE_INVALID: { status: 'invalid_argument', retry: 'never' },
  E_KUBE_NOT_FOUND: { status: 'not_found', retry: 'never' },
  E_KUBE_THROTTLED: { status: 'resource_exhausted', retry: 'later' },
  E_KUBE_UNAUTHORIZED: { status: 'unauthenticated', retry: 'later' },
  E_KUBE_UNAVAILABLE: { status: 'unavailable', retry: 'later' },
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof errorTable;

/** An operating error: something the world did. Programmer errors are assertions, see assert.ts. */
export class PeerPodError extends Error {
  override readonly name = 'PeerPodError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }

  get status(): StatusName {
    return errorTable[this.code].status;
  }

  get retry(): ErrorClass['retry'] {
    return errorTable[this.code].retry;
  }
}

export function isPeerPodError(error: unknown, code?: ErrorCode): error is PeerPodError {
  return error instanceof PeerPodError && (code === undefined || error.code === code);
}

/** The error as it is if it is coded already, else wrapped once under `code`. */
export function asPeerPodError(error: unknown, code: ErrorCode, attempted: string): PeerPodError {
  if (error instanceof PeerPodError) return error;
  return new PeerPodError(code, `${attempted}: ${errorText(error)}`, { cause: error });
}

/** A one-line text of anything thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(errorText).join('; ');
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    return Object.prototype.toString.call(error); // an object that has no text
  }
}

/** The `code` of a Node system error ('ENOENT', 'ECONNRESET', …), if it is one. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
