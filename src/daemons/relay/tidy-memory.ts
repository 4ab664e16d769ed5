/** Gives back what many dials needed and their connections do not: V8 by itself collects no sooner than it needs room. */

import { trimHeap } from '@peerpods/netlink/heap';
import type { Clock } from '#base/clock.ts';

/** What is collected is freed piece by piece, and by other threads. */
const freedMs = 300;

/** Pauses of 10 ms with a few pods, of 40 with a thousand. Collects only where Node was started with --expose-gc. */
export function tidyMemory(clock: Clock): void {
  globalThis.gc?.();
  clock.after(freedMs, trimHeap); // what OpenSSL freed lies between what others keep
}
