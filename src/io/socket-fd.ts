/** The descriptor of an open socket, to hand it to another process. */

import type { Socket } from 'node:net';

/** Undefined once it is closed. Node has no public way to it, but every handle of a socket carries its fd. */
export function socketFd(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle: { readonly fd?: unknown } | null };
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined;
}
