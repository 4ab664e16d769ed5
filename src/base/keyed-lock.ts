/** One holder per key at a time; waiters are served in order and may give up. */

export class KeyedLock<Key> {
  readonly #tails = new Map<Key, Promise<void>>();

  /** Keys that are held or waited for. */
  get size(): number {
    return this.#tails.size;
  }

  /** Runs `body` while holding `key`. An abort while waiting rejects and leaves the queue intact. */
  async hold<T>(key: Key, body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const previous = this.#tails.get(key) ?? Promise.resolve();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const tail = previous.then(() => released);
    this.#tails.set(key, tail);
    try {
      await this.#turn(previous, signal);
      return await body();
    } finally {
      release();
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  #turn(previous: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    if (!signal) return previous;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      previous.then(() => {
        signal.removeEventListener('abort', onAbort);
        if (signal.aborted) reject(signal.reason);
        else resolve();
      });
    });
  }
}
