/** A plugin's output, line by line into our log: lines are cut, and a flood is counted instead of written. Pure. */

import { StringDecoder } from 'node:string_decoder';
import type { Clock, ProviderLog } from '@peerpods/provider';

const lineLengthMax = 4096;
const linesMax = 200;
const windowMs = 10_000;

export class LineLog {
  readonly #log: ProviderLog;
  readonly #clock: Clock;
  readonly #stream: 'stdout' | 'stderr';
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';
  /** The rest of a line that was cut is passed over. */
  #cut = false;
  #windowFrom: number;
  #lines = 0;
  #dropped = 0;

  constructor(log: ProviderLog, clock: Clock, stream: 'stdout' | 'stderr') {
    this.#log = log;
    this.#clock = clock;
    this.#stream = stream;
    this.#windowFrom = clock.now();
  }

  push(chunk: Buffer): void {
    const [first = '', ...rest] = this.#decoder.write(chunk).split('\n');
    this.#extend(first);
    for (const piece of rest) {
      this.#end();
      this.#extend(piece);
    }
  }

  /** What has no line end yet. */
  flush(): void {
    this.#extend(this.#decoder.end());
    if (this.#partial !== '') this.#end();
    this.#report();
  }

  #extend(piece: string): void {
    if (this.#cut) return;
    this.#partial += piece;
    if (this.#partial.length <= lineLengthMax) return;
    this.#partial = `${this.#partial.slice(0, lineLengthMax)}…`;
    this.#cut = true;
  }

  #end(): void {
    const line = this.#partial.trimEnd();
    this.#partial = '';
    this.#cut = false;
    if (line === '') return;
    const now = this.#clock.now();
    if (now - this.#windowFrom >= windowMs) {
      this.#report();
      this.#windowFrom = now;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines > linesMax) this.#dropped += 1;
    else this.#log.info({ stream: this.#stream, line }, 'the plugin says');
  }

  #report(): void {
    if (this.#dropped > 0) {
      this.#log.warn({ stream: this.#stream, lines: this.#dropped }, 'the plugin says too much; lines left out');
    }
    this.#dropped = 0;
  }
}
