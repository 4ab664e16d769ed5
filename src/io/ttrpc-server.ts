/** Serves unary ttrpc calls on accepted connections: concurrent handlers, deadlines, bounds, a drain that ends. */

import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, isPeerPodError, PeerPodError } from '#base/errors.ts';
import { type Log, silentLog } from '#base/log.ts';
import { linkedSignal, type OwnedSignal } from '#base/signals.ts';
import { encodeResponseFrame, type MetadataEntry, type RpcRequest, type RpcResponse } from '#codec/ttrpc/envelope.ts';
import { messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { ServerStreams } from '#codec/ttrpc/server-streams.ts';
import { RpcError, rpcStatus, statusCodes, toRpcStatus } from '#codec/ttrpc/status.ts';

export interface CallContext {
  /** Aborted when the caller's connection ends, its deadline passes, or the server is destroyed. */
  readonly signal: AbortSignal;
  readonly metadata: readonly MetadataEntry[];
  /** The caller's whole budget in ms, if it gave one. */
  readonly deadlineMs: number | undefined;
}

export type UnaryHandler = (payload: Uint8Array, call: CallContext) => Promise<Uint8Array>;

/** Full service name → bare method name → handler. */
export type ServiceTable = Readonly<Record<string, Readonly<Record<string, UnaryHandler>>>>;

export interface TtrpcServerOptions {
  readonly services: ServiceTable;
  readonly clock: Clock;
  readonly log?: Log;
  readonly limits?: Partial<TtrpcServerLimits>;
}

export interface TtrpcServerLimits {
  readonly connectionsMax: number;
  /** Of all connections together. */
  readonly callsMax: number;
  readonly streamsPerConnectionMax: number;
  readonly unsentBytesMax: number;
}

/** For metrics. */
export interface TtrpcServerLoad {
  readonly connections: number;
  readonly callsInFlight: number;
  /** Since the start, there being too many. */
  readonly refusedConnections: number;
  readonly refusedCalls: number;
}

const defaultLimits: TtrpcServerLimits = {
  connectionsMax: 2048,
  callsMax: 8192,
  streamsPerConnectionMax: 1024,
  unsentBytesMax: 8 * 1024 * 1024,
};
const nanosecondsPerMs = 1_000_000n;
/** The Rust client can lose an answer that the end of the connection follows at once. */
const lingerMs = 50;

export class TtrpcServer implements AsyncDisposable {
  readonly #options: TtrpcServerOptions;
  readonly #limits: TtrpcServerLimits;
  readonly #connections = new Set<ServerConnection>();
  readonly #calls = { inFlight: 0, refused: 0 };
  #refusedConnections = 0;
  #draining = false;

  constructor(options: TtrpcServerOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get load(): TtrpcServerLoad {
    const { inFlight: callsInFlight, refused: refusedCalls } = this.#calls;
    const refusedConnections = this.#refusedConnections;
    return { connections: this.#connections.size, callsInFlight, refusedConnections, refusedCalls };
  }

  /** Takes ownership of an accepted stream; ends it when there are too many. */
  serve(stream: Duplex): void {
    if (this.#draining) {
      stream.destroy();
      return;
    }
    if (this.#connections.size >= this.#limits.connectionsMax) {
      const { connectionsMax } = this.#limits;
      this.#refusedConnections += 1;
      this.#options.log?.warn({ connectionsMax }, 'too many connections, one is refused');
      stream.on('error', () => {}); // nobody is left to hear it
      return void stream.destroy();
    }
    const connection = new ServerConnection(stream, this.#options, this.#limits, this.#calls, () => {
      this.#connections.delete(connection);
    });
    this.#connections.add(connection);
  }

  /** Closes idle connections at once and busy ones as they fall idle; after `deadlineMs` all are destroyed. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    const { promise: expired, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(deadlineMs, resolve);
    await Promise.race([expired, Promise.all([...this.#connections].map((connection) => connection.endWhenIdle()))]);
    cancel();
    this.destroy();
  }

  /** Ends every connection now; handlers see their signal aborted. */
  destroy(reason: Error = new PeerPodError('E_RPC_CLOSED', 'the server was destroyed')): void {
    this.#draining = true;
    for (const connection of this.#connections) connection.destroy(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
  }
}

class ServerConnection {
  readonly #stream: Duplex;
  readonly #options: TtrpcServerOptions;
  readonly #log: Log;
  readonly #limits: TtrpcServerLimits;
  /** Of all connections. */
  readonly #calls: { inFlight: number; refused: number };
  readonly #decoder = new FrameDecoder();
  readonly #streams: ServerStreams;
  readonly #signal: OwnedSignal = linkedSignal();
  readonly #idle = Promise.withResolvers<void>();
  #ending = false;

  constructor(
    stream: Duplex,
    options: TtrpcServerOptions,
    limits: TtrpcServerLimits,
    calls: { inFlight: number; refused: number },
    onClose: () => void,
  ) {
    this.#stream = stream;
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#limits = limits;
    this.#calls = calls;
    this.#streams = new ServerStreams(limits.streamsPerConnectionMax);
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('drain', () => stream.resume());
    stream.on('end', () => this.destroy(new PeerPodError('E_RPC_CLOSED', 'the caller closed the connection')));
    stream.on('error', (error) => this.destroy(asPeerPodError(error, 'E_RPC_CLOSED', 'the connection broke')));
    stream.on('close', () => {
      this.destroy(new PeerPodError('E_RPC_CLOSED', 'the connection closed'));
      onClose();
    });
  }

  destroy(reason: Error): void {
    if (!this.#signal.signal.aborted) this.#signal.abort(reason);
    this.#idle.resolve();
    this.#stream.destroy();
  }

  /** Resolves when no call is in flight any more and what was answered has been written. */
  async endWhenIdle(): Promise<void> {
    this.#ending = true;
    const isBusy = this.#streams.activeCount > 0;
    if (!isBusy) this.#idle.resolve();
    await this.#idle.promise;
    if (isBusy && !this.#signal.signal.aborted) await sleep(this.#options.clock, lingerMs);
    if (!this.#stream.destroyed) await new Promise<void>((resolve) => this.#stream.end(resolve));
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#decoder.push(chunk)) {
      const verdict = this.#streams.receive(frame);
      if (verdict.do === 'reply') {
        if (verdict.status.code === statusCodes.resource_exhausted) this.#calls.refused += 1;
        this.#log.debug({ streamId: verdict.streamId, status: verdict.status.message }, 'frame refused');
        this.#send(verdict.streamId, { status: verdict.status, payload: new Uint8Array(0) });
      } else if (verdict.do === 'call') {
        void this.#run(verdict.streamId, verdict.request); // #run never rejects
      }
    }
  }

  async #run(streamId: number, request: RpcRequest): Promise<void> {
    using limits = linkedSignal(this.#signal.signal);
    let response: RpcResponse;
    try {
      response = { status: undefined, payload: await this.#counted(() => this.#call(request, limits)) };
    } catch (error) {
      response = { status: toRpcStatus(error), payload: new Uint8Array(0) };
    }
    if (!this.#streams.finish(streamId) || this.#stream.destroyed) return;
    this.#send(streamId, response);
    if (this.#ending && this.#streams.activeCount === 0) this.#idle.resolve();
  }

  async #counted<T>(body: () => Promise<T>): Promise<T> {
    const { callsMax } = this.#limits;
    if (this.#calls.inFlight >= callsMax) {
      this.#calls.refused += 1;
      throw new PeerPodError('E_LIMIT', `more than ${callsMax} calls in flight on this socket`);
    }
    this.#calls.inFlight += 1;
    try {
      return await body();
    } finally {
      this.#calls.inFlight -= 1;
    }
  }

  async #call(request: RpcRequest, limits: OwnedSignal): Promise<Uint8Array> {
    const { service, method, timeoutNano, metadata, payload } = request;
    const handlers = Object.hasOwn(this.#options.services, service) ? this.#options.services[service] : undefined;
    if (!handlers) throw new RpcError(rpcStatus('unimplemented', `service ${service}`));
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
    if (!handler) throw new RpcError(rpcStatus('unimplemented', `method ${method}`));
    if (timeoutNano === 0n) return await handler(payload, { signal: limits.signal, metadata, deadlineMs: undefined });
    const deadlineMs = Number(timeoutNano) / Number(nanosecondsPerMs);
    const late = new PeerPodError('E_DEADLINE', `${method} took longer than its ${Math.round(deadlineMs)} ms`);
    if (deadlineMs < 0) throw late;
    const { promise: expired, reject } = Promise.withResolvers<never>();
    const cancel = this.#options.clock.after(deadlineMs, () => {
      reject(late);
      limits.abort(late);
    });
    try {
      // The answer is due at the deadline even if the handler is slow to notice its signal.
      return await Promise.race([handler(payload, { signal: limits.signal, metadata, deadlineMs }), expired]);
    } finally {
      cancel();
    }
  }

  #send(streamId: number, response: RpcResponse): void {
    const header = { streamId, type: messageTypes.response, flags: 0 };
    let bytes: Buffer;
    try {
      bytes = encodeResponseFrame(header, response);
    } catch (error) {
      if (!isPeerPodError(error, 'E_FRAME_TOO_LARGE')) throw error;
      // Upstream closes the connection here, and with it every other call.
      const status = rpcStatus('resource_exhausted', error.message);
      bytes = encodeResponseFrame(header, { status, payload: new Uint8Array(0) });
    }
    if (!this.#stream.write(bytes) && this.#stream.writableLength > this.#limits.unsentBytesMax) this.#stream.pause();
  }
}
