/** Tells connections that keep a session from plain ones, by their first frame, and brings each to its stream. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { decodeRequest, encodeResponseFrame, type RpcResponse } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, headerBytes, messageTypes, readHeader } from '#codec/ttrpc/frame.ts';
import { FrameSpan } from '#codec/ttrpc/frame-spans.ts';
import { toRpcStatus } from '#codec/ttrpc/status.ts';
import {
  decodeResumeRequest,
  encodeResumeResponse,
  type ResumeRequest,
  resumeName,
} from '#codec/ttrpc-session/session-frames.ts';
import { SessionStream } from './session-stream.ts';

export interface SessionHostOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Takes ownership of a plain connection, or of a session's stream. */
  readonly accept: (stream: Duplex) => void;
  /** Others than those of a forwarder, which serves one pod VM. */
  readonly limits?: Partial<typeof sessionHostLimits>;
}

export const sessionHostLimits = {
  /** Sessions, with or without a connection. */
  sessionsMax: 64,
  /** How long a session waits for its relay to come back. */
  afterlifeMs: 5 * 60 * 1000,
  /** Connections that have not said a whole first frame; a shim may stay silent for long, so they are counted only. */
  silentMax: 64,
};

/** A Resume is some 70 bytes. */
const resumeBytesMax = 1024;

export class SessionHost {
  readonly #options: SessionHostOptions;
  readonly #limits: typeof sessionHostLimits;
  readonly #sessions = new Map<string, SessionStream>();
  readonly #silent = new Set<Duplex>();

  constructor(options: SessionHostOptions) {
    this.#options = options;
    this.#limits = { ...sessionHostLimits, ...options.limits };
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Takes ownership of the connection of a proven caller. */
  accept(connection: Duplex): void {
    if (this.#silent.size >= this.#limits.silentMax) {
      this.#options.log.warn({ silent: this.#silent.size }, 'too many silent connections, one is refused');
      connection.on('error', () => {}); // nobody is left to hear it
      return void connection.destroy();
    }
    this.#silent.add(connection);
    let held: Buffer = Buffer.alloc(0);
    const onClose = () => void this.#silent.delete(connection);
    const onData = (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const verdict = firstFrame(held);
      if (verdict === 'incomplete') return;
      this.#silent.delete(connection);
      connection.off('data', onData);
      connection.off('close', onClose);
      connection.pause();
      const rest = verdict === 'plain' ? held : held.subarray(verdict.frameBytes);
      if (rest.length > 0) connection.unshift(rest);
      if (verdict === 'plain') this.#options.accept(connection);
      else this.#answer(connection, verdict);
    };
    connection.on('data', onData);
    connection.on('close', onClose);
    connection.on('error', () => {}); // 'close' follows
  }

  destroy(): void {
    for (const connection of this.#silent) connection.destroy();
    for (const session of this.#sessions.values()) session.destroy();
  }

  #answer(connection: Duplex, { streamId, data }: ResumeFrame): void {
    let response: RpcResponse;
    let take: (() => void) | undefined;
    try {
      const request = decodeResumeRequest(decodeRequest(data).payload);
      const { session, resumed } = this.#session(request);
      const receivedBytes = session.receivedBytes;
      response = { status: undefined, payload: encodeResumeResponse({ resumed, receivedBytes }) };
      // Whatever it had from a forwarder that is gone, of a session that begins it has nothing.
      take = () => session.attach(connection, resumed ? request.receivedBytes : 0);
    } catch (error) {
      response = { status: toRpcStatus(error), payload: new Uint8Array(0) };
    }
    connection.write(encodeResponseFrame({ streamId, type: messageTypes.response, flags: 0 }, response));
    if (take) take();
    else this.#options.accept(connection); // refused, and goes on without
  }

  #session({ sessionId, receivedBytes }: ResumeRequest): { session: SessionStream; resumed: boolean } {
    const key = sessionId.toString('hex');
    const known = this.#sessions.get(key);
    if (known) {
      if (known.covers(receivedBytes)) return { session: known, resumed: true };
      known.destroy();
      throw new PeerPodError('E_ARGUMENT', `no such position in this session: ${receivedBytes}`);
    }
    const { sessionsMax, afterlifeMs } = this.#limits;
    if (this.#sessions.size >= sessionsMax) {
      throw new PeerPodError('E_LIMIT', `more than ${sessionsMax} sessions`);
    }
    const session = new SessionStream({ clock: this.#options.clock, afterlifeMs });
    this.#sessions.set(key, session);
    session.on('close', () => this.#sessions.delete(key));
    session.on('error', (error) => this.#options.log.warn({ error: error.message }, 'session ended'));
    this.#options.accept(session);
    return { session, resumed: false };
  }
}

interface ResumeFrame {
  readonly frameBytes: number;
  readonly streamId: number;
  readonly data: Buffer;
}

/** What the first bytes of a connection are: a Resume, anything else, or too few to tell. */
function firstFrame(bytes: Buffer): ResumeFrame | 'plain' | 'incomplete' {
  if (bytes.length < headerBytes) return 'incomplete';
  const { length, type, streamId } = readHeader(bytes, 0);
  if (type !== messageTypes.request || length > Math.min(resumeBytesMax, dataBytesMax)) return 'plain';
  const frameBytes = headerBytes + length;
  if (bytes.length < frameBytes) return 'incomplete';
  const span = new FrameSpan();
  span.read(bytes, 0);
  if (span.peekMethod() !== resumeName) return 'plain';
  return { frameBytes, streamId, data: bytes.subarray(headerBytes, frameBytes) };
}
