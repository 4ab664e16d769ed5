/** One HTTPS request to the API server and its answer, whole or as a stream; knows no object. */

import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { ClusterConnection, TlsMaterial } from './connection.ts';

export interface OutgoingCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: { readonly type: string; readonly text: string };
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  readonly warnings: readonly string[];
}

const connectionsMax = 64;
const idleConnectionsMax = 8;
const answerBytesMax = 64 * 1024 * 1024;
const refusalBytesMax = 1024 * 1024;
const keepAliveMs = 15_000;

/** E_KUBE_UNAVAILABLE of a request that certainly never reached the server. */
const neverSent = new WeakSet<Error>();

export function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && neverSent.has(error);
}

export class Transport {
  readonly #connection: ClusterConnection;
  readonly #userAgent: string;
  #tls: TlsMaterial | undefined;
  #agent: Agent | undefined;

  constructor(connection: ClusterConnection, userAgent: string) {
    this.#connection = connection;
    this.#userAgent = userAgent;
  }

  /** The next access is read anew. */
  refused(): void {
    this.#connection.refused();
  }

  /** Throws E_KUBE_UNAVAILABLE when there is no answer, else gives it, whatever its status. */
  async exchange(call: OutgoingCall): Promise<Answer> {
    return await answerOf(await this.#send(call, 'shared'), call.signal, answerBytesMax);
  }

  /** As exchange, with a body that goes on until the server ends it; a refusal comes whole. */
  async stream(call: OutgoingCall): Promise<IncomingMessage | Answer> {
    const incoming = await this.#send(call, 'own');
    return incoming.statusCode === 200 ? incoming : await answerOf(incoming, call.signal, refusalBytesMax);
  }

  /** Ends connections that nobody uses. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  async #send(call: OutgoingCall, socket: 'shared' | 'own'): Promise<IncomingMessage> {
    const { server } = this.#connection;
    const { tls, headers, agent } = await this.#connection.access(call.signal);
    call.signal.throwIfAborted();
    const body = call.body && Buffer.from(call.body.text);
    const options = {
      ...(socket === 'own' && tls),
      host: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port === '' ? 443 : Number(server.port),
      path: `${server.pathname.replace(/\/$/, '')}${call.path}`,
      method: call.method,
      signal: call.signal,
      agent: agent ?? (socket === 'own' ? false : this.#sharedAgent(tls)),
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': this.#userAgent,
        // Without its length Node sends a DELETE's body in chunks, and the server may ignore it.
        ...(body && { 'content-type': call.body?.type, 'content-length': body.length }),
      },
    };
    const attempted = `${call.method} ${call.path} at ${server.host}`;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = request(options, resolve);
    let connected = false;
    outgoing.once('socket', (opened) => {
      connected = !opened.connecting;
      if (connected) return; // one of before; its listeners stay on it
      opened.once('secureConnect', () => {
        connected = true;
      });
      opened.setKeepAlive(true, keepAliveMs);
    });
    outgoing.on('error', (error) => {
      if (call.signal.aborted) return reject(call.signal.reason);
      const failure = unavailable(attempted, error);
      if (!connected) neverSent.add(failure);
      reject(failure);
    });
    outgoing.end(body);
    return await promise;
  }

  #sharedAgent(tls: TlsMaterial): Agent {
    if (this.#agent && this.#tls === tls) return this.#agent;
    // The old one's connections end by themselves: calls may still be in flight on them.
    this.#tls = tls;
    this.#agent = new Agent({
      ...tls,
      keepAlive: true,
      maxSockets: connectionsMax,
      maxFreeSockets: idleConnectionsMax,
      scheduling: 'lifo',
    });
    return this.#agent;
  }
}

export function unavailable(attempted: string, error: unknown): PeerPodError {
  const code = systemErrorCode(error);
  const text = errorText(error) || code || 'the connection failed';
  return new PeerPodError('E_KUBE_UNAVAILABLE', `${attempted}: ${text}`, { cause: error });
}

async function answerOf(incoming: IncomingMessage, signal: AbortSignal, bytesMax: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new PeerPodError('E_LIMIT', `an answer of more than ${bytesMax} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof PeerPodError) throw error;
    throw unavailable('reading an answer of Kubernetes', error);
  }
  const warning = incoming.headersDistinct.warning ?? [];
  return {
    status: incoming.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    retryAfter: incoming.headers['retry-after'],
    warnings: warning,
  };
}
