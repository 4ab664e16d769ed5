/**
 * Calls in flight by stream id, in arrays that are used again. A Map makes new tables as its entries come and go; each holds
 * on to the next, so that V8's quick collections free none of them once one is old: a quarter of a relay's time.
 */

/** Bytes that lie in a buffer with others. */
export interface Lying {
  readonly bytes: Buffer;
  readonly at: number;
  readonly length: number;
}

const slotsMin = 8;
/** No call's stream id. */
const free = 0;

/** Open addressing, at most half full. Stream ids are odd and mostly ascend, so that they hardly ever meet. */
export class CallsInFlight {
  #ids = new Uint32Array(slotsMin);
  #bytes: (Buffer | undefined)[] = new Array(slotsMin).fill(undefined);
  #at: number[] = new Array(slotsMin).fill(0);
  #lengths: number[] = new Array(slotsMin).fill(0);
  #size = 0;
  #requestBytes = 0;
  #othersBytes = 0;

  get size(): number {
    return this.#size;
  }

  /** Of all requests that may be repeated. */
  get requestBytes(): number {
    return this.#requestBytes;
  }

  /** What else is in the buffers that they lie in, counted for each of them. */
  get othersBytes(): number {
    return this.#othersBytes;
  }

  has(streamId: number): boolean {
    return this.#ids[this.#find(streamId)] === streamId;
  }

  /** Adds the call, which must not be in flight; `request` is what may be repeated of it. */
  add(streamId: number, bytes?: Buffer, at = 0, length = bytes?.length ?? 0): void {
    if ((this.#size + 1) * 2 > this.#ids.length) this.#grow();
    const slot = this.#find(streamId);
    this.#size += 1;
    this.#requestBytes += length;
    if (bytes) this.#othersBytes += bytes.length - length;
    this.#put(slot, streamId, bytes, at, length);
  }

  /** False when it is not in flight. */
  delete(streamId: number): boolean {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let hole = this.#find(streamId);
    if (ids[hole] !== streamId) return false;
    const length = this.#lengths[hole] ?? 0;
    this.#requestBytes -= length;
    this.#othersBytes -= (this.#bytes[hole]?.length ?? 0) - length;
    this.#size -= 1;
    // What lies behind it because its place was taken moves up: a search ends at the first free slot
    for (let slot = (hole + 1) & mask; ids[slot] !== free; slot = (slot + 1) & mask) {
      const id = ids[slot] ?? free;
      if (((slot - homeOf(id)) & mask) < ((slot - hole) & mask)) continue;
      this.#put(hole, id, this.#bytes[slot], this.#at[slot] ?? 0, this.#lengths[slot] ?? 0);
      hole = slot;
    }
    this.#put(hole, free, undefined, 0, 0);
    return true;
  }

  /** In ascending order of the stream ids. */
  entries(): [streamId: number, request: Lying | undefined][] {
    const entries: [number, Lying | undefined][] = [];
    for (const [slot, id] of this.#ids.entries()) if (id !== free) entries.push([id, this.#requestIn(slot)]);
    return entries.sort(([a], [b]) => a - b);
  }

  #requestIn(slot: number): Lying | undefined {
    const bytes = this.#bytes[slot];
    return bytes && { bytes, at: this.#at[slot] ?? 0, length: this.#lengths[slot] ?? 0 };
  }

  /** Where it is, or else the free slot where it would be. */
  #find(streamId: number): number {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let slot = homeOf(streamId) & mask;
    while (ids[slot] !== free && ids[slot] !== streamId) slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, id: number, bytes: Buffer | undefined, at: number, length: number): void {
    this.#ids[slot] = id;
    this.#bytes[slot] = bytes;
    this.#at[slot] = at;
    this.#lengths[slot] = length;
  }

  #grow(): void {
    const entries = this.entries();
    const slots = this.#ids.length * 2;
    this.#ids = new Uint32Array(slots);
    this.#bytes = new Array(slots).fill(undefined);
    this.#at = new Array(slots).fill(0);
    this.#lengths = new Array(slots).fill(0);
    this.#size = 0;
    this.#requestBytes = 0;
    this.#othersBytes = 0;
    for (const [id, request] of entries) this.add(id, request?.bytes, request?.at, request?.length);
  }
}

const homeOf = (streamId: number): number => streamId >>> 1;
