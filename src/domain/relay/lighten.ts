/** Connections that take up a TLS session: half of the memory, which an idle pod keeps for long, and half of the work. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import { deadlineSignal } from '#base/signals.ts';
import { writeFileWhole } from '#io/files.ts';
import { resumeTls, ticketOf } from '#io/tls-resumption.ts';
import type { RelayAttachment } from './control.ts';
import { type DialOptions, newSessionId } from './dial.ts';
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
  const { session, socket: first } = far;
  const { tls, host, port } = attachment;
  const ticket = ticketOf(first);
  if (!session || !ticket || !tls) return far;
  try {
    using limit = deadlineSignal(options.clock, lightenMsMax, `dial ${host}:${port} again`, options.signal);
    const { signal } = limit;
    const socket = await resumeTls({ host, port, serverName: tls.serverName, signal }, ticket);
    try {
      const taken = await takeUp(session, options.resume, (point) =>
        makeFirstCalls(socket, { point, isNew: false, checkMs: lightenMsMax }, signal),
      );
      first.destroy();
      if (!options.signal.aborted) keepTicket(tls, ticket);
      return { socket, session: taken };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch {
    return far;
  }
}

/**
 * At once by the ticket that an earlier connection was given, be it another process's: no certificates need to be shown
 * again. Undefined where there is none, or it does not work. Rejects with the signal's reason only.
 */
export async function resumed(attachment: RelayAttachment, options: DialOptions): Promise<Far | undefined> {
  const { clock, random, signal, turns, resume } = options;
  const { tls, host, port } = attachment;
  const ticket = tls && keptTicket(tls);
  if (!ticket) return undefined;
  using _turn = await turns.take(signal);
  using limit = deadlineSignal(clock, lightenMsMax, `dial ${host}:${port} again`, signal);
  try {
    const socket = await resumeTls({ host, port, serverName: tls.serverName, signal: limit.signal }, ticket);
    try {
      const point = resume ?? { sessionId: newSessionId(random), receivedBytes: 0 };
      const first = { point, isNew: resume === undefined, checkMs: lightenMsMax };
      const session = await makeFirstCalls(socket, first, limit.signal);
      return session ? { socket, session } : { socket };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isPeerPodError(error, 'E_TLS_PEER')) rmSync(ticketPath(tls), { force: true }); // too old, or the VM began anew
    return undefined;
  }
}

type TlsMaterial = NonNullable<RelayAttachment['tls']>;

/** Beside the client's key, which opens as much and for longer, and gone with it. */
function ticketPath({ directory }: TlsMaterial): string {
  return join(directory, 'session');
}

function keepTicket(tls: TlsMaterial, ticket: Buffer): void {
  try {
    writeFileWhole(ticketPath(tls), ticket);
  } catch {
    // Without it the next connection takes the long way; and the folder may be gone, with its sandbox.
  }
}

function keptTicket(tls: TlsMaterial): Buffer | undefined {
  try {
    return readFileSync(ticketPath(tls));
  } catch {
    return undefined;
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
