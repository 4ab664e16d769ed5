/** A world on virtual time: one queue of events, one source of chance, and processes that can be killed between any two. */

import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';

interface Event {
  readonly at: number;
  readonly serial: number;
  run: (() => void) | undefined;
}

/** Mulberry32: a whole run is replayed by its seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets everything go on that can without time passing: promises, and what they lead to. */
const drained = () => new Promise<void>((resolve) => setImmediate(resolve));

/** More is no run any more but a loop. */
const eventsMax = 400_000;

export class World {
  now = 0;
  /** What the wall clock is ahead; it jumps. */
  wallShiftMs = 0;
  events = 0;
  readonly broken: string[] = [];
  /** Undefined: nobody reads it. */
  readonly trace: string[] | undefined;
  readonly fraction: () => number;
  readonly #queue: Event[] = [];
  #serial = 0;
  #names = 0;
  /** Of all that happened: two runs of one seed have the same. */
  digest = 0;

  constructor(seed: number, traced = false) {
    this.fraction = generator(seed);
    this.trace = traced ? [] : undefined;
  }

  /** A name that no other thing of this run has. */
  name(kind: string): string {
    this.#names += 1;
    return `${kind}-${this.#names}`;
  }

  get random(): Random {
    return { fraction: this.fraction, bytes: (count) => Uint8Array.from({ length: count }, () => this.below(256)) };
  }

  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  say(text: () => string): void {
    this.trace?.push(`${(this.now / 1000).toFixed(3).padStart(10)} ${text()}`);
  }

  /** A rule does not hold. */
  breach(text: string): void {
    this.say(() => `BROKEN ${text}`);
    this.broken.push(`at ${(this.now / 1000).toFixed(3)} s: ${text}`);
  }

  /** Returns what cancels it. */
  at(delayMs: number, run: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, delayMs), serial: this.#serial++, run };
    this.#push(event);
    return () => {
      event.run = undefined;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.at(delayMs, resolve));
  }

  /** Events in their order until `done` or the time is over. */
  async run(untilMs: number, done: () => boolean): Promise<void> {
    await drained();
    for (let event = this.#queue[0]; event && event.at <= untilMs && !done(); event = this.#queue[0]) {
      this.#pop();
      if (!event.run) continue;
      this.now = event.at;
      this.events += 1;
      if (this.events > eventsMax) throw new Error('the world does not come to rest');
      this.digest = (Math.imul(this.digest, 31) + event.serial + Math.floor(event.at)) | 0;
      event.run();
      await drained();
    }
  }

  #push(event: Event): void {
    const queue = this.#queue;
    let at = queue.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!earlier(event, queue[parent] as Event)) break;
      queue[at] = queue[parent] as Event;
      at = parent;
    }
    queue[at] = event;
  }

  #pop(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (!last || queue.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && earlier(queue[child + 1] as Event, queue[child] as Event)) child += 1;
      if (!earlier(queue[child] as Event, last)) break;
      queue[at] = queue[child] as Event;
      at = child;
    }
    queue[at] = last;
  }
}

const earlier = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.serial < b.serial);

/** A process: what it waits for never comes once it has been killed, so that none of its code runs any more. */
export class Life {
  alive = true;
  readonly world: World;
  /** For the other side of its connections; none of its own code listens. */
  readonly ended = new AbortController();
  /** System calls under way, by what they will do. */
  readonly #calls = new Set<{ readonly cancel: () => void; readonly effect: () => void }>();
  /** Hears of everything that the process asks of the world around it, before it happens. */
  onCall: (what: string) => void = () => {};

  constructor(world: World) {
    this.world = world;
  }

  get clock(): Clock {
    const { world } = this;
    return {
      now: () => world.now,
      wallNow: () => 1_700_000_000_000 + world.now + world.wallShiftMs,
      after: (delayMs, callback) => world.at(delayMs, () => this.alive && callback()),
    };
  }

  /** A system call: a process that is killed meanwhile may have had it done, or not. */
  systemCall<T>(what: string, ms: number, effect: (killed: boolean) => T): Promise<T> {
    this.onCall(what);
    return new Promise((resolve, reject) => {
      const call = {
        effect: () => void effect(true),
        cancel: this.world.at(ms, () => {
          this.#calls.delete(call);
          this.world.say(() => what);
          try {
            resolve(effect(false));
          } catch (error) {
            reject(error);
          }
        }),
      };
      this.#calls.add(call);
    });
  }

  /** Something that goes on elsewhere, whoever asked for it. */
  remoteCall<T>(what: string, body: () => Promise<T>): Promise<T> {
    this.onCall(what);
    return new Promise((resolve, reject) => {
      body().then(
        (value) => this.alive && resolve(value),
        (error) => this.alive && reject(error),
      );
    });
  }

  kill(done: () => boolean = () => this.world.chance(0.5)): void {
    if (!this.alive) return;
    this.alive = false;
    for (const call of this.#calls) {
      call.cancel();
      if (!done()) continue;
      try {
        call.effect();
      } catch {
        // nobody hears of it
      }
    }
    this.#calls.clear();
    this.ended.abort();
  }
}
