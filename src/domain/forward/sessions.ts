/** All callers of one forwarder, within bounds on their number and on what they make it hold together. */

import type { Duplex } from 'node:stream';
import { ByteAllowance } from './byte-allowance.ts';
import { ForwardSession, type SessionOptions } from './forward-session.ts';

export const sessionsLimits = {
  /** A relay has one connection for each connection of its shim. */
  sessionsMax: 64,
  waitingBytesMax: 64 * 1024 * 1024,
  /** Of all kinds, over all sessions. Above it the one that holds most is ended: the others can not be its hostages. */
  heldBytesMax: 256 * 1024 * 1024,
} as const;

/** Less than this of one session is not worth a look at all of them. */
const noteworthyBytes = 4 * 1024 * 1024;

export class Sessions {
  readonly #options: Omit<SessionOptions, 'budget' | 'onHeld'>;
  readonly #sessions = new Set<ForwardSession>();
  readonly #budget = new ByteAllowance(sessionsLimits.waitingBytesMax);

  constructor(options: Omit<SessionOptions, 'budget' | 'onHeld'>) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Takes ownership of the connection of a proven caller. */
  accept(stream: Duplex): void {
    if (this.#sessions.size >= sessionsLimits.sessionsMax) {
      this.#options.log.warn({ sessions: this.#sessions.size }, 'too many connections, one is refused');
      stream.on('error', () => {}); // nobody is left to hear it
      stream.destroy();
      return;
    }
    const onHeld = (holder: ForwardSession) => this.#check(holder);
    const session = new ForwardSession(stream, { ...this.#options, budget: this.#budget, onHeld });
    this.#sessions.add(session);
    void session.closed.then(() => this.#sessions.delete(session));
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #check(holder: ForwardSession): void {
    if (holder.heldBytes < noteworthyBytes) return;
    let [total, most] = [0, holder];
    for (const session of this.#sessions) {
      total += session.heldBytes;
      if (session.heldBytes > most.heldBytes) most = session;
    }
    if (total <= sessionsLimits.heldBytesMax) return;
    this.#options.log.warn(
      { total, held: most.heldBytes },
      'too much is held, the connection that holds most is ended',
    );
    most.destroy();
  }
}
