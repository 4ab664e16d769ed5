/** A proxy in front of a real API server that makes it behave badly, one request at a time, as told. */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Log, silentLog } from '#base/log.ts';
import { KubernetesClient } from '#io/kubernetes/client.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { TestCa } from '../../support/test-ca.ts';
import type { ClusterFiles } from './cluster-files.ts';

export type Fault =
  /** Answers by itself, as the server would. */
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly retryAfterSeconds?: number }
  /** Takes the request and cuts the connection. */
  | { readonly kind: 'reset' }
  /** Passes the request on, and cuts the connection instead of the answer; `executed` is called before. */
  | { readonly kind: 'reset-after'; readonly executed?: () => void }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Passes the head of the answer and `events` lines of it, and then nothing, with the connection open. */
  | { readonly kind: 'half-open'; readonly events: number }
  /** Cuts in the middle of the line after `events` lines. */
  | { readonly kind: 'cut'; readonly events: number }
  /** After `events` lines, a line of its own. */
  | { readonly kind: 'inject'; readonly events: number; readonly line: string };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly atMs: number;
  readonly authorization: string | undefined;
}

interface Plan {
  readonly matches: (request: SeenRequest) => boolean;
  readonly fault: Fault;
  left: number;
}

export class FaultProxy implements AsyncDisposable {
  readonly caPem: string;
  readonly seen: SeenRequest[] = [];
  readonly #server: Server;
  readonly #target: URL;
  readonly #agent: Agent;
  readonly #plans: Plan[] = [];
  readonly #outgoing = new Set<ClientRequest>();

  private constructor(server: Server, caPem: string, target: URL, agent: Agent) {
    this.#server = server;
    this.caPem = caPem;
    this.#target = target;
    this.#agent = agent;
    server.on('request', (incoming, answer) => this.#handle(incoming, answer));
  }

  /** Speaks to the server as the administrator, whoever the caller is. */
  static async start(cluster: { readonly server: string; readonly files: ClusterFiles }): Promise<FaultProxy> {
    const ca = await TestCa.create('fault proxy');
    const { certPem: cert, keyPem: key } = await ca.issue('localhost', { addresses: ['127.0.0.1'] });
    const server = createServer({ cert, key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const admin = await cluster.files.clientPair('admin', ['system:masters']);
    const agent = new Agent({ ca: cluster.files.caPem, cert: admin.certPem, key: admin.keyPem, keepAlive: true });
    return new FaultProxy(server, ca.certPem, new URL(cluster.server), agent);
  }

  get url(): URL {
    return new URL(`https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** Written to `path`, for a program whose way to the API server leads through the proxy. */
  async writeKubeconfig(path: string): Promise<string> {
    const cluster = {
      server: this.url.href,
      'certificate-authority-data': Buffer.from(this.caPem).toString('base64'),
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster }],
      users: [{ name: 'proxy', user: { token: 'test' } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy' } }],
      'current-context': 'proxy',
    };
    await writeFile(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  /** A client that knows nothing but the proxy. `onRefused` hears when it drops credentials that were refused. */
  client(
    options: { readonly token?: () => string; readonly onRefused?: () => void; readonly log?: Log } = {},
  ): KubernetesClient {
    const tls = { ca: this.caPem };
    const { token = () => 'test', onRefused = () => {}, log = silentLog } = options;
    const connection = {
      server: this.url,
      namespace: undefined,
      access: async () => ({ tls, headers: { authorization: `Bearer ${token()}` } }),
      refused: onRefused,
    };
    const program = { clock: systemClock, random: systemRandom, log, userAgent: 'peerpods-test' };
    return new KubernetesClient({ connection, ...program });
  }

  /** The next `times` requests that match meet the fault; earlier plans come first. */
  plan(match: RegExp | ((request: SeenRequest) => boolean), fault: Fault, times = 1): void {
    const matches =
      match instanceof RegExp ? ({ method, path }: SeenRequest) => match.test(`${method} ${path}`) : match;
    this.#plans.push({ matches, fault, left: times });
  }

  /** The server behaves again. */
  endPlans(): void {
    this.#plans.length = 0;
  }

  /** Plans that have not been used up. */
  get pending(): number {
    return this.#plans.reduce((sum, { left }) => sum + left, 0);
  }

  countOf(match: RegExp): number {
    return this.seen.filter(({ method, path }) => match.test(`${method} ${path}`)).length;
  }

  /** As a server that is stopped: whoever is connected is cut off. */
  cutAll(): void {
    this.#server.closeAllConnections();
    for (const outgoing of this.#outgoing) outgoing.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cutAll();
    this.#agent.destroy();
    await closed;
  }

  #handle(incoming: IncomingMessage, answer: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    const seen = { method, path, atMs: performance.now(), authorization: headers.authorization };
    this.seen.push(seen);
    const plan = this.#plans.find(({ left, matches }) => left > 0 && matches(seen));
    if (plan) plan.left -= 1;
    const fault = plan?.fault;
    answer.on('error', () => {});
    switch (fault?.kind) {
      case 'refuse':
        incoming.resume();
        refuse(answer, fault);
        return;
      case 'reset':
        incoming.socket.destroy();
        return;
      case 'hang':
        incoming.resume();
        return;
      case 'delay':
        setTimeout(() => this.#forward(incoming, answer, undefined), fault.ms);
        return;
      default:
        this.#forward(incoming, answer, fault);
    }
  }

  #forward(incoming: IncomingMessage, answer: ServerResponse, fault: Fault | undefined): void {
    const { host: _, connection: __, authorization: ___, ...headers } = incoming.headers;
    const outgoing = request(
      {
        agent: this.#agent,
        host: this.#target.hostname,
        port: this.#target.port,
        method: incoming.method,
        path: incoming.url,
        headers,
      },
      (reply) => {
        if (fault?.kind === 'reset-after') {
          reply.resume();
          reply.once('end', () => {
            fault.executed?.();
            incoming.socket.destroy();
          });
          return;
        }
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        answer.flushHeaders();
        reply.on('error', () => answer.destroy());
        if (fault?.kind === 'half-open' || fault?.kind === 'cut' || fault?.kind === 'inject') {
          passLines(reply, answer, fault);
        } else {
          reply.pipe(answer);
        }
      },
    );
    this.#outgoing.add(outgoing);
    outgoing.once('close', () => this.#outgoing.delete(outgoing));
    outgoing.on('error', () => answer.destroy());
    answer.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

function refuse(answer: ServerResponse, fault: Extract<Fault, { kind: 'refuse' }>): void {
  const { status, reason = '', retryAfterSeconds } = fault;
  const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: status, reason, message: 'as told' };
  if (retryAfterSeconds !== undefined) answer.setHeader('retry-after', retryAfterSeconds);
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function passLines(
  reply: IncomingMessage,
  answer: ServerResponse,
  fault: Extract<Fault, { kind: 'half-open' | 'cut' | 'inject' }>,
): void {
  let rest = '';
  let passed = 0;
  let isOver = false;
  const afterLines = () => {
    if (isOver || passed < fault.events) return;
    isOver = true;
    if (fault.kind === 'inject') answer.write(`${fault.line}\n`);
    if (fault.kind === 'cut') answer.write('{"type":"ADDED","object":{"metad', () => answer.destroy());
  };
  afterLines();
  reply.setEncoding('utf8');
  reply.on('data', (chunk: string) => {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end + 1);
      rest = rest.slice(end + 1);
      if (isOver && fault.kind !== 'inject') continue;
      answer.write(line);
      passed += 1;
      afterLines();
    }
  });
  reply.once('end', () => {
    if (fault.kind === 'inject') answer.end();
  });
}
