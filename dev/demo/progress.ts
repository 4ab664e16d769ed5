/** Shows steps as they end, with durations; the same steps go into the JSON document. */

export interface StepRecord {
  readonly name: string;
  readonly ms: number;
}

export class Progress {
  readonly steps: StepRecord[] = [];
  readonly #write: (line: string) => void;
  readonly #subject: string;

  constructor(subject: string, write: (line: string) => void) {
    this.#subject = subject;
    this.#write = write;
  }

  /** Runs `body`, records how long it took and says so; `describe` may add what came of it. */
  async step<T>(name: string, body: () => Promise<T>, describe: (result: T) => string = () => ''): Promise<T> {
    const started = performance.now();
    try {
      const result = await body();
      const ms = performance.now() - started;
      this.steps.push({ name, ms: Math.round(ms * 100) / 100 });
      this.#line('✓', name, ms, describe(result));
      return result;
    } catch (error) {
      this.#line('✗', name, performance.now() - started, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #line(mark: string, name: string, ms: number, detail: string): void {
    const took = ms >= 1000 ? `${(ms / 1000).toFixed(2)} s ` : `${ms.toFixed(1)} ms`;
    this.#write(`${mark} ${this.#subject.padEnd(8)} ${name.padEnd(34)} ${took.padStart(10)}  ${detail}\n`);
  }
}
