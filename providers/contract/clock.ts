/** Time and chance as arguments, so that a test can run hours in milliseconds and replay a seed. */

import { abortedError } from './abort.ts';

export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Wall clock, milliseconds since 1970. Never used for a deadline. */
  wallNow(): number;
  /** Calls back once after `delayMs`; the returned function cancels and may be called at any time. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface Random {
  /** A number in [0, 1); for jitter and choice, never for secrets. */
  fraction(): number;
}

/** Waits; an ended signal gives ProviderError `aborted`. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortedError(signal));
    const onAbort = () => {
      cancel();
      reject(abortedError(signal));
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
