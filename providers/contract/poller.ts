/** One poll for all who wait: reads the state of everything waited for, in as few calls as possible. */

import { abortedError } from './abort.ts';
import type { Clock, Random } from './clock.ts';
import { asProviderError, ProviderError } from './errors.ts';
import { isRetryable } from './retry.ts';

export interface PollerOptions<State> {
  readonly clock: Clock;
  readonly random: Random;
  readonly intervalMs: number;
  /** After failures the interval doubles up to this, ms. */
  readonly intervalMsMax: number;
  /** States by id; an id that is not there (yet) is missing in the map. */
  readonly read: (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, State>>;
}

interface Watcher<State> {
  readonly id: string;
  readonly observe: (state: State | undefined) => void;
  readonly fail: (error: ProviderError) => void;
}

export class Poller<State> {
  readonly #options: PollerOptions<State>;
  readonly #watchers = new Set<Watcher<State>>();
  readonly #closing = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #reading = false;
  #failures = 0;

  constructor(options: PollerOptions<State>) {
    this.#options = options;
  }

  /**
   * Resolves with the first value that `test` gives for the state of `id`; what `test` throws is the answer too.
   * Throws `transient` after `waitMsMax`.
   */
  wait<T>(
    id: string,
    test: (state: State | undefined) => T | undefined,
    waitMsMax: number,
    signal: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortedError(signal));
      const end = () => {
        this.#watchers.delete(watcher);
        cancelLimit();
        signal.removeEventListener('abort', onAbort);
      };
      const fail = (error: ProviderError) => {
        end();
        reject(error);
      };
      const onAbort = () => fail(abortedError(signal));
      const observe = (state: State | undefined) => {
        try {
          const value = test(state);
          if (value === undefined) return;
          end();
          resolve(value);
        } catch (error) {
          fail(asProviderError(error, id));
        }
      };
      const watcher = { id, observe, fail };
      const cancelLimit = this.#options.clock.after(waitMsMax, () =>
        fail(new ProviderError('transient', `${id} was not ready within ${waitMsMax} ms`)),
      );
      signal.addEventListener('abort', onAbort, { once: true });
      this.#watchers.add(watcher);
      this.#arm();
    });
  }

  close(): void {
    this.#closing.abort(new ProviderError('aborted', 'the provider is closed'));
    this.#cancelTimer?.();
    for (const watcher of [...this.#watchers]) watcher.fail(new ProviderError('aborted', 'the provider is closed'));
  }

  #arm(): void {
    if (this.#cancelTimer || this.#reading || this.#watchers.size === 0 || this.#closing.signal.aborted) return;
    const { clock, random, intervalMs, intervalMsMax } = this.#options;
    const bound = Math.min(intervalMsMax, intervalMs * 2 ** Math.min(this.#failures, 16));
    // A quarter of jitter: the nodes of a cluster should not poll in step.
    this.#cancelTimer = clock.after(bound * (1 + random.fraction() / 4), () => {
      this.#cancelTimer = undefined;
      this.#read();
    });
  }

  async #read(): Promise<void> {
    const watchers = [...this.#watchers];
    this.#reading = true;
    try {
      const states = await this.#options.read([...new Set(watchers.map(({ id }) => id))], this.#closing.signal);
      this.#failures = 0;
      for (const { id, observe } of watchers) observe(states.get(id));
    } catch (cause) {
      const error = asProviderError(cause, 'poll');
      this.#failures += 1;
      if (!isRetryable(error)) for (const { fail } of watchers) fail(error);
    } finally {
      this.#reading = false;
      this.#arm();
    }
  }
}
