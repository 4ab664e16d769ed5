/** The two reasons for which a caller's connection is not carried any more by this process. */

import { isPeerPodError, PeerPodError } from '#base/errors.ts';

/** The caller hung up. */
export function callerGone(): PeerPodError {
  return new PeerPodError('E_ABORTED', 'the caller hung up');
}

/** The caller's connection goes on in another process: nobody is told of an end. */
export function movedAway(): PeerPodError {
  return new PeerPodError('E_RELAY_MOVED', 'another relay has taken over');
}

export function isMovedAway(reason: unknown): boolean {
  return isPeerPodError(reason, 'E_RELAY_MOVED');
}
