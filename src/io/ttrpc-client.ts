/** Makes unary ttrpc calls over one connection; many may be in flight, and each can be given up. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import { ClientStreams } from '#codec/ttrpc/client-streams.ts';
import { encodeRequestFrame, type MetadataEntry } from '#codec/ttrpc/envelope.ts';
import { messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Sent to the server as its budget, and kept here as well. */
  readonly timeoutMs?: number;
  readonly metadata?: readonly MetadataEntry[];
}

interface PendingCall {
  resolve(payload: Uint8Array): void;
  reject(error: unknown): void;
}

/** Calls in flight on one connection; more are refused with E_LIMIT. */
const callsMax = 1024;
/** Bytes not yet taken by the peer; more calls are refused with E_LIMIT until it reads on. */
const unsentBytesMax = 16 * 1024 * 1024;

export class TtrpcClient implements AsyncDisposable {
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #decoder = new FrameDecoder();
  readonly #streams = new ClientStreams();
  readonly #pending = new Map<number, PendingCall>();
  readonly #closed = Promise.withResolvers<void>();
  #failure: PeerPodError | undefined;
  #idle: (() => void) | undefined;

  constructor(stream: Duplex, options: { readonly clock: Clock }) {
    this.#stream = stream;
    this.#clock = options.clock;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => this.destroy());
    stream.on('error', (error) => this.destroy(asPeerPodError(error, 'E_RPC_CLOSED', 'ttrpc connection')));
    stream.on('close', () => this.destroy());
  }

  /** Resolves when the connection has ended, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  async call(service: string, method: string, payload: Uint8Array, options: CallOptions = {}): Promise<Uint8Array> {
    const { signal, timeoutMs, metadata = [] } = options;
    signal?.throwIfAborted();
    if (this.#failure) throw this.#failure;
    if (this.#pending.size >= callsMax || this.#stream.writableLength > unsentBytesMax) {
      throw new PeerPodError('E_LIMIT', `${method}: too much in flight on this connection`);
    }
    const streamId = this.#streams.open();
    const outcome = Promise.withResolvers<Uint8Array>();
    const onAbort = () => outcome.reject(signal?.reason);
    const cancel =
      timeoutMs === undefined
        ? () => {}
        : this.#clock.after(timeoutMs, () =>
            outcome.reject(new PeerPodError('E_DEADLINE', `${service}/${method} not answered in ${timeoutMs} ms`)),
          );
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(streamId, outcome);
    try {
      const timeoutNano = timeoutMs === undefined ? 0n : BigInt(Math.max(1, Math.round(timeoutMs * 1e6)));
      const header = { streamId, type: messageTypes.request, flags: 0 };
      this.#stream.write(encodeRequestFrame(header, { service, method, payload, timeoutNano, metadata }));
      return await outcome.promise;
    } finally {
      cancel();
      signal?.removeEventListener('abort', onAbort);
      this.#pending.delete(streamId);
      this.#streams.abandon(streamId);
      if (this.#pending.size === 0) this.#idle?.();
    }
  }

  /** Waits for the calls in flight, at most `deadlineMs`, then closes. */
  async drain(deadlineMs: number): Promise<void> {
    if (this.#pending.size > 0 && !this.#failure) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle = resolve;
      const cancel = this.#clock.after(deadlineMs, resolve);
      await Promise.race([promise, this.closed]);
      cancel();
    }
    this.destroy();
    await this.closed;
  }

  /** Ends the connection now; calls in flight fail with `reason`. */
  destroy(reason = new PeerPodError('E_RPC_CLOSED', 'ttrpc: closed')): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#stream.destroy();
    for (const call of this.#pending.values()) call.reject(reason);
    this.#closed.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed;
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#decoder.push(chunk)) {
      const verdict = this.#streams.receive(frame);
      if (verdict.do === 'resolve') this.#pending.get(verdict.streamId)?.resolve(verdict.payload);
      else if (verdict.do === 'reject') this.#pending.get(verdict.streamId)?.reject(verdict.error);
    }
  }
}
