/** AbortSignals with coded reasons, and with clean-up: nothing stays registered once the work is over. */

import type { Clock } from './clock.ts';
import { PeerPodError } from './errors.ts';

export interface OwnedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/** A controller that follows `parents` until it is disposed. */
export function linkedSignal(...parents: readonly (AbortSignal | undefined)[]): OwnedSignal {
  const controller = new AbortController();
  const unlink: (() => void)[] = [];
  const dispose = () => {
    for (const remove of unlink.splice(0)) remove();
  };
  for (const parent of parents) {
    if (!parent) continue;
    if (parent.aborted) {
      controller.abort(parent.reason);
      break;
    }
    const onAbort = () => {
      dispose();
      controller.abort(parent.reason);
    };
    parent.addEventListener('abort', onAbort, { once: true });
    unlink.push(() => parent.removeEventListener('abort', onAbort));
  }
  return { signal: controller.signal, abort: (reason) => controller.abort(reason), [Symbol.dispose]: dispose };
}

/** Like linkedSignal, and aborted with E_DEADLINE after `timeoutMs`; `attempted` tells what was given up. */
export function deadlineSignal(
  clock: Clock,
  timeoutMs: number,
  attempted: string,
  ...parents: readonly (AbortSignal | undefined)[]
): OwnedSignal {
  const linked = linkedSignal(...parents);
  const cancel = clock.after(timeoutMs, () =>
    linked.abort(new PeerPodError('E_DEADLINE', `${attempted} took longer than ${timeoutMs} ms`)),
  );
  return {
    signal: linked.signal,
    abort: linked.abort,
    [Symbol.dispose]: () => {
      cancel();
      linked[Symbol.dispose]();
    },
  };
}

/** Settles as `promise` does, or rejects with the signal's reason, whichever comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      promise.catch(() => {}); // the caller has left; the outcome belongs to whoever owns the work
      return reject(signal.reason);
    }
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
