/** An HTTPS server of ours in place of a cloud: it hands each request to a handler as JSON, and keeps all of them. */

import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import '../support/reflect-metadata.ts';
import * as x509 from '@peculiar/x509';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface CapturedCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed when it is JSON or a form; undefined when empty. */
  readonly body: unknown;
}

export interface CapturedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TestTls {
  readonly key: string;
  readonly cert: string;
  /** A file with the authority's certificate, for other programs. */
  readonly caFile: string;
}

let issued: Promise<TestTls> | undefined;

/** A certificate for 127.0.0.1 from an authority that this process trusts from now on. */
export function testTls(): Promise<TestTls> {
  issued ??= issue();
  return issued;
}

async function issue(): Promise<TestTls> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const [caKeys, keys] = await Promise.all(
    [1, 2].map(() => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])),
  );
  if (!caKeys || !keys) throw new Error('no keys');
  const common = {
    signingAlgorithm: algorithm,
    signingKey: caKeys.privateKey,
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  };
  const ca = await x509.X509CertificateGenerator.create(
    {
      ...common,
      subject: 'CN=peerpods test authority',
      issuer: 'CN=peerpods test authority',
      publicKey: caKeys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const leaf = await x509.X509CertificateGenerator.create(
    {
      ...common,
      subject: 'CN=127.0.0.1',
      issuer: ca.subject,
      publicKey: keys.publicKey,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const caPem = ca.toString('pem');
  setDefaultCACertificates([...getCACertificates('default'), caPem]);
  const caFile = join(temporaryFolder('capture'), 'ca.pem');
  writeFileSync(caFile, `${caPem}\n`);
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { key, cert: leaf.toString('pem'), caFile };
}

export class CaptureServer {
  /** Everything that came in, in order. */
  readonly calls: CapturedCall[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(handle: (call: CapturedCall) => Promise<CapturedAnswer>): Promise<CaptureServer> {
    const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      answer(incoming, outgoing).catch((error: unknown) => {
        outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`the test server failed: ${String(error)}`);
      });
    };
    const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const call = await parsed(incoming);
      server.calls.push(call);
      const { status, headers = {}, body } = await handle(call);
      const text = body === undefined ? '' : JSON.stringify(body);
      outgoing.writeHead(status, {
        ...(text !== '' && { 'content-type': 'application/json' }),
        'content-length': String(Buffer.byteLength(text)),
        ...headers,
      });
      outgoing.end(text);
    };
    const { key, cert } = await testTls();
    const server = new CaptureServer(createServer({ key, cert }, serve));
    server.#server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Absolute addresses in answers must lead back the way that the request came: past the proxy, if there is one. */
async function parsed(incoming: IncomingMessage): Promise<CapturedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { method = 'GET', url = '/', headers } = incoming;
  const type = headers['content-type'] ?? '';
  let body: unknown;
  if (text !== '') body = type.includes('json') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
  return { method, url: new URL(url, `https://${headers.host}`), headers, body };
}
