/** Tells systemd how a daemon stands, see sd_notify(3). Without NOTIFY_SOCKET there is nobody to tell. */

import { spawn } from 'node:child_process';

export type NotifyState = 'READY=1' | 'STOPPING=1';

/**
 * Node has no Unix datagram sockets, so systemd's own program sends the message; on a host where systemd sets
 * NOTIFY_SOCKET it is there. Units need NotifyAccess=all. Never fails the daemon: resolves to whether it was told.
 */
export function notifySystemd(state: NotifyState, notifySocket: string | undefined): Promise<boolean> {
  if (!notifySocket) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn('systemd-notify', [`--pid=${process.pid}`, state], {
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: notifySocket },
    });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
