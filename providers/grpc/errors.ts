/** A plugin's gRPC status and trailers in the contract's words. */

import type { Metadata, ServiceError } from '@grpc/grpc-js';
import { type CapacityScope, ProviderError, type ProviderErrorCode } from '@peerpods/provider';

const codes: readonly string[] = [
  'not-found',
  'no-capacity',
  'quota',
  'throttled',
  'auth',
  'invalid-configuration',
  'transient',
  'aborted',
] satisfies readonly ProviderErrorCode[];

const scopes: readonly string[] = [
  'offering',
  'instance-type',
  'zone',
  'capacity-type',
] satisfies readonly CapacityScope[];

/** Where the plugin gives no code of its own; by gRPC's numbers. */
const byStatus: Readonly<Record<number, ProviderErrorCode>> = {
  3: 'invalid-configuration', // INVALID_ARGUMENT
  5: 'not-found', // NOT_FOUND
  7: 'auth', // PERMISSION_DENIED
  8: 'quota', // RESOURCE_EXHAUSTED
  9: 'invalid-configuration', // FAILED_PRECONDITION
  12: 'invalid-configuration', // UNIMPLEMENTED
  16: 'auth', // UNAUTHENTICATED
};

const textLengthMax = 1000;

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'code' in error && typeof error.code === 'number';
}

/** Whatever the plugin does not name may pass: it may have crashed, hung or been restarted. */
export function translateStatus(error: unknown, attempted: string): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!isServiceError(error)) return new ProviderError('transient', `${attempted}: ${String(error)}`, { cause: error });
  const { metadata, details, code: status } = error;
  const given = trailer(metadata, 'peerpods-code');
  const code = given !== undefined && codes.includes(given) ? (given as ProviderErrorCode) : byStatus[status];
  const podVmId = trailer(metadata, 'peerpods-pod-vm-id');
  const retryAfterMs = Number(trailer(metadata, 'peerpods-retry-after-ms') ?? Number.NaN);
  const scope = trailer(metadata, 'peerpods-scope');
  return new ProviderError(code ?? 'transient', `${attempted}: ${details.slice(0, textLengthMax)}`, {
    cause: error,
    ...(podVmId !== undefined && { podVmId }),
    ...(Number.isFinite(retryAfterMs) && retryAfterMs >= 0 && { retryAfterMs }),
    ...(scope !== undefined && scopes.includes(scope) && { scope: scope as CapacityScope }),
  });
}

function trailer(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
