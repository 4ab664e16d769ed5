/** Keys that want work: each at most once in the queue and in one pair of hands, and later again after a failure. */

import { type BackoffPolicy, backoffDelayMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { PeerPodError } from './errors.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Gives [0, 1), for the jitter. */
  readonly random: () => number;
  /** Between the failures of one key. */
  readonly backoff: BackoffPolicy;
  /** Keys held at a time, waiting ones included; add throws E_LIMIT for more. */
  readonly keysMax?: number;
}

/** How a key's turn ended; 'again' asks for another one after a while, and is no failure. */
export type Outcome = 'done' | 'failed' | { readonly againAfterMs: number };

interface Entry {
  /** Of 'idle' only the failures are kept, or a timer. */
  state: 'idle' | 'queued' | 'taken';
  /** Added while it was taken: queued again at once when the turn ends. */
  again: boolean;
  failures: number;
  timer: { readonly dueMs: number; readonly cancel: () => void } | undefined;
}

const keysMaxUsual = 100_000;

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #entries = new Map<string, Entry>();
  #queued: string[] = [];
  #head = 0;
  readonly #takers = new Set<() => void>();
  #isClosed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Ready to be taken. */
  get depth(): number {
    return this.#queued.length - this.#head;
  }

  /** Known for any reason: ready, taken, waiting for their time. */
  get size(): number {
    return this.#entries.size;
  }

  failuresOf(key: string): number {
    return this.#entries.get(key)?.failures ?? 0;
  }

  /** Work as soon as there is a hand, earlier than any delay that the key waits for. */
  add(key: string): void {
    if (this.#isClosed) return;
    const entry = this.#entry(key);
    this.#cancelTimer(entry);
    if (entry.state === 'taken') entry.again = true;
    if (entry.state !== 'idle') return;
    entry.state = 'queued';
    this.#queued.push(key);
    this.#wakeOne();
  }

  /** Work after a while; of several delays the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isClosed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const { clock } = this.#options;
    const entry = this.#entry(key);
    if (entry.state === 'queued') return;
    const dueMs = clock.now() + delayMs;
    if (entry.timer && entry.timer.dueMs <= dueMs) return;
    this.#cancelTimer(entry);
    const cancel = clock.after(delayMs, () => {
      entry.timer = undefined;
      this.add(key);
    });
    entry.timer = { dueMs, cancel };
  }

  /** The key that has waited longest. Undefined once the queue is closed; rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<string | undefined> {
    for (;;) {
      if (signal?.aborted) {
        if (this.depth > 0) this.#wakeOne(); // it may have been this taker that was woken for it
        throw signal.reason;
      }
      if (this.#isClosed) return undefined;
      const key = this.#shift();
      if (key !== undefined) return key;
      await this.#untilWoken(signal);
    }
  }

  /** Each taken key is given back once. */
  settle(key: string, outcome: Outcome): void {
    const entry = this.#entries.get(key);
    if (entry?.state !== 'taken') return;
    entry.state = 'idle';
    entry.failures = outcome === 'failed' ? entry.failures + 1 : 0;
    const { again } = entry;
    entry.again = false;
    if (outcome === 'failed') this.addAfter(key, this.#delayMs(entry.failures - 1));
    else if (again) this.add(key);
    else if (outcome !== 'done') this.addAfter(key, outcome.againAfterMs);
    if (entry.state === 'idle' && !entry.timer) this.#entries.delete(key);
  }

  /** Nobody gets a key any more, and no timer is left. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) this.#cancelTimer(entry);
    for (const wake of this.#takers) wake();
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const { keysMax = keysMaxUsual } = this.#options;
    if (this.#entries.size >= keysMax) throw new PeerPodError('E_LIMIT', `a work queue of more than ${keysMax} keys`);
    const entry: Entry = { state: 'idle', again: false, failures: 0, timer: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  #delayMs(failures: number): number {
    return backoffDelayMs(this.#options.backoff, failures, this.#options.random);
  }

  #shift(): string | undefined {
    const key = this.#queued[this.#head];
    if (key === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1000 && this.#head * 2 > this.#queued.length) {
      this.#queued = this.#queued.slice(this.#head);
      this.#head = 0;
    }
    this.#entry(key).state = 'taken';
    return key;
  }

  #wakeOne(): void {
    const [wake] = this.#takers;
    wake?.();
  }

  #untilWoken(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#takers.delete(wake);
        signal?.removeEventListener('abort', onAbort);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const onAbort = () => {
        leave();
        reject(signal?.reason);
      };
      this.#takers.add(wake);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #cancelTimer(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
  }
}

export interface WorkersOptions {
  readonly queue: WorkQueue;
  /** Hands at a time. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** A rejection is a failure of the key. A number asks for another turn after so many ms. */
  readonly work: (key: string, signal: AbortSignal) => Promise<number | undefined>;
  readonly onFailure: (key: string, error: unknown, failures: number) => void;
}

/** Works until the signal; then waits for the turns that have begun, which see the same signal. */
export async function workOff(options: WorkersOptions): Promise<void> {
  const { queue, signal, work, onFailure } = options;
  const hand = async () => {
    for (;;) {
      const key = await queue.take(signal).catch(() => undefined);
      if (key === undefined) return;
      try {
        const againAfterMs = await work(key, signal);
        queue.settle(key, againAfterMs === undefined ? 'done' : { againAfterMs });
      } catch (error) {
        queue.settle(key, 'failed');
        onFailure(key, error, queue.failuresOf(key));
      }
    }
  };
  await Promise.all(Array.from({ length: options.count }, hand));
}
