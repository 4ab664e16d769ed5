/** One connection to the kata-agent, dialled when first needed and again after it broke; stream ids are its own. */

import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import { deadlineSignal } from '#base/signals.ts';
import { encodeFrame, type Frame, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';

export interface LaneOptions {
  readonly dial: (signal: AbortSignal) => Promise<Socket>;
  readonly clock: Clock;
  /** A frame for the caller's stream. False asks for a pause until `resume`. */
  readonly deliver: (streamId: number, frame: Frame) => boolean;
  /** The call on this stream of the caller will not be answered. */
  readonly lost: (streamId: number, error: PeerPodError) => void;
  /** The agent takes bytes more slowly than they come (true), or has caught up (false). */
  readonly congested: (busy: boolean) => void;
}

/** How long one request may wait for an agent that does not accept connections. */
export const agentDialMs = 20_000;

/** Unsent bytes above which the caller is paused. */
const unsentBytesMax = 8 * 1024 * 1024;

interface Connection {
  readonly socket: Socket;
  readonly callers: Map<number, number>;
  nextId: number;
}

export class AgentLane {
  readonly #options: LaneOptions;
  readonly #ended = new AbortController();
  /** The caller's stream to its connection and the id there. */
  readonly #streams = new Map<number, { connection: Connection; id: number }>();
  #dialling: Promise<Connection> | undefined;
  #socket: Socket | undefined;
  #waiting = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get activeCount(): number {
    return this.#streams.size + this.#waiting;
  }

  /** Sends a request on a new stream. A failure is told through `lost`. */
  async request(streamId: number, flags: number, data: Uint8Array): Promise<void> {
    this.#waiting += 1;
    try {
      const connection = await this.#connected();
      const id = connection.nextId;
      // Ids rise in the order of sending, whatever order edits finished in: ttrpc servers insist on that.
      connection.nextId += 2;
      connection.callers.set(id, streamId);
      this.#streams.set(streamId, { connection, id });
      this.#write(connection, encodeFrame(id, messageTypes.request, flags, data));
    } catch (error) {
      this.#options.lost(
        streamId,
        new PeerPodError('E_AGENT_UNREACHABLE', `the agent cannot be reached: ${errorText(error)}`, { cause: error }),
      );
    } finally {
      this.#waiting -= 1;
      this.#checkIdle();
    }
  }

  /** Sends a data frame of a stream in flight; false when the stream is not on this lane. */
  data(frame: Frame): boolean {
    const stream = this.#streams.get(frame.streamId);
    if (stream) this.#write(stream.connection, encodeFrame(stream.id, frame.type, frame.flags, frame.data));
    return stream !== undefined;
  }

  resume(): void {
    this.#socket?.resume();
  }

  #write(connection: Connection, bytes: Buffer): void {
    const { socket } = connection;
    if (!socket.write(bytes) && socket.writableLength > unsentBytesMax) this.#options.congested(true);
  }

  /** Ends the connection as soon as no call is in flight, at the latest after `boundMs`. */
  endWhenIdle(boundMs: number): void {
    const cancel = this.#options.clock.after(boundMs, () => this.destroy());
    this.#onIdle = () => {
      cancel();
      this.destroy();
    };
    this.#checkIdle();
  }

  destroy(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new PeerPodError('E_ABORTED', 'the caller is gone'));
    this.#dialling?.then(
      ({ socket }) => socket.destroy(),
      () => {}, // a dial that failed holds nothing
    );
  }

  #checkIdle(): void {
    if (this.activeCount === 0) this.#onIdle?.();
  }

  #connected(): Promise<Connection> {
    this.#dialling ??= this.#dial().catch((error: unknown) => {
      this.#dialling = undefined;
      throw error;
    });
    return this.#dialling;
  }

  async #dial(): Promise<Connection> {
    using limit = deadlineSignal(this.#options.clock, agentDialMs, 'dialling the agent', this.#ended.signal);
    const socket = await this.#options.dial(limit.signal);
    const connection: Connection = { socket, callers: new Map(), nextId: 1 };
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        const streamId = connection.callers.get(frame.streamId);
        if (streamId === undefined) continue; // an answer nobody waits for any more
        if (frame.type === messageTypes.response) this.#finish(connection, frame.streamId, streamId);
        if (frame.kind === 'oversized') {
          this.#options.lost(streamId, new PeerPodError('E_FRAME_TOO_LARGE', `an answer of ${frame.length} bytes`));
        } else if (!this.#options.deliver(streamId, frame)) socket.pause();
      }
      this.#checkIdle();
    });
    this.#socket = socket;
    socket.on('drain', () => this.#options.congested(false));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#broke(connection));
    return connection;
  }

  #finish(connection: Connection, id: number, streamId: number): void {
    connection.callers.delete(id);
    this.#streams.delete(streamId);
  }

  #broke(connection: Connection): void {
    this.#dialling = undefined;
    this.#options.congested(false);
    const error = new PeerPodError('E_AGENT_UNREACHABLE', 'the agent closed the connection');
    for (const [id, streamId] of [...connection.callers]) {
      this.#finish(connection, id, streamId);
      this.#options.lost(streamId, error);
    }
    this.#checkIdle();
  }
}
