/** Time that goes on only when told to, for whatever takes a Clock. */

import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#base/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** What promises have to do between two timers is done in so many turns of the event loop. */
const turns = 10;

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();

  constructor(wallStart = '2026-01-01T00:00:00Z') {
    this.#startMs = Date.parse(wallStart);
  }

  now(): number {
    return this.#nowMs;
  }

  wallNow(): number {
    return this.#startMs + this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that have not rung. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Rings in order all that is due in the next `ms`, with what follows from each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#earliest();
      if (!next || next.dueMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = endMs;
    await settled();
  }

  #earliest(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of this.#timers) if (!found || timer.dueMs < found.dueMs) found = timer;
    return found;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}
