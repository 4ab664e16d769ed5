/** Status codes of gRPC and ttrpc, and the only mapping between them and PeerPodError. */

import { errorText, PeerPodError, type StatusName } from '#base/errors.ts';

/** google.rpc.Code */
export const statusCodes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalid_argument: 3,
  deadline_exceeded: 4,
  not_found: 5,
  already_exists: 6,
  permission_denied: 7,
  resource_exhausted: 8,
  failed_precondition: 9,
  aborted: 10,
  out_of_range: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  data_loss: 15,
  unauthenticated: 16,
} as const satisfies Record<StatusName, number>;

/** google.rpc.Status; `details` are encoded google.protobuf.Any messages, passed through untouched. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Uint8Array[];
}

export function rpcStatus(name: StatusName, message: string): RpcStatus {
  return { code: statusCodes[name], message, details: [] };
}

/** An error that is, or becomes, a status on the wire. */
export class RpcError extends PeerPodError {
  readonly rpcStatus: RpcStatus;

  constructor(status: RpcStatus) {
    super('E_RPC', `${statusName(status.code)}: ${status.message}`);
    this.rpcStatus = status;
  }

  override get status(): StatusName {
    return statusName(this.rpcStatus.code);
  }
}

/** A code that no version of gRPC names counts as unknown. */
export function statusName(code: number): StatusName {
  const entry = Object.entries(statusCodes).find(([, value]) => value === code);
  return (entry?.[0] as StatusName | undefined) ?? 'unknown';
}

/** What a server answers when a handler threw `error`. */
export function toRpcStatus(error: unknown): RpcStatus {
  if (error instanceof RpcError) return error.rpcStatus;
  if (error instanceof PeerPodError) return rpcStatus(error.status, error.message);
  return rpcStatus('unknown', errorText(error));
}
