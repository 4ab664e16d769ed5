/** Mutual TLS between relay and pod VM: both ends refuse everybody but the one peer they were told of. */

import { X509Certificate } from 'node:crypto';
import type net from 'node:net';
import tls from 'node:tls';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Secret } from '#base/secret.ts';
import { defaultTlsProfile, parseTlsProfile, type TlsProfile, tlsProfileOptions } from '#codec/tls-profile.ts';

export { parseTlsProfile, type TlsProfile };

export interface TlsTarget {
  readonly host: string;
  readonly port: number;
  /** Already connected there; it belongs to the TLS connection from now on. */
  readonly socket?: net.Socket;
  /** Sent as SNI and checked against the certificate. */
  readonly serverName: string;
  readonly signal?: AbortSignal;
}

export interface ProvenTarget extends TlsTarget {
  /** Accept this certificate only, on top of chain and name. */
  readonly serverFingerprint256?: string;
}

export interface ClientMaterial {
  readonly caPem: string;
  readonly certPem: string;
  readonly key: Secret<string>;
  readonly profile?: TlsProfile;
}

/**
 * Resolves once the server is proven. With TLS 1.3 the server may still refuse our certificate afterwards:
 * only a first answered call proves both directions.
 */
export async function connectTls(options: ProvenTarget & ClientMaterial): Promise<tls.TLSSocket> {
  return await connectTlsWith(clientContext(options), options);
}

/** The same, with what `clientContext` made of the material before. */
export function connectTlsWith(context: tls.SecureContext, target: ProvenTarget): Promise<tls.TLSSocket> {
  return untilSecure(target, () => openSocket(context, target));
}

/** Not written where it is used: a closure there would keep tickets and keys for as long as the socket. */
const ignore = (): void => {};

/** Waits for the handshake of what `open` opens, and makes coded errors of what goes wrong. */
export function untilSecure(target: TlsTarget, open: () => tls.TLSSocket): Promise<tls.TLSSocket> {
  const { signal } = target;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (target.socket?.destroyed) {
      // TLS over a socket that is closed already neither succeeds nor fails.
      return reject(new PeerPodError('E_RELAY_LOST', `${attempted(target)}: closed before the handshake`));
    }
    const socket = open();
    const settle = () => {
      signal?.removeEventListener('abort', onAbort);
      socket.off('close', onClose);
      socket.off('secureConnect', onSecure);
    };
    const fail = (error: unknown) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal?.reason);
    const onError = (error: Error) => fail(asPeerPodError(error, connectErrorCode(error), attempted(target)));
    const onClose = () => fail(new PeerPodError('E_RELAY_LOST', `${attempted(target)}: closed during the handshake`));
    const onSecure = () => {
      settle();
      socket.off('error', onError);
      socket.on('error', ignore); // a late refusal must not be uncaught before the owner listens
      resolve(socket);
    };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.once('secureConnect', onSecure);
    socket.on('error', onError);
    socket.once('close', onClose);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A relay has a context for each pod, mostly idle, and OpenSSL's usual list takes 5 KiB in each. See docs/decisions/0007. */
const modestOffer = {
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
};

/** Takes most of a millisecond. Throws E_TLS_MATERIAL. */
export function clientContext({ caPem, certPem, key, profile = defaultTlsProfile }: ClientMaterial): tls.SecureContext {
  const material = { ca: caPem, cert: certPem, key: key.reveal() };
  try {
    return tls.createSecureContext({ ...material, ...modestOffer, ...tlsProfileOptions(profile) });
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', 'the TLS client material is unusable', { cause: error });
  }
}

/** What the socket keeps for its life is little: no PEM text, no closure over the options. */
function openSocket(secureContext: tls.SecureContext, target: ProvenTarget): tls.TLSSocket {
  const { serverName, serverFingerprint256 } = target;
  return tls.connect({
    ...(target.socket ? { socket: target.socket } : { host: target.host, port: target.port }),
    secureContext,
    servername: serverName,
    rejectUnauthorized: true,
    checkServerIdentity: identityCheck(serverName, serverFingerprint256),
  });
}

