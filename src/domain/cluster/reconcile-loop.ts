/** One kind of work as a queue of keys and a number of hands, with the figures that operators know. */

import type { BackoffPolicy } from '#base/backoff.ts';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { WorkQueue, workOff } from '#base/work-queue.ts';

export type ReconcileResult = 'success' | 'error' | 'requeue_after';

export interface LoopObserver {
  reconciled(controller: string, result: ReconcileResult, durationMs: number): void;
  /** A key was put in, or put in again after a failure. */
  added(controller: string, retry: boolean): void;
  /** How long a key waited for a hand. */
  waited(controller: string, durationMs: number): void;
}

export interface LoopParts {
  readonly name: string;
  readonly hands: number;
  readonly backoff: BackoffPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly observer: LoopObserver;
  /** A number: again after so many ms. A rejection: again with back-off. */
  readonly work: (key: string, signal: AbortSignal) => Promise<number | undefined>;
}

/** More than there can be PeerPods at once. */
const keysMax = 1_000_000;

export class ReconcileLoop {
  readonly name: string;
  readonly hands: number;
  readonly #parts: LoopParts;
  readonly #queue: WorkQueue;
  readonly #addedAtMs = new Map<string, number>();
  readonly #begunAtMs = new Map<string, number>();

  constructor(parts: LoopParts) {
    const { clock, random, backoff } = parts;
    this.name = parts.name;
    this.hands = parts.hands;
    this.#parts = parts;
    this.#queue = new WorkQueue({ clock, random: () => random.fraction(), backoff, keysMax });
  }

  get depth(): number {
    return this.#queue.depth;
  }

  /** Keys in hand, and how long each has been, ms. */
  inHand(): readonly number[] {
    const now = this.#parts.clock.now();
    return [...this.#begunAtMs.values()].map((at) => now - at);
  }

  add(key: string): void {
    this.#note(key, false);
    this.#queue.add(key);
  }

  /** Soon: changes that come in a crowd are looked at once. */
  addAfter(key: string, delayMs: number): void {
    this.#note(key, false);
    this.#queue.addAfter(key, delayMs);
  }

  /** Works until the signal, and then ends the turns in hand. */
  async run(signal: AbortSignal): Promise<void> {
    const { log, hands, name, observer } = this.#parts;
    await workOff({
      queue: this.#queue,
      count: hands,
      signal,
      work: (key, inner) => this.#turn(key, inner),
      onFailure: (key, error, failures) => {
        if (signal.aborted) return;
        log[failures > 1 ? 'warn' : 'info'](
          { controller: name, key, failures, error },
          'reconcile failed, again later',
        );
        observer.added(name, true);
      },
    });
  }

  close(): void {
    this.#queue.close();
  }

  async #turn(key: string, signal: AbortSignal): Promise<number | undefined> {
    const { clock, observer, work, name } = this.#parts;
    const from = clock.now();
    const addedAt = this.#addedAtMs.get(key);
    this.#addedAtMs.delete(key);
    if (addedAt !== undefined) observer.waited(name, from - addedAt);
    this.#begunAtMs.set(key, from);
    let result: ReconcileResult = 'error';
    try {
      const againMs = await work(key, signal);
      result = againMs === undefined ? 'success' : 'requeue_after';
      return againMs;
    } finally {
      this.#begunAtMs.delete(key);
      observer.reconciled(name, result, clock.now() - from);
    }
  }

  #note(key: string, retry: boolean): void {
    const { clock, observer, name } = this.#parts;
    if (!this.#addedAtMs.has(key)) this.#addedAtMs.set(key, clock.now());
    observer.added(name, retry);
  }
}
