/** A connection that was proven to lead to the far side, and what is known of a session on it. */

import type { Socket } from 'node:net';

export interface FarSession {
  readonly sessionId: Buffer;
  /** Set when the far side knew the session: what it has received. Unset: the session began with this connection. */
  readonly resumedAt: number | undefined;
  /** Bytes of whole frames that went and came on this connection already, of a session that began with it. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

export interface Far {
  readonly socket: Socket;
  /** Unset: the far side keeps no sessions, what is in flight is lost with the connection. */
  readonly session?: FarSession;
}

/** What a caller had before the connection broke. */
export interface ResumePoint {
  readonly sessionId: Buffer;
  readonly receivedBytes: number;
}
