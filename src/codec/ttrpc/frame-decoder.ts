/** Turns pushed chunks into frames; holds at most one unfinished frame and never more than the limit. */

import { dataBytesMax, type Frame, headerBytes, type OversizedFrame, readHeader } from './frame.ts';

export type DecodedFrame = Frame | OversizedFrame;

/** Where the decoder stands between two chunks. */
type Position =
  | { readonly at: 'header' }
  | { readonly at: 'data'; readonly header: ReturnType<typeof readHeader> }
  | { readonly at: 'discard'; readonly header: ReturnType<typeof readHeader>; readonly left: number };

export class FrameDecoder {
  #position: Position = { at: 'header' };
  #held: Buffer[] = [];
  #heldBytes = 0;

  /** Bytes kept back for an unfinished frame. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Frames that `chunk` completes, in order. Their data may share memory with the chunk. */
  push(chunk: Buffer): DecodedFrame[] {
    const frames: DecodedFrame[] = [];
    let rest = chunk;
    for (;;) {
      const position = this.#position;
      if (position.at === 'discard') {
        const skipped = Math.min(position.left, rest.length);
        rest = rest.subarray(skipped);
        if (skipped < position.left) {
          this.#position = { ...position, left: position.left - skipped };
          return frames;
        }
        const { length, streamId, type, flags } = position.header;
        frames.push({ kind: 'oversized', length, streamId, type, flags });
        this.#position = { at: 'header' };
        continue;
      }
      const wanted = position.at === 'header' ? headerBytes : position.header.length;
      const taken = this.#take(rest, wanted);
      if (!taken) return frames;
      rest = taken.rest;
      if (position.at === 'data') {
        const { streamId, type, flags } = position.header;
        frames.push({ kind: 'frame', streamId, type, flags, data: taken.bytes });
        this.#position = { at: 'header' };
        continue;
      }
      const header = readHeader(taken.bytes, 0);
      const tooLong = header.length > dataBytesMax;
      this.#position = tooLong ? { at: 'discard', header, left: header.length } : { at: 'data', header };
    }
  }

  /** `wanted` bytes from what is held and `rest`, or undefined after keeping `rest` for later. */
  #take(rest: Buffer, wanted: number): { bytes: Buffer; rest: Buffer } | undefined {
    if (this.#heldBytes + rest.length < wanted) {
      if (rest.length > 0) this.#held.push(rest);
      this.#heldBytes += rest.length;
      return undefined;
    }
    const missing = wanted - this.#heldBytes;
    const part = rest.subarray(0, missing);
    const bytes = this.#heldBytes === 0 ? part : Buffer.concat([...this.#held, part], wanted);
    this.#held = [];
    this.#heldBytes = 0;
    return { bytes, rest: rest.subarray(missing) };
  }
}
