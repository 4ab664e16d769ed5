/** The only translation of a provider's errors into ours. */

import { ProviderError, type ProviderErrorCode } from '@peerpods/provider';
import { type ErrorCode, errorText, PeerPodError } from '#base/errors.ts';
import { redacted } from '#base/redact.ts';

const codes: Readonly<Record<ProviderErrorCode, ErrorCode>> = {
  'not-found': 'E_PROVIDER_CONFIG',
  'no-capacity': 'E_POD_VM_NO_CAPACITY',
  quota: 'E_POD_VM_NO_CAPACITY',
  throttled: 'E_POD_VM_CREATE',
  auth: 'E_PROVIDER_AUTH',
  'invalid-configuration': 'E_PROVIDER_CONFIG',
  transient: 'E_POD_VM_CREATE',
  aborted: 'E_ABORTED',
};

const textLengthMax = 1000;

export function translateProviderError(error: unknown, attempted: string): PeerPodError {
  if (error instanceof PeerPodError) return error;
  const code = error instanceof ProviderError ? codes[error.code] : 'E_POD_VM_CREATE';
  // An SDK's message may quote the request, which holds the VM's key, and ours goes to the shim's log.
  return new PeerPodError(code, `${attempted}: ${redacted(errorText(error)).slice(0, textLengthMax)}`, {
    cause: error,
  });
}
