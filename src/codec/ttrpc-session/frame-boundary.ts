/** Follows a stream of frames that is written in arbitrary pieces, to know where another frame may stand between. */

import { headerBytes } from '../ttrpc/frame.ts';

export class FrameBoundary {
  readonly #header = Buffer.alloc(4);
  #headerHeld = 0;
  /** Of the frame begun, once its length is known. */
  #left = 0;

  /** Between two frames. */
  get isReached(): boolean {
    return this.#left === 0 && this.#headerHeld === 0;
  }

  feed(bytes: Buffer): void {
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#left === 0) {
        const taken = bytes.copy(this.#header, this.#headerHeld, offset, offset + 4 - this.#headerHeld);
        this.#headerHeld += taken;
        offset += taken;
        if (this.#headerHeld < 4) return;
        this.#headerHeld = 0;
        this.#left = headerBytes - 4 + this.#header.readUInt32BE(0);
      }
      const passed = Math.min(this.#left, bytes.length - offset);
      this.#left -= passed;
      offset += passed;
    }
  }
}
