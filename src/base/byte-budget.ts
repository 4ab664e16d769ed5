/** A bound on the memory that many holders may take together; whoever finds it used up waits in line. */

import { assert } from './assert.ts';

export interface Reservation {
  /** Gives the bytes back, or leaves the line. Calling it twice is fine. */
  release(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly onGranted: () => void;
}

export class ByteBudget {
  readonly #bytesMax: number;
  #taken = 0;
  readonly #waiters = new Set<Waiter>();

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get takenBytes(): number {
    return this.#taken;
  }

  get waitingCount(): number {
    return this.#waiters.size;
  }

  /**
   * Calls `onGranted` once the bytes are taken: before it returns if they are free, else in the order of asking. A
   * holder must not wait for a second reservation while it keeps a first, or two could wait for each other.
   */
  reserve(bytes: number, onGranted: () => void): Reservation {
    assert(bytes >= 0 && bytes <= this.#bytesMax, `reservation of ${bytes} bytes out of ${this.#bytesMax}`);
    const waiter: Waiter = { bytes, onGranted };
    let released = false;
    this.#waiters.add(waiter);
    this.#grant();
    return {
      release: () => {
        if (released) return;
        released = true;
        if (!this.#waiters.delete(waiter)) this.#taken -= bytes;
        this.#grant();
      },
    };
  }

  #grant(): void {
    for (const waiter of this.#waiters) {
      if (this.#taken + waiter.bytes > this.#bytesMax) return;
      this.#waiters.delete(waiter);
      this.#taken += waiter.bytes;
      waiter.onGranted();
    }
  }
}
