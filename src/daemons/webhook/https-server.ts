/** HTTPS for callers that come back: HTTP/1.1 with keep-alive and HTTP/2, whole bodies, and a bound on everything. */

import { once } from 'node:events';
import http2 from 'node:http2';
import type net from 'node:net';
import type tls from 'node:tls';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Secret } from '#base/secret.ts';
import { type TlsProfile, tlsProfileOptions } from '#codec/tls-profile.ts';

export interface ShownCertificate {
  readonly certPem: string;
  readonly key: Secret<string>;
}

export interface WholeRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: http2.IncomingHttpHeaders;
  /** undefined: it was longer than is allowed, and was not kept. */
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

export interface HttpsServerOptions {
  readonly address: { readonly host: string; readonly port: number };
  readonly certificate: ShownCertificate;
  readonly profile: TlsProfile;
  readonly bodyBytesMax: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly answer: (request: WholeRequest) => HttpAnswer | Promise<HttpAnswer>;
  /** The head of a request is there; what it returns is told the status, or undefined if nobody was answered. */
  readonly onBegan?: (path: string) => (status: number | undefined) => void;
  readonly limits?: Partial<HttpsLimits>;
}

export interface HttpsServer {
  readonly port: number;
  /** Connections that are made from now on see this one. Throws E_TLS_MATERIAL, and goes on with the old one. */
  show(certificate: ShownCertificate): void;
  /** Goes on serving, but has each caller open its next connection anew, elsewhere if it can. */
  sendAway(): void;
  /** Accepts nobody, lets what has begun end, and cuts what takes longer. */
  close(withinMs: number): Promise<void>;
}

export interface HttpsLimits {
  readonly connections: number;
  /** Of one HTTP/2 connection. */
  readonly streams: number;
  readonly headerBytes: number;
  /** All bodies together while they come in. */
  readonly bufferedBytes: number;
  /** From a request's first byte to its last. */
  readonly requestMs: number;
  /** For a TLS handshake, and for the head of a request. */
  readonly headMs: number;
  readonly idleMs: number;
  /** How often slow callers are looked for. */
  readonly lookEveryMs: number;
}

const usualLimits: HttpsLimits = {
  connections: 1000,
  streams: 250,
  headerBytes: 64 * 1024,
  bufferedBytes: 48 * 1024 * 1024,
  requestMs: 30_000, // the API server waits as long at most
  headMs: 10_000,
  idleMs: 120_000, // Go's client closes after 90 s: a call must not meet our end of the connection
  lookEveryMs: 1000,
};

type Request = http2.Http2ServerRequest;
type Response = http2.Http2ServerResponse;

const textOf = { busy: 'too much is being received at once\n', failed: 'internal error\n' } as const;

export async function openHttpsServer(options: HttpsServerOptions): Promise<HttpsServer> {
  const limits = { ...usualLimits, ...options.limits };
  const server = createServer(options, limits);
  const connections = new Connections(server, limits.idleMs);
  const desk = new Desk(options, limits, () => connections.sendingAway);
  server.on('request', (request: Request, response: Response) => desk.receive(request, response));
  server.maxConnections = limits.connections;
  const { host, port } = options.address;
  try {
    await once(server.listen({ host, port }), 'listening');
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `listen on ${host}:${port}`);
  }
  server.on('error', (error) => options.log.error({ error }, 'the listener failed')); // EMFILE on accept
  return {
    port: (server.address() as net.AddressInfo).port,
    show: (certificate) => useCertificate(server, certificate, options.profile),
    sendAway: () => connections.sendAway(),
    close: (withinMs) => connections.close(withinMs, options.clock),
  };
}

function secureOptions({ certPem, key }: ShownCertificate, profile: TlsProfile): tls.SecureContextOptions {
  return { cert: certPem, key: key.reveal(), ...tlsProfileOptions(profile) };
}

function useCertificate(server: http2.Http2SecureServer, certificate: ShownCertificate, profile: TlsProfile): void {
  try {
    server.setSecureContext(secureOptions(certificate, profile));
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', 'the certificate or its key is unusable', { cause: error });
  }
}

function createServer({ certificate, profile, log }: HttpsServerOptions, limits: HttpsLimits): http2.Http2SecureServer {
  // What only HTTP/1 knows; @types/node does not say that this function takes it.
  const http1 = {
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.lookEveryMs,
    maxHeaderSize: limits.headerBytes,
    noDelay: true,
    keepAlive: true,
  };
  let server: http2.Http2SecureServer;
  try {
    server = http2.createSecureServer({
      ...http1,
      ...secureOptions(certificate, profile),
      allowHTTP1: true,
      handshakeTimeout: limits.headMs,
      settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: limits.headerBytes, enablePush: false },
    });
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', 'the certificate or its key is unusable', { cause: error });
  }
  Object.assign(server, http1); // and these are read from the server itself
  const ended = (error: Error, socket: net.Socket) => {
    log.debug({ error, remote: socket.remoteAddress }, 'a connection ended in an error');
    socket.destroy();
  };
  server.on('tlsClientError', ended);
  server.on('clientError', ended);
  server.on('unknownProtocol', (socket: net.Socket) => void socket.destroy());
  server.on('sessionError', (error: Error) => log.debug({ error }, 'an HTTP/2 connection ended in an error'));
  return server;
}

