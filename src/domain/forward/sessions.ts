/** All callers of one forwarder, within bounds on their number and on what they make it hold together. */

import { ByteAllowance } from './byte-allowance.ts';
import { type CallerStream, ForwardSession, type SessionOptions } from './forward-session.ts';

const defaultLimits = {
  /** A relay has one connection for each connection of its shim. */
  sessionsMax: 64,
  /** Requests that wait for an edit or for the agent. */
  waitingBytesMax: 64 * 1024 * 1024,
  /** Of all kinds. Above it the session that holds most is ended: the others must not be its hostages. */
  heldBytesMax: 256 * 1024 * 1024,
};

/** Less than this of one session is not worth a look at all of them. */
const noteworthyBytes = 1024 * 1024;

export class Sessions {
  readonly #options: Omit<SessionOptions, 'allowance' | 'onHeld'>;
  readonly #limits: typeof defaultLimits;
  readonly #sessions = new Set<ForwardSession>();
  readonly #allowance: ByteAllowance;

  constructor(options: Omit<SessionOptions, 'allowance' | 'onHeld'>, limits: Partial<typeof defaultLimits> = {}) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...limits };
    this.#allowance = new ByteAllowance(this.#limits.waitingBytesMax);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** What all of them make this process hold. */
  get heldBytes(): number {
    let total = 0;
    for (const session of this.#sessions) total += session.heldBytes;
    return total;
  }

  /** Takes ownership of the connection of a proven caller. */
  accept(stream: CallerStream): void {
    if (this.#sessions.size >= this.#limits.sessionsMax) {
      this.#options.log.warn({ sessions: this.#sessions.size }, 'too many connections, one is refused');
      stream.on('error', () => {}); // nobody is left to hear it
      stream.destroy();
      return;
    }
    const onHeld = (holder: ForwardSession) => this.#check(holder);
    const session = new ForwardSession(stream, { ...this.#options, allowance: this.#allowance, onHeld });
    this.#sessions.add(session);
    void session.closed.then(() => this.#sessions.delete(session));
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #check(holder: ForwardSession): void {
    if (holder.heldBytes < noteworthyBytes) return;
    const total = this.heldBytes;
    if (total <= this.#limits.heldBytesMax) return;
    let most = holder;
    for (const session of this.#sessions) if (session.heldBytes > most.heldBytes) most = session;
    this.#options.log.warn(
      { total, held: most.heldBytes },
      'too much is held, the connection that holds most is ended',
    );
    most.destroy();
  }
}
