/** A pod VM that runs before any pod has it: waits, with an identity for this purpose alone, to be given one. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { AssignmentReader, type Bootstrap, encodeAnswer } from '#codec/assignment.ts';
import { parseTlsProfile } from '#codec/tls-profile.ts';
import { parseUserData, type UserDataFile } from '#codec/user-data.ts';
import { createTlsListener } from '#io/tls.ts';

export interface AwaitAssignmentOptions {
  readonly host: string;
  /** Where the forwarder will listen: no further port need be open. 0: any. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Hears of the port once it is open. */
  readonly onListening?: (port: number) => void;
}

/** From the handshake to the whole document. */
const documentMs = 30_000;
const connectionsMax = 8;

/**
 * Resolves with the files of the pod's user data. The first proven client's whole document is the only one ever taken:
 * the listener closes with it. One that is not user data ends the wait for good: E_USER_DATA.
 */
export async function awaitAssignment(
  bootstrap: Bootstrap,
  options: AwaitAssignmentOptions,
): Promise<readonly UserDataFile[]> {
  const { log, signal } = options;
  const taken = Promise.withResolvers<readonly UserDataFile[]>();
  taken.promise.catch(() => {}); // the listener may fail first
  const open = new Set<TLSSocket>();
  let isTaken = false;
  const server = createTlsListener({
    certPem: bootstrap.tlsServerCert,
    key: bootstrap.tlsServerKey,
    clientCaPem: bootstrap.tlsClientCa,
    profile: parseTlsProfile('VersionTLS13', undefined),
    onConnection(socket) {
      if (open.size >= connectionsMax) return void socket.destroy();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      receive(socket, options, (files) => {
        if (isTaken) return false;
        isTaken = true;
        // Nobody else is heard from here on, whoever is connected already.
        for (const other of open) if (other !== socket) other.destroy();
        server.close();
        if (files instanceof Error) taken.reject(files);
        else taken.resolve(files);
        return true;
      });
    },
    onRefused: (error, remote) => log.warn({ remote, error: error.message }, 'connection refused'),
  });
  const onAbort = () => taken.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await once(server.listen(options.port, options.host), 'listening');
    const address = server.address();
    if (typeof address === 'object' && address) options.onListening?.(address.port);
    log.info({}, 'waiting for a pod');
    return await taken.promise;
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', 'wait for a pod');
  } finally {
    signal?.removeEventListener('abort', onAbort);
    server.close();
  }
}

/** `take` is called at most once, and after it nothing of this connection counts; false: another was first. */
function receive(
  socket: TLSSocket,
  { clock, log }: AwaitAssignmentOptions,
  take: (outcome: readonly UserDataFile[] | Error) => boolean,
): void {
  const reader = new AssignmentReader();
  const cancel = clock.after(documentMs, () => socket.destroy());
  socket.once('close', cancel);
  const onData = (chunk: Buffer) => {
    let document: Buffer | undefined;
    try {
      document = reader.push(chunk);
    } catch (error) {
      log.warn({ error: errorText(error) }, 'no assignment');
      return void socket.destroy();
    }
    if (document === undefined) return;
    socket.off('data', onData);
    if (document.length === 0) return void socket.end(encodeAnswer('waiting'));
    const outcome = readDocument(document);
    const digest = createHash('sha256').update(document).digest('hex');
    if (!take(outcome)) return void socket.destroy();
    socket.end(encodeAnswer(outcome instanceof Error ? 'refused' : { assigned: digest }));
  };
  socket.on('data', onData);
}

function readDocument(document: Buffer): readonly UserDataFile[] | Error {
  try {
    const files = parseUserData(document.toString('utf8'));
    if (files.length === 0) throw new PeerPodError('E_USER_DATA', 'an assignment without files');
    return files;
  } catch (error) {
    return asPeerPodError(error, 'E_USER_DATA', 'read the assignment');
  }
}
