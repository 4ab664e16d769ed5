/** Many callers, few calls: collects what is asked for within a short time and asks for it at once. */

import { abortable, throwIfAborted } from './abort.ts';
import { type Clock, type Random, sleep } from './clock.ts';
import { asProviderError, ProviderError } from './errors.ts';
import { isRetryable, type RetryPolicy, retryDelayMs } from './retry.ts';

export type BatchOutcome<Result> = { readonly value: Result } | { readonly error: ProviderError };

export interface BatcherOptions<Item, Result> {
  readonly clock: Clock;
  readonly random: Random;
  /** A batch leaves when nothing was added for this long, ms… */
  readonly idleMs: number;
  /** …or this long after its first item, ms… */
  readonly waitMsMax: number;
  /** …or when it is full. */
  readonly itemsMax: number;
  /** Batches on their way at once; further ones grow meanwhile. Default 4. */
  readonly inFlightMax?: number;
  /** Items that wait or are on their way; the next is refused as throttled. Default 20,000. */
  readonly itemsWaitingMax?: number;
  /**
   * Items of one key are one item for all who ask before it is sent; only for reads and what is idempotent. Who asks
   * later gets a call of its own: what it has just written must be seen. Default: never shared.
   */
  readonly keyOf?: (item: Item) => string;
  /** Only items of one group share a batch. Default: all do. */
  readonly groupOf?: (item: Item) => string;
  /**
   * One call for all items; the outcomes in their order. A throw speaks for the batch: a failure that may pass puts
   * each item back with a delay of its own, any other splits the batch until the item to blame is alone.
   * Should make a single try (ApiCaller.once), since the batcher repeats.
   */
  readonly run: (items: readonly Item[], signal: AbortSignal) => Promise<readonly BatchOutcome<Result>[]>;
  readonly retry: RetryPolicy;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly group: string;
  readonly settled: Promise<Result>;
  readonly resolve: (value: Result) => void;
  readonly reject: (error: ProviderError) => void;
  readonly startedAt: number;
  attempt: number;
  callers: number;
}

interface Queue<Item, Result> {
  readonly entries: Entry<Item, Result>[];
  readonly firstAt: number;
  cancelTimer: () => void;
}

const inFlightMaxDefault = 4;
const itemsWaitingMaxDefault = 20_000;