function identityCheck(serverName: string, pin: string | undefined) {
  return (_host: string, certificate: tls.PeerCertificate): Error | undefined => {
    const nameFault = tls.checkServerIdentity(serverName, certificate);
    if (nameFault) return new PeerPodError('E_TLS_PEER', nameFault.message, { cause: nameFault });
    if (pin !== undefined && certificate.fingerprint256 !== pin) {
      return new PeerPodError('E_TLS_PEER', 'the server certificate is not the one issued for this pod VM');
    }
    return undefined;
  };
}

/** Certificate verdicts carry OpenSSL's codes; everything else is the network's. */
function connectErrorCode(error: Error): 'E_TLS_PEER' | 'E_RELAY_LOST' {
  const code = String((error as { code?: unknown }).code ?? '');
  return /CERT|SSL|VERIFY|ISSUER|TLS/.test(code) ? 'E_TLS_PEER' : 'E_RELAY_LOST';
}

function attempted({ host, port, serverName }: TlsTarget): string {
  return `TLS to ${host}:${port} as ${serverName}`;
}

export interface TlsListenerOptions {
  readonly certPem: string;
  readonly key: Secret<string>;
  /** A CA, or the one leaf that may connect: then only that very certificate is accepted. */
  readonly clientCaPem: string;
  readonly profile?: TlsProfile;
  readonly onConnection: (socket: tls.TLSSocket) => void;
  readonly onRefused?: (reason: Error, remoteAddress: string | undefined) => void;
}

/** Longest that a stranger may hold a half-made connection. */
const handshakeTimeoutMs = 15_000;
/** A relay that is started again comes back with a ticket of the pod's start: the longest that TLS 1.3 allows. */
const ticketSecondsMax = 7 * 24 * 60 * 60;

/** A server that hands out only connections of proven clients; the caller listens and closes. */
export function createTlsListener(options: TlsListenerOptions): tls.Server {
  const allowed = allowedClients(options.clientCaPem);
  const server = openServer(options, allowed !== undefined);
  const refuse = (reason: Error, socket: tls.TLSSocket) => {
    options.onRefused?.(reason, socket.remoteAddress);
    socket.destroy();
  };
  server.on('tlsClientError', refuse);
  server.on('secureConnection', (socket) => {
    const peer = socket.getPeerX509Certificate();
    socket.on('error', () => {}); // the owner hears of the end by 'close'
    if (!socket.authorized || !peer) return refuse(new PeerPodError('E_TLS_PEER', 'no accepted certificate'), socket);
    if (allowed && !allowed.has(peer.fingerprint256)) {
      return refuse(new PeerPodError('E_TLS_PEER', 'not the certificate this pod VM was told of'), socket);
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    options.onConnection(socket);
  });
  return server;
}

type SniAnswer = (error: Error | null, context?: tls.SecureContext) => void;

function openServer(options: TlsListenerOptions, pinned: boolean): tls.Server {
  const material = {
    cert: options.certPem,
    key: options.key.reveal(),
    ca: options.clientCaPem,
    ...tlsProfileOptions(options.profile ?? defaultTlsProfile),
  };
  try {
    // A pinned leaf that somebody's CA signed is trusted by itself, without that CA. node:tls takes this for a context
    // only, and a context other than the server's own only by the name that the client asks for.
    const context = pinned ? tls.createSecureContext({ ...material, allowPartialTrustChain: true }) : undefined;
    return tls.createServer({
      ...material,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
      sessionTimeout: ticketSecondsMax,
      ...(context && { SNICallback: (_name: string, use: SniAnswer) => use(null, context) }),
    });
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', 'the TLS server material is unusable', { cause: error });
  }
}

/** Fingerprints to pin, or undefined when the bundle holds a CA and so means whatever that CA signed. */
function allowedClients(bundlePem: string): ReadonlySet<string> | undefined {
  const blocks = bundlePem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new PeerPodError('E_TLS_MATERIAL', 'the client CA holds no certificate');
  try {
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.some((certificate) => certificate.ca)) return undefined;
    return new Set(certificates.map((certificate) => certificate.fingerprint256));
  } catch (error) {
    throw new PeerPodError('E_TLS_MATERIAL', 'the client CA is unreadable', { cause: error });
  }
}
