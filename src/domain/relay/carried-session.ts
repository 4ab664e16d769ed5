/** A caller's session with a forwarder: what must be sent again, and what has come, over all its connections. */

import { PeerPodError } from '#base/errors.ts';
import type { PassageSession } from '#codec/ttrpc-passage/passage.ts';
import { ReceivedCount } from '#codec/ttrpc-session/received-count.ts';
import { SentLog } from '#codec/ttrpc-session/sent-log.ts';
import type { FarSession, ResumePoint } from './far.ts';

/** Sent and not acknowledged; above it nothing more is read from the caller. */
const unacknowledgedBytesMax = 4 * 1024 * 1024;

export interface SessionState {
  readonly sessionId: Buffer;
  /** Position of the first byte of `sent`, which is all that the far side may lack. */
  readonly sentPosition: number;
  readonly sent: Buffer;
  readonly receivedBytes: number;
}

export class CarriedSession implements PassageSession {
  readonly #sessionId: Buffer;
  readonly #sent: SentLog;
  readonly #received: ReceivedCount;

  constructor({ sessionId, sentBytes, receivedBytes }: FarSession) {
    this.#sessionId = sessionId;
    this.#sent = new SentLog(sentBytes);
    this.#received = new ReceivedCount(receivedBytes);
  }

  /** Goes on with a session of another process. */
  static restore({ sessionId, sentPosition, sent, receivedBytes }: SessionState): CarriedSession {
    const restored = new CarriedSession({ sessionId, resumedAt: undefined, sentBytes: sentPosition, receivedBytes });
    restored.sent(sent);
    return restored;
  }

  state(): SessionState {
    const sent = Buffer.concat(this.#sent.unacknowledged());
    const { bytes: receivedBytes } = this.#received;
    return { sessionId: this.#sessionId, sentPosition: this.#sent.start, sent, receivedBytes };
  }

  get resumePoint(): ResumePoint {
    return { sessionId: this.#sessionId, receivedBytes: this.#received.bytes };
  }

  get heldBytes(): number {
    return this.#sent.unacknowledgedBytes;
  }

  get isFull(): boolean {
    return this.#sent.unacknowledgedBytes > unacknowledgedBytesMax;
  }

  sent(bytes: Buffer): void {
    this.#sent.append(bytes);
  }

  received(frameBytes: number): void {
    this.#received.add(frameBytes);
  }

  /** Throws E_RPC_PROTOCOL when the far side claims what it was never sent. */
  acknowledged(position: number): void {
    if (!this.#sent.covers(position)) {
      throw new PeerPodError('E_RPC_PROTOCOL', `the far side acknowledges position ${position}`);
    }
    this.#sent.acknowledge(position);
  }

  /** The position to tell the far side now, if one is due: along with a request, or alone. */
  dueAcknowledgement(alone: boolean): number | undefined {
    const isDue = alone ? this.#received.isOverdue : this.#received.isDue;
    return isDue ? this.#received.acknowledge() : undefined;
  }

  /** What the far side lacks; undefined when it claims what cannot be. */
  missingSince(position: number): readonly Buffer[] | undefined {
    if (!this.#sent.covers(position)) return undefined;
    this.#sent.acknowledge(position);
    return this.#sent.unacknowledged();
  }
}
