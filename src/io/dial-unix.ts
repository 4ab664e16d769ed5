/** Connects to a Unix socket once. */

import { connect, type Socket } from 'node:net';

/** Rejects with the system's error; the socket comes without error handlers. */
export function dialUnix(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
