/** Turns pushed chunks into frames; holds at most one unfinished frame and never more than the limit. */

import type { Frame, OversizedFrame } from './frame.ts';
import { FrameSpans } from './frame-spans.ts';

export type DecodedFrame = Frame | OversizedFrame;

export class FrameDecoder {
  #frames: DecodedFrame[] = [];
  readonly #spans = new FrameSpans((span) => {
    const { streamId, type, flags } = span;
    if (span.oversized) this.#frames.push({ kind: 'oversized', length: span.dataLength, streamId, type, flags });
    else this.#frames.push({ kind: 'frame', streamId, type, flags, data: span.data() });
    return undefined;
  });

  /** Bytes kept back for an unfinished frame. */
  get heldBytes(): number {
    return this.#spans.heldBytes;
  }

  /** Frames that `chunk` completes, in order. Their data may share memory with the chunk. */
  push(chunk: Buffer): DecodedFrame[] {
    this.#spans.push(chunk);
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}
