/** Notices a path that died without a word: asks the far side for a sign of life, and ends a connection that gives none. */

import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { encodeSignal } from '#codec/ttrpc-session/session-frames.ts';

/** A shim's Health.Check, sent every 5 s, may take 30 s: well before that another connection must be there. */
const pingEveryMs = 5000;
const silenceMsMax = 12_000;

export class FarWatch {
  readonly #far: Socket;
  readonly #clock: Clock;
  #heardAt: number;
  #cancel: () => void;

  constructor(far: Socket, clock: Clock) {
    this.#far = far;
    this.#clock = clock;
    this.#heardAt = clock.now();
    this.#cancel = clock.after(pingEveryMs, () => this.#look());
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    if (this.#clock.now() - this.#heardAt > silenceMsMax) {
      this.#far.destroy();
      return;
    }
    this.#far.write(encodeSignal('ping'));
    this.#cancel = this.#clock.after(pingEveryMs, () => this.#look());
  }
}
