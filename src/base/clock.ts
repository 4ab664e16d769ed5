/** Time as an argument: monotonic for deadlines, wall clock only for what people or certificates read. */

export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. */
  now(): number;
  /** Wall clock, milliseconds since 1970. Never used for a deadline. */
  wallNow(): number;
  /** Calls back once after `delayMs`; the returned function cancels and may be called at any time. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Waits on `clock`; rejects with the signal's reason when aborted. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
