/** The last lines of a text that grows for ever, within a number of lines and of characters. */

export interface RecentLinesLimits {
  readonly linesMax: number;
  /** All lines together. A longer line is cut. */
  readonly charactersMax: number;
}

export class RecentLines {
  readonly #limits: RecentLinesLimits;
  #lines: string[] = [];
  /** Lines before this one were dropped; they are cut off in one go. */
  #first = 0;
  #characters = 0;
  #dropped = 0;

  constructor(limits: RecentLinesLimits) {
    this.#limits = limits;
  }

  add(line: string): void {
    const { linesMax, charactersMax } = this.#limits;
    const kept = line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line;
    this.#lines.push(kept);
    this.#characters += kept.length;
    while (this.#lines.length - this.#first > linesMax || this.#characters > charactersMax) {
      this.#characters -= this.#lines[this.#first]?.length ?? 0;
      this.#lines[this.#first] = '';
      this.#first += 1;
      this.#dropped += 1;
    }
    if (this.#first > linesMax) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines.slice(this.#first);
  }

  /** How many are not there any more. */
  get droppedCount(): number {
    return this.#dropped;
  }

  /** Numbers the line that comes next: 0 is the first there ever was. */
  get next(): number {
    return this.#dropped + this.#lines.length - this.#first;
  }

  /** Those from number `from` on that are still here. */
  since(from: number): readonly string[] {
    return this.#lines.slice(this.#first + Math.max(0, from - this.#dropped));
  }
}
