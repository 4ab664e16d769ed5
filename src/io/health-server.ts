/** Health and metrics over HTTP, for the kubelet's probes and for Prometheus; on the loopback address unless told otherwise. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { asPeerPodError, errorText } from '#base/errors.ts';

export interface HealthServerOptions {
  readonly port: number;
  /** Loopback if not given: who shares the host's network is asked there. Empty: all addresses. */
  readonly host?: string;
  /** Rejects, with what is missing, while the daemon can not serve. */
  readonly ready: () => Promise<void>;
  /** Rejects until the daemon has begun to serve; once it has succeeded it is not asked again. */
  readonly started?: () => Promise<void>;
  readonly metrics?: { readonly contentType: string; render(): Promise<string> };
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const connectionsMax = 32;
const requestMsMax = 5000;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/**
 * /healthz: the event loop turns. /readyz: the daemon can serve. /startup: it has begun to. /metrics: Prometheus.
 * With SO_REUSEPORT, since a successor starts beside its predecessor in a rolling update.
 */
export async function openHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const { metrics, started = async () => {}, host = loopback } = options;
  let hasStarted = false;
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/healthz': async () => ({ status: 200, body: 'ok\n' }),
    '/readyz': () => answerOf(options.ready, 503),
    '/startup': async () => {
      if (hasStarted) return { status: 200, body: 'ok\n' };
      const answer = await answerOf(started, 500);
      hasStarted = answer.status === 200;
      return answer;
    },
    ...(metrics && {
      '/metrics': async () => ({ status: 200, body: await metrics.render(), type: metrics.contentType }),
    }),
  };
  const server = createServer((request, response) => void answer(pages, request, response));
  server.maxConnections = connectionsMax;
  server.requestTimeout = requestMsMax;
  server.headersTimeout = requestMsMax;
  server.keepAliveTimeout = requestMsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(asPeerPodError(error, 'E_SETTING', `-probe-port ${options.port}`)));
    server.listen({ ...(host !== '' && { host }), port: options.port, reusePort: true }, resolve);
  });
  server.on('error', () => {}); // EMFILE on accept: the next probe may do
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOf(check: () => Promise<void>, failed: number): Promise<Answer> {
  try {
    await check();
    return { status: 200, body: 'ok\n' };
  } catch (error) {
    return { status: failed, body: `${errorText(error)}\n` };
  }
}

async function answer(
  pages: Readonly<Record<string, () => Promise<Answer>>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = ''] = (request.url ?? '').split('?');
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  let result: Answer = { status: 404, body: 'not found\n' };
  if (page && !['GET', 'HEAD'].includes(request.method ?? '')) result = { status: 405, body: 'only GET\n' };
  else if (page) result = await page().catch((error: unknown) => ({ status: 500, body: `${errorText(error)}\n` }));
  response.writeHead(result.status, {
    'content-type': result.type ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(result.body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : result.body);
}
