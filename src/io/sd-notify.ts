/** Tells systemd how a daemon stands, see sd_notify(3). Without NOTIFY_SOCKET there is nobody to tell. */

import { sendDatagram } from '@peerpods/netlink/unix-datagram';

export type NotifyState = 'READY=1' | 'STOPPING=1';

/** Never fails the daemon: gives whether systemd was told. */
export function notifySystemd(state: NotifyState, notifySocket: string | undefined): boolean {
  if (!notifySocket) return false;
  try {
    sendDatagram(notifySocket, Buffer.from(`${state}\n`));
    return true;
  } catch {
    return false;
  }
}
