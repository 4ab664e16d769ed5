/** Callers of an HTTPS server, as an API server is one: HTTP/1.1 over connections kept or new, and HTTP/2. */

import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';

export interface Reached {
  readonly port: number;
  readonly caPem: string;
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** SHA-256 of the certificate that was shown; for HTTP/1.1. */
  readonly fingerprint256?: string;
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A connection of its own if there is none. */
  readonly agent?: https.Agent;
}

const reviewPath = '/mutate-v1-pod?timeout=10s';

export function ask1({ port, caPem }: Reached, asked: Asked = {}): Promise<Got> {
  const { method = 'POST', path = reviewPath, body = '', headers = {}, agent } = asked;
  return new Promise((resolve, reject) => {
    const request = https.request({
      host: 'localhost',
      port,
      ca: caPem,
      method,
      path,
      agent: agent ?? new https.Agent({ maxCachedSessions: 0 }),
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const { fingerprint256 } = (response.socket as tls.TLSSocket).getPeerCertificate();
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode = 0 } = response;
        const text = Buffer.concat(chunks).toString();
        resolve({ status: statusCode, headers: response.headers, body: text, fingerprint256 });
      });
    });
    request.end(body);
  });
}

export async function connect2({ port, caPem }: Reached): Promise<http2.ClientHttp2Session> {
  const session = http2.connect(`https://localhost:${port}`, { ca: caPem });
  session.on('error', () => {});
  await once(session, 'connect');
  return session;
}

export async function ask2(session: http2.ClientHttp2Session, asked: Asked = {}): Promise<Got> {
  const { method = 'POST', path = reviewPath, body = '', headers = {} } = asked;
  const stream = session.request({
    ':method': method,
    ':path': path,
    'content-type': 'application/json',
    ...headers,
  });
  stream.end(body);
  const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status: Number(answer[':status']), headers: answer, body: Buffer.concat(chunks).toString() };
}

/** TLS, and then whatever the caller writes. */
export async function openRaw({ port, caPem }: Reached): Promise<tls.TLSSocket> {
  const socket = tls.connect({ host: 'localhost', port, ca: caPem, servername: 'localhost' });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}
