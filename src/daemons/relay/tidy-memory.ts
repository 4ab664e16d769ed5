/** Gives back what many dials needed and their connections do not: V8 by itself collects no sooner than it needs room. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { trimHeap } from '@peerpods/netlink/heap';
import type { Clock } from '#base/clock.ts';

export interface TidierParts {
  readonly clock: Clock;
  /** Calls that were passed on, ever. */
  readonly calls: () => number;
  /** Pauses of 10 ms with a few pods, of 40 with a thousand. */
  readonly collect: () => void;
  readonly trim: () => void;
}

const watchMs = 500;
/** In this time, of at most so many calls few meet the pause: a thousand idle pods make 100. */
const callsMax = 250;
const againMs = 10_000;
/** What is collected is freed piece by piece, and by other threads. */
const freedMs = 300;

export const tidyTools = { collect, trim: trimHeap };

/** Not by a flag from the start on: with --expose-gc each call takes 5 % more processor time. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc'); // the context is made with it, and is garbage after it
  setFlagsFromString('--no-expose-gc');
  if (typeof gc === 'function') gc();
}

export class Tidier implements Disposable {
  readonly #parts: TidierParts;
  #isAsked = false;
  #cancel = () => {};

  constructor(parts: TidierParts) {
    this.#parts = parts;
  }

  /** As soon as few calls pass. Asked twice before, it is done once. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#watch();
  }

  [Symbol.dispose](): void {
    this.#isAsked = true;
    this.#cancel();
  }

  #watch(): void {
    const { calls } = this.#parts;
    const before = calls();
    this.#after(watchMs, () => {
      if (calls() - before > callsMax) return this.#after(againMs, () => this.#watch());
      this.#parts.collect();
      // What OpenSSL freed lies between what others keep
      this.#after(freedMs, () => {
        this.#isAsked = false;
        this.#parts.trim();
      });
    });
  }

  #after(delayMs: number, work: () => void): void {
    this.#cancel = this.#parts.clock.after(delayMs, work);
  }
}