export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  readonly #closing = new AbortController();
  readonly #queues = new Map<string, Queue<Item, Result>>();
  readonly #shared = new Map<string, Entry<Item, Result>>();
  /** Full or aged queues that wait for a batch to come back. */
  readonly #ready: (readonly Entry<Item, Result>[])[] = [];
  #inFlight = 0;
  #items = 0;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /** The item's result. An aborted caller leaves; the item goes on if a batch has it, or others asked for it too. */
  async ask(item: Item, signal: AbortSignal): Promise<Result> {
    throwIfAborted(signal);
    const key = this.#options.keyOf?.(item);
    const entry = (key === undefined ? undefined : this.#shared.get(key)) ?? this.#admit(item, key);
    entry.callers += 1;
    try {
      return await abortable(entry.settled, signal);
    } finally {
      entry.callers -= 1;
    }
  }

  /** Refuses what waits and what comes. */
  close(): void {
    this.#closing.abort(new ProviderError('aborted', 'the provider is closed'));
    for (const { entries, cancelTimer } of this.#queues.values()) {
      cancelTimer();
      for (const entry of entries) entry.reject(new ProviderError('aborted', 'the provider is closed'));
    }
    this.#queues.clear();
  }

  #admit(item: Item, key: string | undefined): Entry<Item, Result> {
    const { clock, groupOf, itemsWaitingMax = itemsWaitingMaxDefault } = this.#options;
    if (this.#closing.signal.aborted) throw new ProviderError('aborted', 'the provider is closed');
    if (this.#items >= itemsWaitingMax) {
      throw new ProviderError('throttled', `${itemsWaitingMax} requests wait for a batch already`);
    }
    const { promise: settled, resolve, reject } = Promise.withResolvers<Result>();
    const group = groupOf?.(item) ?? '';
    const entry = { item, group, settled, resolve, reject, startedAt: clock.now(), attempt: 0, callers: 0 };
    this.#items += 1;
    if (key !== undefined) this.#shared.set(key, entry);
    const forget = () => {
      this.#items -= 1;
      this.#unshare(entry);
    };
    settled.then(forget, forget);
    this.#enqueue(entry);
    return entry;
  }

  #unshare(entry: Entry<Item, Result>): void {
    const key = this.#options.keyOf?.(entry.item);
    if (key !== undefined && this.#shared.get(key) === entry) this.#shared.delete(key);
  }

  #enqueue(entry: Entry<Item, Result>): void {
    const { clock, idleMs, waitMsMax, itemsMax } = this.#options;
    const { group } = entry;
    const queue = this.#queues.get(group) ?? { entries: [], firstAt: clock.now(), cancelTimer: () => undefined };
    this.#queues.set(group, queue);
    queue.entries.push(entry);
    queue.cancelTimer();
    if (queue.entries.length >= itemsMax) {
      this.#release(group, queue);
      return;
    }
    const leftMs = Math.max(0, queue.firstAt + waitMsMax - clock.now());
    queue.cancelTimer = clock.after(Math.min(idleMs, leftMs), () => this.#release(group, queue));
  }

  #release(group: string, queue: Queue<Item, Result>): void {
    queue.cancelTimer();
    this.#queues.delete(group);
    this.#ready.push(queue.entries);
    this.#pump();
  }

  #pump(): void {
    const { inFlightMax = inFlightMaxDefault, itemsMax } = this.#options;
    while (this.#inFlight < inFlightMax) {
      const first = this.#ready.shift();
      if (!first) return;
      const batch = [...first];
      // What had to wait for a free place leaves together, as far as one call can take it.
      for (let index = 0; index < this.#ready.length; ) {
        const more = this.#ready[index];
        if (more && more[0]?.group === batch[0]?.group && batch.length + more.length <= itemsMax) {
          batch.push(...more);
          this.#ready.splice(index, 1);
        } else index += 1;
      }
      this.#inFlight += 1;
      this.#run(batch).finally(() => {
        this.#inFlight -= 1;
        this.#pump();
      });
    }
  }

  async #run(batch: readonly Entry<Item, Result>[]): Promise<void> {
    // Nobody waits for these any more, and no call has them yet.
    const wanted = batch.filter((entry) => entry.callers > 0);
    for (const entry of batch) this.#unshare(entry);
    for (const entry of batch) if (entry.callers === 0) entry.reject(new ProviderError('aborted', 'every caller left'));
    if (wanted.length === 0) return;
    let outcomes: readonly BatchOutcome<Result>[];
    try {
      outcomes = await this.#options.run(
        wanted.map(({ item }) => item),
        this.#closing.signal,
      );
    } catch (cause) {
      return await this.#failed(wanted, asProviderError(cause, 'a batch'));
    }
    for (const [index, entry] of wanted.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) entry.reject(new ProviderError('transient', 'the batch brought no answer for this'));
      else if ('value' in outcome) entry.resolve(outcome.value);
      else this.#again(entry, outcome.error);
    }
  }

  async #failed(batch: readonly Entry<Item, Result>[], error: ProviderError): Promise<void> {
    if (isRetryable(error) || error.code === 'aborted' || error.code === 'auth' || batch.length === 1) {
      for (const entry of batch) this.#again(entry, error);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.#run(batch.slice(0, middle));
    await this.#run(batch.slice(middle));
  }

  #again(entry: Entry<Item, Result>, error: ProviderError): void {
    const { retry, clock, random } = this.#options;
    const delayMs = retryDelayMs(retry, entry.attempt, error, random);
    entry.attempt += 1;
    const spent = entry.attempt >= retry.attemptsMax || clock.now() + delayMs - entry.startedAt > retry.totalMs;
    if (!isRetryable(error) || spent || entry.callers === 0) entry.reject(error);
    else sleep(clock, delayMs, this.#closing.signal).then(() => this.#enqueue(entry), entry.reject);
  }
}
