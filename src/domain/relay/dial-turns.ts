/** Dials of pod VMs in turns: hundreds begun at once would all outlast their time, and begin again. */

import type { Clock } from '#base/clock.ts';

/** In turn at once. */
const turnsMax = 64;
/** A VM that does not answer keeps its place no longer than this, though its dial goes on. */
const turnMsMax = 200;
/** So long after the last dial began, all have ended and none may follow for hours. */
const quietMs = 1000;
/** What fewer leave behind is not worth a pause, nor what V8 forgets in one about the code that runs all the time. */
const quietAfterMin = 256;

export interface DialTurn extends Disposable {
  /** It was ended, or has lasted its time. */
  readonly isOver: boolean;
}

export class DialTurns implements Disposable {
  readonly #clock: Clock;
  readonly #onQuiet: (() => void) | undefined;
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #takenSinceQuiet = 0;
  #cancelQuiet = () => {};

  /** `onQuiet` is called when no turn has been taken for a second, and 256 or more since it was called last. */
  constructor(clock: Clock, onQuiet?: () => void) {
    this.#clock = clock;
    this.#onQuiet = onQuiet;
  }

  /** Resolves when it is the caller's turn; rejects with the signal's reason. First come, first served. */
  async take(signal: AbortSignal): Promise<DialTurn> {
    signal.throwIfAborted();
    if (this.#taken < turnsMax) this.#taken += 1;
    else await this.#wait(signal);
    this.#awaitQuiet();
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      cancel();
      this.#pass();
    };
    const cancel = this.#clock.after(turnMsMax, end);
    return {
      get isOver() {
        return isOver;
      },
      [Symbol.dispose]: end,
    };
  }

  [Symbol.dispose](): void {
    this.#cancelQuiet();
  }

  #awaitQuiet(): void {
    this.#takenSinceQuiet += 1;
    if (!this.#onQuiet || this.#takenSinceQuiet < quietAfterMin) return;
    this.#cancelQuiet();
    this.#cancelQuiet = this.#clock.after(quietMs, () => {
      this.#takenSinceQuiet = 0;
      this.#onQuiet?.();
    });
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(onTurn);
        reject(signal.reason);
      };
      const onTurn = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(onTurn);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The place goes to who has waited longest. */
  #pass(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
