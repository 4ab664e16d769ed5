/** Owns background work, so that no promise floats and none outlives its owner. */

export class TaskScope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  readonly #onError: (error: unknown, task: string) => void;

  /** `onError` hears of every task that failed for another reason than the scope's own end. */
  constructor(onError: (error: unknown, task: string) => void) {
    this.#onError = onError;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get size(): number {
    return this.#tasks.size;
  }

  run(task: string, body: (signal: AbortSignal) => Promise<void>): void {
    const running = Promise.resolve()
      .then(() => body(this.signal))
      .catch((error: unknown) => {
        if (!this.signal.aborted) this.#onError(error, task);
      })
      .finally(() => this.#tasks.delete(running));
    this.#tasks.add(running);
  }

  /** Waits until no task is left, without stopping any. */
  async settle(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  /** Aborts the tasks and waits for their ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    await this.settle();
  }
}
