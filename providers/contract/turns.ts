/** One piece of work for a key at a time, in the order of asking. */

export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles as `work` does, which begins when all earlier work for that key has ended, well or not. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return turn;
  }

  /** Waits for the end of all work, also of what is added meanwhile. */
  async settle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
