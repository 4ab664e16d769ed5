/** Bytes that were sent and may have to be sent again: kept until the peer says that it has them. */

import { assert } from '#base/assert.ts';

export class SentLog {
  readonly #parts: Buffer[] = [];
  /** Position in the session's stream of the first kept byte, and after the last. */
  #start: number;
  #end: number;

  /** `position`: bytes that the peer is known to have already. */
  constructor(position = 0) {
    this.#start = position;
    this.#end = position;
  }

  /** Position of the first byte that is kept. */
  get start(): number {
    return this.#start;
  }

  get unacknowledgedBytes(): number {
    return this.#end - this.#start;
  }

  /** The bytes must not change any more. */
  append(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#end += bytes.length;
  }

  /** True when `position` can be what the peer has received: nothing before it is needed, nothing after it was sent. */
  covers(position: number): boolean {
    return position >= this.#start && position <= this.#end;
  }

  /** Forgets what the peer has. An older position than the last is fine: acknowledgements may be overtaken. */
  acknowledge(position: number): void {
    assert(position <= this.#end, `acknowledged up to ${position} of ${this.#end} bytes`);
    let dropped = 0;
    for (let first = this.#parts[0]; first && position > this.#start; first = this.#parts[dropped]) {
      const known = position - this.#start;
      if (known < first.length) {
        this.#parts[dropped] = first.subarray(known);
        this.#start = position;
        break;
      }
      dropped += 1;
      this.#start += first.length;
    }
    if (dropped > 0) this.#parts.splice(0, dropped);
  }

  /** What the peer lacks, after `acknowledge`. */
  unacknowledged(): readonly Buffer[] {
    return [...this.#parts];
  }
}
