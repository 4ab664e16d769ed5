/** A clock for tests: hours pass in milliseconds, and every run of a seed is the same. */

import { setImmediate } from 'node:timers';
import type { Clock, Random } from './clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

export class VirtualClock implements Clock {
  /** A binary heap by time, then by order of creation. */
  readonly #heap: Timer[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), order: this.#order, callback, cancelled: false };
    this.#order += 1;
    this.#push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Lets time pass until `done` settles, and gives what it gives. Throws when nothing is left that could settle it. */
  async run<T>(done: Promise<T>, limitMs = Number.POSITIVE_INFINITY): Promise<T> {
    let settled = false;
    const end = () => {
      settled = true;
    };
    done.then(end, end);
    for (;;) {
      // Promise reactions first, however many they are: time stands still while code runs.
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return await done;
      const timer = this.#pop();
      if (!timer) throw new Error(`nothing left to wait for at ${this.#now} ms`);
      if (timer.at > limitMs) throw new Error(`not done after ${limitMs} ms`);
      this.#now = timer.at;
      timer.callback();
      // Timers of the same instant fire together, as they would in one turn of the event loop.
      for (let next = this.#heap[0]; next && next.at <= this.#now; next = this.#heap[0]) this.#pop()?.callback();
    }
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    await this.run(new Promise<void>((resolve) => this.after(ms, resolve)));
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfEarlier(index, parent)) break;
      index = parent;
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap;
    for (;;) {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last) return undefined;
      if (heap.length > 0) {
        heap[0] = last;
        this.#sink();
      }
      if (!first.cancelled) return first;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      for (const child of [left, right]) if (this.#isEarlier(child, least)) least = child;
      if (least === index) return;
      this.#swapIfEarlier(least, index);
      index = least;
    }
  }

  #isEarlier(index: number, other: number): boolean {
    const [one, two] = [this.#heap[index], this.#heap[other]];
    return one !== undefined && two !== undefined && (one.at - two.at || one.order - two.order) < 0;
  }

  #swapIfEarlier(index: number, other: number): boolean {
    const [one, two] = [this.#heap[index], this.#heap[other]];
    if (!one || !two || !this.#isEarlier(index, other)) return false;
    this.#heap[index] = two;
    this.#heap[other] = one;
    return true;
  }
}

/** mulberry32: small, and good enough to spread delays. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    fraction() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
