/** Counts what came in a session, and tells when the peer should hear of it. */

/** Few enough that the peer keeps little, many enough that acknowledging costs nothing. */
const framesBetweenAcks = 32;
const bytesBetweenAcks = 64 * 1024;

export class ReceivedCount {
  #bytes: number;
  #acknowledgedBytes: number;
  #frames = 0;

  constructor(bytes = 0) {
    this.#bytes = bytes;
    this.#acknowledgedBytes = bytes;
  }

  /** Bytes of whole frames. */
  get bytes(): number {
    return this.#bytes;
  }

  add(frameBytes: number): void {
    this.#bytes += frameBytes;
    this.#frames += 1;
  }

  /** An acknowledgement is due, together with whatever goes the other way next. */
  get isDue(): boolean {
    return this.#frames >= framesBetweenAcks || this.#bytes - this.#acknowledgedBytes >= bytesBetweenAcks;
  }

  /** It is due, and nothing has gone the other way for so long that it must go alone. */
  get isOverdue(): boolean {
    return this.#frames >= 2 * framesBetweenAcks || this.#bytes - this.#acknowledgedBytes >= 2 * bytesBetweenAcks;
  }

  /** The position to acknowledge; the count begins anew. */
  acknowledge(): number {
    this.#frames = 0;
    this.#acknowledgedBytes = this.#bytes;
    return this.#bytes;
  }
}
