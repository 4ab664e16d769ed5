/** One piece of work for a key at a time: who asks meanwhile shares it. */

import { abortable } from './abort.ts';

interface Flight<Result> {
  readonly outcome: Promise<Result>;
  readonly controller: AbortController;
  callers: number;
}

/**
 * Work hears an abort when the last caller has left, and may go on to a point where nothing is lost; the next caller
 * for that key waits for its end and then starts anew.
 */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  async run(key: string, work: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> {
    let flight = this.#flights.get(key);
    while (flight?.controller.signal.aborted) {
      await abortable(
        flight.outcome.catch(() => undefined),
        signal,
      );
      flight = this.#flights.get(key);
    }
    flight ??= this.#start(key, work);
    flight.callers += 1;
    try {
      return await abortable(flight.outcome, signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0) flight.controller.abort(signal.reason);
    }
  }

  /** Waits for the end of all work, without hurrying it. */
  async settle(): Promise<void> {
    while (this.#flights.size > 0) {
      await Promise.allSettled([...this.#flights.values()].map(({ outcome }) => outcome));
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController();
    const outcome = Promise.resolve()
      .then(() => work(controller.signal))
      .finally(() => this.#flights.delete(key));
    const flight = { outcome, controller, callers: 0 };
    this.#flights.set(key, flight);
    return flight;
  }
}
