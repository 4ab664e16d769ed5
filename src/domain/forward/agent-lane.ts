/** One connection to the kata-agent, dialled when first needed and again after it broke; stream ids are its own. */

import type { Socket } from 'node:net';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import { abortable, deadlineSignal, linkedSignal, type OwnedSignal } from '#base/signals.ts';
import { messageTypes } from '#codec/ttrpc/frame.ts';
import { type FrameSpan, FrameSpans, type SpanOutput } from '#codec/ttrpc/frame-spans.ts';
import { OutputQueue } from './output-queue.ts';

export interface LaneOptions {
  /** Tries until the signal aborts. */
  readonly dial: (signal: AbortSignal) => Promise<Socket>;
  readonly clock: Clock;
  /** Where an answer goes; the span bears the caller's stream id. */
  readonly answer: (span: FrameSpan) => SpanOutput | undefined;
  /** The call on this stream of the caller will not be answered. */
  readonly lost: (streamId: number, error: PeerPodError) => void;
  /** More or less is held than before. */
  readonly changed: () => void;
}

interface Connection {
  readonly socket: Socket;
  readonly output: OutputQueue;
  readonly answers: FrameSpans;
  /** The id on this connection to the caller's. */
  readonly callers: Map<number, number>;
  nextId: number;
}

/** A dial under way: one for all who wait. */
interface Dial {
  readonly connection: Promise<Connection>;
  readonly limit: OwnedSignal;
}

/** Ids are never taken again; a connection that has used this many is replaced long before they end. */
const streamIdMax = 2 ** 30;

export class AgentLane {
  readonly #options: LaneOptions;
  readonly #ended = new AbortController();
  readonly #connections = new Set<Connection>();
  /** The one for new requests. */
  #current: Connection | undefined;
  #dial: Dial | undefined;
  #waiting = 0;
  #isPaused = false;
  #onIdle: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Calls that were not answered yet. */
  get activeCount(): number {
    let count = this.#waiting;
    for (const { callers } of this.#connections) count += callers.size;
    return count;
  }

  /** Bytes on their way to the agent. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const { output } of this.#connections) bytes += output.unsentBytes;
    return bytes;
  }

  get heldBytes(): number {
    let bytes = this.unsentBytes;
    for (const { answers } of this.#connections) bytes += answers.heldBytes;
    return bytes;
  }

  /** Passes a request that lies in received bytes; undefined without a connection, then `request` takes it. */
  pass(span: FrameSpan): SpanOutput | undefined {
    const connection = this.#ready();
    if (!connection) return undefined;
    span.setStreamId(this.#open(connection, span.streamId));
    return connection.output.route(span, false);
  }

  /**
   * Sends a whole frame, which is the lane's from now on; waits for a connection, at most `boundMs`. A failure is
   * told through `lost`.
   */
  async request(streamId: number, frame: Buffer, boundMs: number): Promise<void> {
    this.#waiting += 1;
    try {
      const connection = this.#ready() ?? (await this.#dialled(boundMs));
      // Ids rise in the order of sending, whatever order edits finished in: ttrpc servers insist on that.
      frame.writeUInt32BE(this.#open(connection, streamId), 4);
      connection.output.write([frame], false);
    } catch (error) {
      const text = `the agent cannot be reached: ${errorText(error)}`;
      this.#options.lost(streamId, new PeerPodError('E_AGENT_UNREACHABLE', text, { cause: error }));
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#dial?.limit.abort(new PeerPodError('E_ABORTED', 'nobody waits for the agent'));
      this.#checkIdle();
    }
  }

  /** While paused, answers wait in the agent. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    for (const { socket } of this.#connections) {
      if (isPaused) socket.pause();
      else socket.resume();
    }
  }

  /** Ends as soon as no call is in flight, at the latest after `boundMs`. */
  endWhenIdle(boundMs: number): void {
    const cancel = this.#options.clock.after(boundMs, () => this.destroy());
    this.#onIdle = () => {
      cancel();
      this.destroy();
    };
    this.setPaused(false); // nobody is left to be spared
    this.#checkIdle();
  }

  destroy(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort(new PeerPodError('E_ABORTED', 'the caller is gone'));
    for (const { socket } of this.#connections) socket.destroy();
  }

  #checkIdle(): void {
    if (this.#onIdle && this.activeCount === 0) this.#onIdle();
  }

  #ready(): Connection | undefined {
    if (this.#current && this.#current.nextId > streamIdMax) {
      const spent = this.#current;
      this.#current = undefined;
      if (spent.callers.size === 0) spent.socket.destroy();
    }
    return this.#current;
  }

  #open(connection: Connection, streamId: number): number {
    const id = connection.nextId;
    connection.nextId += 2;
    connection.callers.set(id, streamId);
    return id;
  }

  /** One dial for all who wait; each gives up at its own time. */
  async #dialled(boundMs: number): Promise<Connection> {
    this.#dial ??= this.#startDial();
    using limit = deadlineSignal(this.#options.clock, boundMs, 'dialling the agent', this.#ended.signal);
    const connection = await abortable(this.#dial.connection, limit.signal);
    if (connection.socket.destroyed) throw new PeerPodError('E_AGENT_UNREACHABLE', 'it closed the connection at once');
    return connection;
  }

  #startDial(): Dial {
    const limit = linkedSignal(this.#ended.signal);
    const connection = this.#options
      .dial(limit.signal)
      .then((socket) => this.#take(socket))
      .finally(() => {
        limit[Symbol.dispose]();
        this.#dial = undefined;
      });
    connection.catch(() => {}); // each waiter is told, and the last may be gone
    return { connection, limit };
  }

  #take(socket: Socket): Connection {
    const { clock, changed } = this.#options;
    const connection: Connection = {
      socket,
      output: new OutputQueue(socket, { clock, onProgress: changed }),
      answers: new FrameSpans((span) => this.#answer(connection, span)),
      callers: new Map(),
      nextId: 1,
    };
    this.#connections.add(connection);
    this.#current = connection;
    socket.on('data', (chunk: Buffer) => {
      connection.answers.push(chunk);
      changed();
      if (connection !== this.#current && connection.callers.size === 0) socket.destroy();
      this.#checkIdle();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => this.#closed(connection));
    if (this.#isPaused) socket.pause();
    if (this.#ended.signal.aborted) socket.destroy();
    return connection;
  }

  #answer(connection: Connection, span: FrameSpan): SpanOutput | undefined {
    const streamId = connection.callers.get(span.streamId);
    if (streamId === undefined) return undefined; // an answer nobody waits for any more
    if (span.type !== messageTypes.response && span.type !== messageTypes.data) return undefined;
    connection.callers.delete(span.streamId);
    if (span.oversized) {
      const text = `the agent's answer has ${span.dataLength} bytes`;
      this.#options.lost(streamId, new PeerPodError('E_FRAME_TOO_LARGE', text));
      return undefined;
    }
    if (span.type === messageTypes.data) {
      const text = 'the agent answered a unary call with a stream';
      this.#options.lost(streamId, new PeerPodError('E_RPC_PROTOCOL', text));
      return undefined;
    }
    span.setStreamId(streamId);
    return this.#options.answer(span);
  }

  #closed(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#current === connection) this.#current = undefined;
    connection.output.end();
    const error = new PeerPodError('E_AGENT_UNREACHABLE', 'the agent closed the connection');
    for (const streamId of connection.callers.values()) this.#options.lost(streamId, error);
    connection.callers.clear();
    this.#options.changed();
    this.#checkIdle();
  }
}
