/** HTTPS to one vCenter: certificates, the session's cookie, bounds. One request, one answer; nothing is repeated here. */

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, getCACertificates, type TLSSocket } from 'node:tls';
import { ProviderError } from '@peerpods/provider';

export interface TrustSettings {
  /** PEM; in addition to the system's authorities. */
  readonly authorities: string | undefined;
  /** Hex without colons, 40 (SHA-1) or 64 (SHA-256) digits: the certificate must be this one, whoever signed it. */
  readonly thumbprint: string | undefined;
  readonly insecure: boolean;
}

export interface TransportAnswer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly text: string;
}

export type SendSoap = (envelope: string, signal: AbortSignal) => Promise<TransportAnswer>;

const socketsMax = 32;
const connectMsMax = 10_000;
const answerBytesMax = 64 * 1024 * 1024;
const sessionCookie = /(?:^|,\s*|;\s*)vmware_soap_session=("[^"]*"|[^;,]*)/;

export class Transport {
  readonly #url: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  #cookie: string | undefined;

  constructor(url: URL, trust: TrustSettings) {
    this.#url = url;
    const limits = { keepAlive: true, maxSockets: socketsMax, timeout: 0 };
    this.#agent = url.protocol === 'https:' ? new TrustingAgent(limits, trust) : new HttpAgent(limits);
  }

  readonly send: SendSoap = (envelope, signal) =>
    new Promise((resolve, reject) => {
      const request = (this.#url.protocol === 'https:' ? httpsRequest : httpRequest)(this.#url, {
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: {
          'content-type': 'text/xml; charset=utf-8',
          'content-length': Buffer.byteLength(envelope),
          // The lowest version that is spoken here; newer vCenters answer as that one would.
          soapaction: '"urn:vim25/7.0"',
          'user-agent': 'peerpods',
          ...(this.#cookie !== undefined && { cookie: `vmware_soap_session=${this.#cookie}` }),
        },
      });
      request.once('response', (answer) => {
        this.#remember(answer);
        read(answer).then(resolve, reject);
      });
      request.once('error', (error) => reject(translateNetworkError(error)));
      request.end(envelope);
    });

  forgetSession(): void {
    this.#cookie = undefined;
  }

  close(): void {
    this.#agent.destroy();
  }

  #remember({ headers }: IncomingMessage): void {
    for (const line of headers['set-cookie'] ?? []) {
      const value = sessionCookie.exec(line)?.[1];
      if (value !== undefined && value !== '') this.#cookie = value;
    }
  }
}

async function read(answer: IncomingMessage): Promise<TransportAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > answerBytesMax) {
        throw new ProviderError('invalid-configuration', `the vCenter's answer is longer than ${answerBytesMax} bytes`);
      }
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw translateNetworkError(error);
  }
  const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
  return {
    status: answer.statusCode ?? 0,
    retryAfterMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    text: Buffer.concat(chunks).toString(),
  };
}

/** Before anything is sent on a connection, its certificate is looked at. */
class TrustingAgent extends HttpsAgent {
  readonly #trust: TrustSettings;

  constructor(limits: object, trust: TrustSettings) {
    // A resumed session shows no certificate to compare.
    super({ ...limits, maxCachedSessions: 0 });
    this.#trust = trust;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { authorities, thumbprint, insecure } = this.#trust;
    const byAuthority = thumbprint === undefined && !insecure;
    const socket: TLSSocket = connect({
      ...(options as ConnectionOptions),
      rejectUnauthorized: byAuthority,
      ...(authorities !== undefined && { ca: [...getCACertificates('default'), authorities] }),
    });
    const settle = (error: Error | null) => {
      clearTimeout(limit);
      socket.off('error', settle);
      if (error) socket.destroy();
      callback?.(error, socket);
    };
    const limit = setTimeout(() => settle(new ProviderError('transient', 'no TLS connection in time')), connectMsMax);
    socket.once('error', settle);
    socket.once('secureConnect', () => settle(thumbprint === undefined ? null : mismatch(socket, thumbprint)));
    return undefined; // the callback brings it
  }
}

function mismatch(socket: TLSSocket, thumbprint: string): Error | null {
  const certificate = socket.getPeerX509Certificate();
  const shown = (thumbprint.length === 40 ? certificate?.fingerprint : certificate?.fingerprint256) ?? '';
  if (shown.replaceAll(':', '').toLowerCase() === thumbprint) return null;
  return new ProviderError('auth', `the vCenter's certificate has the thumbprint ${shown}, not the one in -thumbprint`);
}

const untrusted =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA)/;

function translateNetworkError(error: unknown): unknown {
  if (error instanceof ProviderError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (untrusted.test(code)) {
    const advice = 'give its authority with -vcenter-ca-file (GOVC_TLS_CA_CERTS) or its -thumbprint (GOVC_THUMBPRINT)';
    return new ProviderError('auth', `the vCenter's certificate is not trusted (${code}): ${advice}`, { cause: error });
  }
  if (code === 'ENOTFOUND') {
    return new ProviderError('transient', `the vCenter's name is not known: ${error.message}`, { cause: error });
  }
  return new ProviderError('transient', `no answer from the vCenter: ${error.message}`, { cause: error });
}
