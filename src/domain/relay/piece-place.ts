/** One direction's place among those whose frames are half here: large frames are held whole, so they are counted. */

import type { ByteBudget, Reservation } from '#base/byte-budget.ts';
import type { Clock } from '#base/clock.ts';
import { dataBytesMax } from '#codec/ttrpc/frame.ts';

/** Frames that lack no more than this may be half here without asking anybody. */
const unreservedBytesMax = 64 * 1024;

export interface PiecePlaceOptions {
  readonly budget: ByteBudget;
  readonly clock: Clock;
  /** How long a frame may take from its place to its end; undefined: as long as it likes. */
  readonly frameMsMax?: number;
  readonly onGranted: () => void;
  readonly onTooLong?: () => void;
}

export class PiecePlace {
  readonly #options: PiecePlaceOptions;
  #reservation: Reservation | undefined;
  #waits = false;
  #cancel: (() => void) | undefined;

  constructor(options: PiecePlaceOptions) {
    this.#options = options;
  }

  /** Nothing more may be read until `onGranted`. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Told after each chunk what the frame begun still lacks. */
  update(missingBytes: number): void {
    if (missingBytes <= unreservedBytesMax) this.release();
    else if (!this.#reservation) this.#ask();
  }

  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#waits = false;
    this.#reservation?.release();
    this.#reservation = undefined;
  }

  #ask(): void {
    const { budget, clock, frameMsMax, onGranted, onTooLong } = this.#options;
    this.#waits = true;
    // The largest frame's size whatever this one has: the next may begin in the chunk that ends it.
    this.#reservation = budget.reserve(dataBytesMax, () => {
      this.#waits = false;
      if (frameMsMax !== undefined && onTooLong) this.#cancel = clock.after(frameMsMax, onTooLong);
      onGranted();
    });
  }
}
