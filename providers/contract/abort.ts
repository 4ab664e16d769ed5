/** Cancellation in the contract's words: whoever leaves early hears ProviderError `aborted`. */

import { ProviderError } from './errors.ts';

export function abortedError(signal: AbortSignal, podVmId?: string): ProviderError {
  const made = podVmId === undefined ? {} : { podVmId };
  return new ProviderError('aborted', 'the caller ended the call', { cause: signal.reason, ...made });
}

export function throwIfAborted(signal: AbortSignal, podVmId?: string): void {
  if (signal.aborted) throw abortedError(signal, podVmId);
}

/** Settles as `promise` does, or rejects with `aborted`, whichever is first. The work itself is not ended by this. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(abortedError(signal));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => undefined); // when the caller left, the outcome belongs to whoever owns the work
  }
}
