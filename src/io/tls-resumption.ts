/** TLS connections that take up the session of an earlier one: without certificates, so without a context of their own. */

import type net from 'node:net';
import tls from 'node:tls';
import { PeerPodError } from '#base/errors.ts';
import { type TlsTarget, untilSecure } from './tls.ts';

/**
 * Holds no key and trusts nobody. The key exchange need not be the hybrid one again: the session's secret, which came out
 * of that, is part of these keys, too.
 */
let shared: tls.SecureContext | undefined;

function sharedContext(): tls.SecureContext {
  shared ??= tls.createSecureContext({ minVersion: 'TLSv1.3', ecdhCurve: 'X25519:P-256', ca: [] });
  return shared;
}

/**
 * What `socket`'s server gave for coming back, the latest: OpenSSL keeps it with an open connection. Undefined for a
 * server that gives nothing or has not yet, before TLS 1.3, and without TLS.
 */
export function ticketOf(socket: net.Socket): Buffer | undefined {
  if (!(socket instanceof tls.TLSSocket) || socket.destroyed) return undefined;
  if (socket.getProtocol() !== 'TLSv1.3' || !socket.getTLSTicket()) return undefined;
  return socket.getSession();
}

/** What tls.connect itself calls with its option `session`, which however it then keeps as long as the socket. */
type ResumingSocket = tls.TLSSocket & { setSession(ticket: Buffer): void };

/**
 * With whom the ticket came from, and nobody else: only that server's process can read it, and only it and we know the
 * session's secret. To that server we are who we were in the session. Anybody else is refused, E_TLS_PEER.
 */
export function resumeTls(target: Omit<TlsTarget, 'socket'>, ticket: Buffer): Promise<tls.TLSSocket> {
  const { host, port, serverName: servername } = target;
  const checks = { rejectUnauthorized: true, checkServerIdentity };
  return untilSecure(target, () => {
    const socket = tls.connect({ host, port, servername, secureContext: sharedContext(), ...checks });
    (socket as ResumingSocket).setSession(ticket);
    return socket;
  });
}

/** Asked only when the server has begun a new session. */
function checkServerIdentity(): Error {
  return new PeerPodError('E_TLS_PEER', 'the TLS session was not taken up');
}
