/** Opens a pod's network namespace, with a coded error when there is none. */

import { statfsSync } from 'node:fs';
import { type Netns, openNetns } from '@peerpods/netlink';
import { isPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';

/** The file system type of namespaces. */
const NSFS_MAGIC = 0x6e736673;

/** E_NETNS when there is no file, or one that a namespace was mounted on before. */
export function open(path: string): Netns {
  try {
    if (statfsSync(path).type === NSFS_MAGIC) return openNetns(path);
  } catch (error) {
    throw new PeerPodError('E_NETNS', `open network namespace ${path}`, { cause: error });
  }
  throw new PeerPodError('E_NETNS', `${path} is not a namespace any more`);
}

/** Whether `error`, from open, says that the namespace does not exist (rather than that it cannot be opened). */
export function isGone(error: unknown): boolean {
  if (!isPeerPodError(error, 'E_NETNS')) return false;
  return error.cause === undefined || systemErrorCode(error.cause) === 'ENOENT';
}
