/** What waits to be written to a slow peer: short answers overtake long ones, and no frame is ever cut by another. */

import type { Writable } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import type { FrameSpan, SpanOutput } from '#codec/ttrpc/frame-spans.ts';

export interface OutputQueueOptions {
  readonly clock: Clock;
  /** Some bytes were taken by the peer. */
  readonly onProgress: () => void;
  /** The peer has taken no byte for `stallMsMax` although some were waiting. */
  readonly onStalled?: () => void;
}

/** Handed to the stream at a time. What the stream has can not be overtaken any more. */
const windowBytes = 128 * 1024;
/** A longer frame is never urgent. */
const urgentBytesMax = 64 * 1024;
export const stallMsMax = 30_000;

/** Bytes that belong together: whole frames. */
type Unit = readonly Buffer[];

export class OutputQueue {
  readonly #stream: Writable;
  readonly #options: OutputQueueOptions;
  readonly #urgent: Unit[] = [];
  readonly #bulk: Unit[] = [];
  /** What is left of the unit being written. */
  #current: Buffer[] = [];
  #queuedBytes = 0;
  #progressAt = 0;
  #cancelWatch: (() => void) | undefined;
  readonly #ports = [new Port(this, false), new Port(this, true)] as const;
  readonly #onWritten = (): void => this.#written();

  constructor(stream: Writable, options: OutputQueueOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** Not yet taken by the peer's side of this process: queued here or in the stream. */
  get unsentBytes(): number {
    return this.#queuedBytes + this.#stream.writableLength;
  }

  /** Where a frame that passes is to be written. */
  route(span: FrameSpan, urgent: boolean): SpanOutput {
    const port = this.#ports[urgent && span.dataLength <= urgentBytesMax ? 1 : 0];
    port.piecesMissing = span.pieces?.length ?? 1;
    return port;
  }

  /** `unit` holds whole frames. After the stream's end it is dropped. */
  write(unit: Unit, urgent: boolean): void {
    if (this.#stream.destroyed) return;
    for (const piece of unit) this.#queuedBytes += piece.length;
    (urgent ? this.#urgent : this.#bulk).push(unit);
    if (!this.#cancelWatch && this.#options.onStalled) this.#watch(this.#options.onStalled);
    this.#flush();
  }

  /** To be called when the stream has closed: what waits is dropped. */
  end(): void {
    this.#cancelWatch?.();
    this.#urgent.length = 0;
    this.#bulk.length = 0;
    this.#current = [];
    this.#queuedBytes = 0;
  }

  #flush(): void {
    const stream = this.#stream;
    while (stream.writableLength < windowBytes) {
      const piece = this.#next();
      if (!piece) return;
      this.#queuedBytes -= piece.length;
      stream.write(piece, this.#onWritten);
    }
  }

  /** At most a window of the unit that was begun, or else of the most urgent one. */
  #next(): Buffer | undefined {
    if (this.#current.length === 0) {
      const unit = this.#urgent.shift() ?? this.#bulk.shift();
      if (!unit) return undefined;
      const [only] = unit;
      if (unit.length === 1 && only && only.length <= windowBytes) return only;
      this.#current = [...unit];
    }
    const [piece] = this.#current;
    if (!piece || piece.length <= windowBytes) return this.#current.shift();
    this.#current[0] = piece.subarray(windowBytes);
    return piece.subarray(0, windowBytes);
  }

  #written(): void {
    this.#progressAt = this.#options.clock.now();
    if (this.#queuedBytes > 0 && !this.#stream.destroyed) this.#flush();
    this.#options.onProgress();
  }

  /** One timer while there is something to send, set again only when it fires. */
  #watch(onStalled: () => void): void {
    const { clock } = this.#options;
    this.#progressAt = clock.now();
    const check = () => {
      this.#cancelWatch = undefined;
      if (this.unsentBytes === 0 || this.#stream.destroyed) return;
      const left = this.#progressAt + stallMsMax - clock.now();
      if (left <= 0) onStalled();
      else this.#cancelWatch = clock.after(left, check);
    };
    this.#cancelWatch = clock.after(stallMsMax, check);
  }
}

/** Gathers the pieces of a frame that came in several, so that they stay together. */
class Port implements SpanOutput {
  piecesMissing = 1;
  readonly #queue: OutputQueue;
  readonly #urgent: boolean;
  #pieces: Buffer[] = [];

  constructor(queue: OutputQueue, urgent: boolean) {
    this.#queue = queue;
    this.#urgent = urgent;
  }

  write(bytes: Buffer): void {
    this.#pieces.push(bytes);
    if (--this.piecesMissing > 0) return;
    const unit = this.#pieces;
    this.#pieces = [];
    this.piecesMissing = 1;
    this.#queue.write(unit, this.#urgent);
  }
}
