/** Frames as they lie in received chunks: judged one by one, passed on without a copy, headers changed in place. */

import { dataBytesMax, headerBytes, streamIdOffset } from './frame.ts';

/** Takes what passes, in order. The bytes are not touched again by the one who passes them. */
export interface SpanOutput {
  write(bytes: Buffer): void;
}

/**
 * Where a frame goes: an output, or nowhere. Called once for each frame when all of it has come. The span is valid
 * during the call only; `data()` outlives it.
 */
export type SpanRoute = (span: FrameSpan) => SpanOutput | undefined;

/** A frame's first bytes are contiguous up to this many, so that names in it can be read in place. */
export const peekBytesMax = 256;
const headBytesMax = headerBytes + peekBytesMax;
/** A frame in more pieces than this is copied together: a peer that sends byte by byte must not cost objects by byte. */
const piecesMax = 32;

const nothing = Buffer.alloc(0);

/** One frame on its way. Reused between frames. */
export class FrameSpan {
  /** Holds the header at `at` and, of the data, at least the first `peekBytesMax` bytes. */
  bytes: Buffer = nothing;
  at = 0;
  streamId = 0;
  type = 0;
  flags = 0;
  /** Of the data, as the header says. */
  dataLength = 0;
  /** Longer than allowed: the data was thrown away as it came, and the frame cannot pass. */
  oversized = false;
  /** All pieces, when the frame did not come in one. */
  pieces: readonly Buffer[] | undefined;
  /** Where the last name was read, and the name: mostly the next call is to the same method. */
  #nameBytes = nothing;
  #name = '';

  /** Rewrites the stream id, where the frame lies. */
  setStreamId(streamId: number): void {
    this.streamId = streamId;
    this.bytes.writeUInt32BE(streamId, this.at + streamIdOffset);
  }

  /** The data alone; a copy only if it came in pieces. */
  data(): Buffer {
    if (!this.pieces) return this.bytes.subarray(this.at + headerBytes, this.at + headerBytes + this.dataLength);
    return Buffer.concat(this.pieces).subarray(headerBytes);
  }

  /** Header and data, as a copy that is safe to keep. */
  copy(): Buffer {
    if (this.pieces) return Buffer.concat(this.pieces);
    return Buffer.from(this.bytes.subarray(this.at, this.at + headerBytes + this.dataLength));
  }

  /**
   * 'SERVICE/METHOD' of a request whose envelope begins with those two fields, as every known encoder writes it;
   * undefined for any other, which wants a real decoder.
   */
  peekMethod(): string | undefined {
    const { bytes, at, dataLength } = this;
    const start = at + headerBytes;
    const end = start + Math.min(dataLength, peekBytesMax);
    const known = this.#nameBytes;
    if (known.length > 0 && start + known.length <= end) {
      if (bytes.compare(known, 0, known.length, start, start + known.length) === 0) return this.#name;
    }
    const serviceAt = start + 2;
    if (serviceAt > end || bytes[serviceAt - 2] !== 0x0a) return undefined;
    const serviceLength = bytes[serviceAt - 1] ?? 0;
    const methodAt = serviceAt + serviceLength + 2;
    if (serviceLength > 0x7f || methodAt > end || bytes[methodAt - 2] !== 0x12) return undefined;
    const methodLength = bytes[methodAt - 1] ?? 0;
    const methodEnd = methodAt + methodLength;
    if (methodLength > 0x7f || methodEnd > end) return undefined;
    const service = bytes.toString('latin1', serviceAt, serviceAt + serviceLength);
    this.#nameBytes = keptCopy(bytes, start, methodEnd);
    this.#name = `${service}/${bytes.toString('latin1', methodAt, methodEnd)}`;
    return this.#name;
  }

  /** Lets go of the chunk it lay in. */
  forget(): void {
    this.bytes = nothing;
    this.pieces = undefined;
  }

  read(bytes: Buffer, at: number, pieces?: readonly Buffer[]): void {
    this.bytes = bytes;
    this.at = at;
    this.dataLength = bytes.readUInt32BE(at);
    this.streamId = bytes.readUInt32BE(at + streamIdOffset);
    this.type = bytes[at + 8] ?? 0;
    this.flags = bytes[at + 9] ?? 0;
    this.oversized = this.dataLength > dataBytesMax;
    this.pieces = pieces;
  }
}

/** Not of Buffer's pool: kept for long, it would keep 8 KiB of others' bytes with it. */
function keptCopy(bytes: Buffer, from: number, to: number): Buffer<ArrayBuffer> {
  const copy = Buffer.allocUnsafeSlow(to - from);
  bytes.copy(copy, 0, from, to);
  return copy;
}

export class FrameSpans {
  readonly #route: SpanRoute;
  readonly #span = new FrameSpan();
  /** Fewer bytes than a header with what must be contiguous behind it. */
  #stub: Buffer | undefined;
  /** A frame begun: its pieces, and what it still lacks. */
  #pieces: Buffer[] = [];
  #missing = 0;
  /** A frame in too many pieces is gathered here. */
  #gathered: Buffer | undefined;
  /** An oversized frame's header, while its data is thrown away. */
  #discarding: Buffer | undefined;

