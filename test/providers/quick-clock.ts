/** A real clock that runs faster than the wall: waits of a provider shrink, the order of things stays. */

import type { Clock } from '@peerpods/provider';

/** Milliseconds of the clock in one of the wall's. */
export const haste = 8;

export const quickClock: Clock = {
  now: () => performance.now() * haste,
  wallNow: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / haste);
    return () => clearTimeout(timer);
  },
};

/** A Retry-After, in whole seconds, that lasts `ms` of the wall. */
export function retryAfterText(ms: number): string {
  return String(Math.ceil((ms * haste) / 1000));
}
