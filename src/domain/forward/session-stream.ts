/** A caller's stream of frames that outlives the connections it comes on: each byte once, in order, whatever breaks. */

import { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import { headerBytes } from '#codec/ttrpc/frame.ts';
import { type FrameSpan, FrameSpans, type SpanOutput } from '#codec/ttrpc/frame-spans.ts';
import { FrameBoundary } from '#codec/ttrpc-session/frame-boundary.ts';
import { ReceivedCount } from '#codec/ttrpc-session/received-count.ts';
import { SentLog } from '#codec/ttrpc-session/sent-log.ts';
import {
  decodeAcknowledge,
  encodeAcknowledge,
  encodeSignal,
  isOfConnection,
  sessionFrames,
} from '#codec/ttrpc-session/session-frames.ts';

/** Sent and not acknowledged; above it the agent's answers wait where they are. */
const unacknowledgedBytesMax = 4 * 1024 * 1024;

export interface SessionStreamOptions {
  readonly clock: Clock;
  /** How long the stream lives without a connection; then it is destroyed. */
  readonly afterlifeMs: number;
}

export class SessionStream extends Duplex {
  readonly #options: SessionStreamOptions;
  readonly #sent = new SentLog();
  readonly #received = new ReceivedCount();
  readonly #boundary = new FrameBoundary();
  readonly #passed: SpanOutput = { write: (bytes) => this.#deliver(bytes) };
  #connection: Duplex | undefined;
  /** A write that waits for the connection or for acknowledgements. */
  #onWritable: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;

  constructor(options: SessionStreamOptions) {
    super({ readableHighWaterMark: 64 * 1024, writableHighWaterMark: 64 * 1024 });
    this.#options = options;
  }

  get isAttached(): boolean {
    return this.#connection !== undefined;
  }

  /** Kept to be sent again; the streams' own buffers are counted by whoever reads and writes here. */
  get keptBytes(): number {
    return this.#sent.unacknowledgedBytes;
  }

  get receivedBytes(): number {
    return this.#received.bytes;
  }

  /** Whether the peer can have received just this much. */
  covers(position: number): boolean {
    return this.#sent.covers(position);
  }

  /** Goes on over `connection`; the peer has `position` bytes of what was sent. An earlier connection is ended. */
  attach(connection: Duplex, position: number): void {
    this.#connection?.destroy();
    this.#cancelEnd?.();
    this.#cancelEnd = undefined;
    this.#connection = connection;
    this.#sent.acknowledge(position);
    const frames = new FrameSpans((span) => this.#route(span));
    connection.on('data', (chunk: Buffer) => this.#push(connection, frames, chunk));
    connection.on('drain', () => this.#continueWriting());
    connection.on('end', () => connection.destroy());
    connection.on('error', () => {}); // 'close' follows
    connection.on('close', () => this.#detach(connection));
    for (const bytes of this.#sent.unacknowledged()) connection.write(bytes);
    this.#continueWriting();
    connection.resume();
  }

  override _read(): void {
    this.#connection?.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#sent.append(chunk);
    const isDue = this.#received.isDue && this.#boundary.isReached;
    this.#boundary.feed(chunk);
    if (isDue) this.#writeAcknowledging(chunk);
    else this.#connection?.write(chunk);
    this.#onWritable = done;
    this.#acknowledgeWhenOverdue();
    this.#continueWriting();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#cancelEnd?.();
    this.#connection?.destroy();
    done(error);
  }

  #push(connection: Duplex, frames: FrameSpans, chunk: Buffer): void {
    if (connection !== this.#connection) return;
    try {
      frames.push(chunk);
    } catch (error) {
      this.destroy(new PeerPodError('E_RPC_PROTOCOL', `the session broke: ${errorText(error)}`, { cause: error }));
      return;
    }
    this.#acknowledgeWhenOverdue();
    if (this.readableLength >= this.readableHighWaterMark) connection.pause();
  }

  #route(span: FrameSpan): SpanOutput | undefined {
    if (!isOfConnection(span.type)) {
      // The relay refuses such frames itself; one could not be passed on and be counted.
      if (span.oversized) throw new PeerPodError('E_FRAME_TOO_LARGE', 'an oversized frame inside a session');
      this.#received.add(headerBytes + span.dataLength);
      return this.#passed;
    }
    if (span.type === sessionFrames.end) this.destroy();
    else if (span.type === sessionFrames.acknowledge) this.#acknowledged(decodeAcknowledge(span.data()));
    else if (span.type === sessionFrames.ping && this.#boundary.isReached)
      this.#connection?.write(encodeSignal('pong'));
    return undefined;
  }

  #acknowledged(position: number): void {
    if (!this.#sent.covers(position)) {
      throw new PeerPodError('E_RPC_PROTOCOL', `the peer acknowledges position ${position}`);
    }
    this.#sent.acknowledge(position);
    this.#continueWriting();
  }

  #deliver(bytes: Buffer): void {
    if (!this.destroyed) this.push(bytes);
  }

  /** Only between two frames: what is written comes in pieces. */
  #acknowledgeWhenOverdue(): void {
    if (this.#received.isOverdue && this.#boundary.isReached) this.#acknowledge();
  }

  /** In one TLS record: one of its own for an acknowledgement costs as much as that of an answer. */
  #writeAcknowledging(chunk: Buffer): void {
    this.#connection?.cork();
    this.#acknowledge();
    this.#connection?.write(chunk);
    this.#connection?.uncork();
  }

  #acknowledge(): void {
    this.#connection?.write(encodeAcknowledge(this.#received.acknowledge()));
  }

  #continueWriting(): void {
    if (this.#sent.unacknowledgedBytes > unacknowledgedBytesMax || this.#connection?.writableNeedDrain) return;
    const done = this.#onWritable;
    this.#onWritable = undefined;
    done?.();
  }

  #detach(connection: Duplex): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    if (this.destroyed) return;
    this.#cancelEnd = this.#options.clock.after(this.#options.afterlifeMs, () => this.destroy());
    this.#continueWriting();
  }
}
