/** Listens on a Unix socket without a moment of wrong modes, and without removing a successor's socket. */

import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';

/** sun_path holds 108 bytes with the closing NUL, see unix(7). */
const socketPathBytesMax = 107;
const stagedSuffix = '.new';

export interface UnixListener {
  readonly path: string;
  /** Stops accepting and removes the socket if it is still ours. Accepted connections stay. */
  close(): Promise<void>;
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * File operations are done here and now: sockets are in memory, and a relay opens a thousand when it starts.
 *
 * Binds under a staged name, sets the mode, then renames into place: a predecessor's socket is replaced in one step.
 * Node unlinks the bound name on close, which by then is gone, so a successor's socket at `path` is safe.
 */
export async function listenUnix(
  path: string,
  onConnection: (socket: Socket) => void,
  options: { readonly mode?: number; readonly onError?: (error: Error) => void } = {},
): Promise<UnixListener> {
  const staged = `${path}${stagedSuffix}`;
  if (Buffer.byteLength(staged) > socketPathBytesMax) {
    throw new PeerPodError('E_ARGUMENT', `socket path of ${path.length} characters is too long: ${path}`);
  }
  const server = createServer(onConnection);
  try {
    rmSync(staged, { force: true });
    await listen(server, staged);
    chmodSync(staged, options.mode ?? 0o600);
    renameSync(staged, path);
  } catch (error) {
    server.close();
    rmSync(staged, { force: true });
    throw asPeerPodError(error, 'E_IO', `listen on ${path}`);
  }
  // EMFILE and the like on accept: the listener goes on, the owner hears of it.
  server.on('error', (error) => options.onError?.(error));
  const inode = inodeOf(path);
  return {
    path,
    async close() {
      server.close(); // not awaited: that would wait for accepted connections, which have owners of their own
      if (inode !== undefined && inodeOf(path) === inode) rmSync(path, { force: true });
    },
  };
}

/** Once another listener has the path: resolves when every connection that was made to the old one is accepted. */
export async function acceptLast(): Promise<void> {
  // Each turn of the loop accepts all that wait; the second is for those that came during the first.
  for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
