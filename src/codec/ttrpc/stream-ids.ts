/** Which stream ids of a connection were used: ids are odd and used once, but need not come in order. */

/** Ids that others overtook and that may still come: as many as there may be calls in flight. */
const lateMax = 1024;

export interface StreamIdsState {
  /** The highest id that was used, 0 before the first. */
  readonly last: number;
  readonly late: readonly number[];
}

/**
 * The Go library sends ids in order and its server refuses any other. The Rust crate takes an id and queues the request
 * in two steps, so calls of several threads overtake each other on the wire: its ids come late, but never twice.
 */
export class StreamIds {
  #last: number;
  /** Below #last and not used yet, ascending. */
  readonly #late: Set<number>;

  /** As on a new connection, or as another one left it. */
  constructor({ last, late }: StreamIdsState = { last: 0, late: [] }) {
    this.#last = last === 0 ? -1 : last;
    this.#late = new Set(late);
  }

  get state(): StreamIdsState {
    return { last: Math.max(0, this.#last), late: [...this.#late] };
  }

  /** True for an id that was not used before; it counts as used then. An id overtaken by more than 1024 others is lost. */
  use(streamId: number): boolean {
    if (streamId <= this.#last) return this.#late.delete(streamId);
    for (let id = Math.max(this.#last + 2, streamId - 2 * lateMax); id < streamId; id += 2) this.#late.add(id);
    for (const oldest of this.#late) {
      if (this.#late.size <= lateMax) break;
      this.#late.delete(oldest);
    }
    this.#last = streamId;
    return true;
  }
}
