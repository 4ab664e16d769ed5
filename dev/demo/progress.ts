/** Shows steps while they run and when they end, with durations; the same steps go into the JSON document. */

export interface StepRecord {
  readonly name: string;
  readonly ms: number;
}

/** Where lines go. Only a terminal gets control sequences: there the last line tells what runs at this moment. */
export interface Screen {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

const refreshMs = 100;
const eraseLine = '\r\x1b[2K';

export function durationText(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s ` : `${ms.toFixed(1)} ms`;
}

/** One for all subjects, since a terminal has one last line. */
export class LiveLine implements Disposable {
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #running = new Map<object, { readonly text: string; readonly since: number }>();
  readonly #timer: NodeJS.Timeout | undefined;
  #shown = false;

  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
    if (screen.isTerminal) this.#timer = setInterval(() => this.#refresh(), refreshMs).unref();
  }

  begin(text: string): object {
    const step = {};
    this.#running.set(step, { text, since: this.#now() });
    return step;
  }

  end(step: object): void {
    this.#running.delete(step);
  }

  print(line: string): void {
    this.#erase();
    this.#screen.write(`${line.trimEnd()}\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #erase(): void {
    if (this.#shown) this.#screen.write(eraseLine);
    this.#shown = false;
  }

  #refresh(): void {
    const [oldest] = this.#running.values();
    this.#erase();
    if (!oldest) return;
    const more = this.#running.size > 1 ? `  and ${this.#running.size - 1} more` : '';
    const line = `… ${oldest.text} ${durationText(this.#now() - oldest.since).trim()}${more}`;
    this.#screen.write(line.slice(0, Math.max(1, this.#screen.columns - 1)));
    this.#shown = true;
  }
}

export class Progress {
  readonly steps: StepRecord[] = [];
  readonly #live: LiveLine;
  readonly #subject: string;

  constructor(subject: string, live: LiveLine) {
    this.#subject = subject;
    this.#live = live;
  }

  /** Runs `body`, records how long it took and says so; `describe` may add what came of it. */
  async step<T>(name: string, body: () => Promise<T>, describe: (result: T) => string = () => ''): Promise<T> {
    const started = performance.now();
    const running = this.#live.begin(`${this.#subject.padEnd(8)} ${name}`);
    try {
      const result = await body();
      const ms = performance.now() - started;
      this.steps.push({ name, ms: Math.round(ms * 100) / 100 });
      this.#line('✓', name, ms, describe(result));
      return result;
    } catch (error) {
      this.#line('✗', name, performance.now() - started, error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      this.#live.end(running);
    }
  }

  #line(mark: string, name: string, ms: number, detail: string): void {
    this.#live.print(
      `${mark} ${this.#subject.padEnd(8)} ${name.padEnd(34)} ${durationText(ms).padStart(10)}  ${detail}`,
    );
  }
}