/** Who is connected, so that nobody can hold up the end. */
class Connections {
  readonly #server: http2.Http2SecureServer;
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  readonly #sockets = new Set<net.Socket>();
  sendingAway = false;

  constructor(server: http2.Http2SecureServer, idleMs: number) {
    this.#server = server;
    server.on('connection', (socket: net.Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.setTimeout(idleMs, () => session.close());
      session.once('close', () => this.#sessions.delete(session));
      if (this.sendingAway) session.close();
    });
  }

  sendAway(): void {
    this.sendingAway = true;
    for (const session of this.#sessions) session.close();
  }

  async close(withinMs: number, clock: Clock): Promise<void> {
    this.sendAway();
    // Idle connections of HTTP/1 are closed by this, busy ones by their answers.
    const ended = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const cancel = clock.after(withinMs, () => {
      for (const session of this.#sessions) session.destroy();
      for (const socket of this.#sockets) socket.destroy();
    });
    await ended;
    cancel();
  }
}

/** Takes requests in whole, and has them answered. */
class Desk {
  readonly #options: HttpsServerOptions;
  readonly #limits: HttpsLimits;
  readonly #sendingAway: () => boolean;
  #bufferedBytes = 0;

  constructor(options: HttpsServerOptions, limits: HttpsLimits, sendingAway: () => boolean) {
    this.#options = options;
    this.#limits = limits;
    this.#sendingAway = sendingAway;
  }

  receive(request: Request, response: Response): void {
    const { bodyBytesMax, clock, onBegan } = this.#options;
    const onEnd = onBegan?.(pathOf(request));
    if (onEnd) response.once('close', () => onEnd(response.writableFinished ? response.statusCode : undefined));
    let chunks: Buffer[] = [];
    let bytes = 0;
    let verdict: 'open' | 'done' = 'open';
    const isTooLong = () => bytes > bodyBytesMax;
    const finish = () => {
      verdict = 'done';
      cancel();
      this.#bufferedBytes -= heldBytes();
      chunks = [];
    };
    const heldBytes = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const cancel = clock.after(this.#limits.requestMs, () => {
      finish();
      cut(request);
    });
    request.on('data', (chunk: Buffer) => {
      if (verdict === 'done') return;
      bytes += chunk.length;
      if (!isTooLong() && this.#bufferedBytes + chunk.length <= this.#limits.bufferedBytes) {
        this.#bufferedBytes += chunk.length;
        chunks.push(chunk);
        return;
      }
      const busy = !isTooLong();
      finish();
      // The rest is dropped: what is answered now is the last on this connection.
      if (busy) this.#send(request, response, { status: 503, body: textOf.busy }, true);
      else void this.#answer(request, response, undefined);
    });
    request.once('end', () => {
      if (verdict === 'done') return;
      const body = chunks.length === 1 ? (chunks[0] as Buffer).toString() : Buffer.concat(chunks).toString();
      finish();
      void this.#answer(request, response, body);
    });
    request.once('close', () => {
      if (verdict === 'open') finish();
    });
    request.on('error', () => {}); // 'close' follows
    response.on('error', () => {});
  }

  async #answer(request: Request, response: Response, body: string | undefined): Promise<void> {
    const { method, headers } = request;
    const path = pathOf(request);
    let answer: HttpAnswer;
    try {
      const given = this.#options.answer({ method, path, headers, body });
      answer = given instanceof Promise ? await given : given;
    } catch (error) {
      this.#options.log.error({ error, path }, 'a request could not be answered');
      answer = { status: 500, body: textOf.failed };
    }
    this.#send(request, response, answer, body === undefined);
  }

  #send(request: Request, response: Response, answer: HttpAnswer, last: boolean): void {
    if (response.destroyed || response.writableEnded) return;
    const isHttp1 = request.httpVersionMajor === 1;
    const close = isHttp1 && (last || this.#sendingAway());
    response.writeHead(answer.status, {
      'content-type': answer.type ?? 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(answer.body),
      ...(close && { connection: 'close' }),
    });
    response.end(answer.body);
    // The sender goes on sending; it gets a while to read the answer first.
    if (last)
      response.once('finish', () => void this.#options.clock.after(this.#limits.lookEveryMs, () => cut(request)));
  }
}

function pathOf({ url }: Request): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

function cut(request: Request): void {
  if (request.httpVersionMajor === 1) request.socket.destroy();
  else request.stream.close(http2.constants.NGHTTP2_CANCEL);
}
