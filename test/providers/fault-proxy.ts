/** A reverse proxy that misbehaves on demand: it stands between a provider and any HTTP API. */

import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** From 0, over the proxy's life. */
  readonly number: number;
}

export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export type Fault =
  /** Passed on after `ms`. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Answered here; the API never hears of it. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** The connection breaks before the API hears of it. */
  | { readonly kind: 'reset' }
  /** The API does what it was asked, and the connection breaks in place of the answer. */
  | { readonly kind: 'lose-answer' };

export interface FaultRule {
  readonly when: (request: ProxiedRequest) => boolean;
  /** Requests that it strikes; default 1. */
  readonly times?: number;
  /** Of those that match, the part that is struck; default 1. */
  readonly probability?: number;
  readonly fault: Fault;
}

/** What the API's own answers are turned into, and requests that are answered without it. */
export interface Behaviour {
  /** Called before the request is passed on; an answer stands in for the API's. */
  readonly before?: (request: ProxiedRequest) => ProxiedAnswer | undefined;
  readonly after?: (request: ProxiedRequest, answer: ProxiedAnswer) => ProxiedAnswer;
}

export interface FaultProxyOptions {
  /** Base URL of the API. */
  readonly target: string;
  readonly behaviour?: Behaviour;
  /** With these the proxy speaks TLS, PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** In [0, 1); for rules with a probability. */
  readonly random?: () => number;
}

interface ActiveRule {
  readonly rule: FaultRule;
  left: number;
}

export class FaultProxy {
  /** Everything that came in, in order, struck or not. */
  readonly requests: ProxiedRequest[] = [];
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #rules: ActiveRule[] = [];
  #struck = 0;

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    };
    this.#server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
    this.#server.keepAliveTimeout = 60_000;
  }

  static async open(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  /** How many requests a rule has struck. */
  get struck(): number {
    return this.#struck;
  }

  /** The first rule that strikes decides. The returned function takes the rule back. */
  inject(rule: FaultRule): () => void {
    const active = { rule, left: rule.times ?? 1 };
    this.#rules.push(active);
    return () => {
      active.left = 0;
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #strike(request: ProxiedRequest): Fault | undefined {
    const { random = Math.random } = this.#options;
    for (const active of this.#rules) {
      const { when, probability = 1, fault } = active.rule;
      if (active.left <= 0 || !when(request) || random() >= probability) continue;
      active.left -= 1;
      this.#struck += 1;
      return fault;
    }
    return undefined;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { method, path, headers, body, number: this.requests.length };
    this.requests.push(request);
    const fault = this.#strike(request);
    switch (fault?.kind) {
      case 'latency':
        await delay(fault.ms);
        break;
      case 'answer':
        outgoing.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
        return;
      case 'reset':
        reset(incoming.socket);
        return;
      case 'lose-answer':
      case undefined:
        break;
    }
    const { behaviour } = this.#options;
    const answer = behaviour?.before?.(request) ?? (await this.#forward(request));
    const told = behaviour?.after?.(request, answer) ?? answer;
    if (fault?.kind === 'lose-answer') {
      reset(incoming.socket);
      return;
    }
    const { 'content-length': _length, 'transfer-encoding': _coding, connection: _connection, ...kept } = told.headers;
    outgoing.writeHead(told.status, { ...kept, 'content-length': String(told.body.length) } as Record<string, string>);
    outgoing.end(told.body);
  }

  #forward({ method, path, headers, body }: ProxiedRequest): Promise<ProxiedAnswer> {
    const target = new URL(path, this.#options.target);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const passed = { ...headers, 'content-length': String(body.length) } as Record<string, string>;
      const onward = send(target, { method, headers: passed }, (answer) => {
        bodyOf(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      onward.once('error', reject);
      onward.end(body);
    });
  }
}

/** RST in place of FIN: the client sees the connection break, not an answer that is short. */
function reset(socket: Socket): void {
  socket.resetAndDestroy();
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
