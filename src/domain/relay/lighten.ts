/** Moves a proven connection to one that takes up its TLS session: half of the memory, which an idle pod keeps for long. */

import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import { deadlineSignal } from '#base/signals.ts';
import { resumeTls } from '#io/tls-resumption.ts';
import type { RelayAttachment } from './control.ts';
import type { Far, FarSession, ResumePoint } from './far.ts';
import { makeFirstCalls } from './first-calls.ts';

/** Two round trips and an answer that waits for nothing; after that the first connection will do. */
const lightenMsMax = 2000;

export interface LightenOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The session's, where an earlier connection had begun it. */
  readonly resume?: ResumePoint | undefined;
}

/**
 * Only to a forwarder that keeps sessions, and gave a ticket. Gives `far` where that does not work; when the session has
 * moved by then its socket ends, as one that breaks. Never rejects.
 */
export async function lightened(far: Far, attachment: RelayAttachment, options: LightenOptions): Promise<Far> {
  const { session, ticket } = far;
  const { tls, host, port } = attachment;
  if (!session || !ticket || !tls) return far;
  try {
    using limit = deadlineSignal(options.clock, lightenMsMax, `dial ${host}:${port} again`, options.signal);
    const { signal } = limit;
    const socket = await resumeTls({ host, port, serverName: tls.serverName, signal }, ticket);
    try {
      const taken = await takeUp(session, options.resume, (point) =>
        makeFirstCalls(socket, { point, isNew: false, checkMs: lightenMsMax }, signal),
      );
      far.socket.destroy();
      return { socket, session: taken };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch {
    return far;
  }
}

/** The session as the new connection finds it; it must be where the first one left it. */
async function takeUp(
  session: FarSession,
  resume: ResumePoint | undefined,
  ask: (point: ResumePoint) => Promise<FarSession | undefined>,
): Promise<FarSession> {
  const { sessionId, sentBytes } = session;
  const isNew = session.resumedAt === undefined;
  const receivedBytes = isNew ? session.receivedBytes : (resume?.receivedBytes ?? 0);
  const taken = await ask({ sessionId, receivedBytes });
  if (taken?.resumedAt === undefined || (isNew && taken.resumedAt !== sentBytes)) {
    throw new PeerPodError('E_RPC_PROTOCOL', 'the session is not where it was');
  }
  return isNew ? session : taken;
}