  constructor(route: SpanRoute) {
    this.#route = route;
  }

  /** Bytes kept back for a frame that is not whole: at most the largest frame. */
  get heldBytes(): number {
    if (this.#stub) return this.#stub.length;
    if (this.#missing === 0 || this.#discarding) return 0;
    return headerBytes + this.#span.dataLength - this.#missing;
  }

  /** Bytes that the frame begun still lacks and that will be held when they come. */
  get missingBytes(): number {
    return this.#discarding ? 0 : this.#missing;
  }

  /** The bytes kept back, as they came; undefined while an oversized frame is being thrown away. */
  held(): Buffer | undefined {
    if (this.#stub) return this.#stub;
    if (this.#discarding) return undefined;
    if (!this.#gathered) return Buffer.concat(this.#pieces);
    return this.#gathered.subarray(0, this.#gathered.length - this.#missing);
  }

  /** Routes every frame that `chunk` completes. The chunk belongs to the outputs from now on. */
  push(chunk: Buffer): void {
    let offset = this.#stub ? this.#finishStub(chunk) : 0;
    if (this.#missing > 0) offset = this.#fill(chunk, offset);
    if (this.#missing > 0 || this.#stub) return;
    offset = this.#passWhole(chunk, offset);
    this.#span.forget();
    if (offset < chunk.length) this.#begin(chunk.subarray(offset));
  }

  /** The frames that are whole in this chunk; neighbours with the same output pass as one piece. */
  #passWhole(chunk: Buffer, from: number): number {
    let output: SpanOutput | undefined;
    let runStart = from;
    let offset = from;
    const span = this.#span;
    while (chunk.length - offset >= headerBytes) {
      const end = offset + headerBytes + chunk.readUInt32BE(offset);
      if (end > chunk.length) break;
      span.read(chunk, offset);
      const next = this.#route(span);
      if (next !== output || span.oversized) {
        if (output && runStart < offset) output.write(chunk.subarray(runStart, offset));
        output = span.oversized ? undefined : next;
        runStart = offset;
      }
      offset = end;
    }
    if (output && runStart < offset)
      output.write(runStart === 0 && offset === chunk.length ? chunk : chunk.subarray(runStart, offset));
    return offset;
  }

  /** Keeps the beginning of a frame. */
  #begin(rest: Buffer): void {
    if (rest.length < headerBytes) {
      this.#stub = rest;
      return;
    }
    const frameBytes = headerBytes + rest.readUInt32BE(0);
    if (rest.length < Math.min(frameBytes, headBytesMax)) {
      this.#stub = rest;
      return;
    }
    this.#span.read(rest, 0);
    this.#missing = frameBytes - rest.length;
    if (this.#span.oversized) this.#discarding = Buffer.from(rest.subarray(0, headerBytes));
    else this.#pieces = [rest];
  }

  /** Adds to the stub until a frame can begin with it; the offset of what was not used. */
  #finishStub(chunk: Buffer): number {
    let stub = this.#stub ?? nothing;
    let used = 0;
    const grow = (length: number) => {
      const part = chunk.subarray(used, used + Math.max(0, length - stub.length));
      used += part.length;
      if (part.length > 0) stub = Buffer.concat([stub, part]);
    };
    grow(headerBytes);
    if (stub.length >= headerBytes) grow(Math.min(headerBytes + stub.readUInt32BE(0), headBytesMax));
    this.#stub = undefined;
    this.#begin(stub);
    if (!this.#stub && this.#missing === 0) this.#finish();
    return used;
  }

  #fill(chunk: Buffer, from: number): number {
    const part = chunk.subarray(from, from + this.#missing);
    this.#missing -= part.length;
    if (!this.#discarding) this.#keep(part);
    if (this.#missing === 0) this.#finish();
    return from + part.length;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    if (!this.#gathered && this.#pieces.length < piecesMax) {
      this.#pieces.push(part);
      return;
    }
    const frameBytes = headerBytes + this.#span.dataLength;
    let at = frameBytes - this.#missing - part.length;
    if (!this.#gathered) {
      this.#gathered = Buffer.allocUnsafeSlow(frameBytes);
      at = 0;
      for (const piece of this.#pieces) at += piece.copy(this.#gathered, at);
      this.#pieces = [];
      this.#span.forget(); // it would keep the first chunk
    }
    part.copy(this.#gathered, at);
  }

  #finish(): void {
    const pieces = this.#gathered ? [this.#gathered] : this.#pieces;
    const head = this.#discarding ?? pieces[0];
    this.#pieces = [];
    this.#gathered = undefined;
    this.#discarding = undefined;
    if (!head) return;
    this.#span.read(head, 0, pieces.length > 1 ? pieces : undefined);
    const output = this.#route(this.#span);
    if (output && !this.#span.oversized) for (const piece of pieces) output.write(piece);
  }
}
