/** Identities prepared while nobody waits: their keys and all certificates but the one that holds the VM's name. */

import type { Clock } from '#base/clock.ts';
import { type PreparedIdentity, prepareIdentity } from '#io/certificate-authority.ts';

export interface IdentityPoolOptions {
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const readyMax = 4;
/** Older ones are thrown away: their certificates would end sooner than a pod may expect. */
const ageMsMax = 60 * 60 * 1000;
/** A pod that is starting has the processor first. */
const refillDelayMs = 50;

export class IdentityPool implements Disposable {
  readonly #options: IdentityPoolOptions;
  readonly #ready: { readonly identity: PreparedIdentity; readonly at: number }[] = [];
  #cancelRefill: (() => void) | undefined;
  #disposed = false;

  constructor(options: IdentityPoolOptions) {
    this.#options = options;
    this.#refillSoon();
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** One that is ready, or a new one. Never the same twice. */
  take(): PreparedIdentity {
    const { clock } = this.#options;
    this.#refillSoon();
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) {
      if (clock.now() - next.at < ageMsMax) return next.identity;
    }
    return prepareIdentity(clock);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancelRefill?.();
    this.#ready.length = 0;
  }

  #refillSoon(): void {
    if (this.#disposed) return;
    this.#cancelRefill?.();
    this.#cancelRefill = this.#options.clock.after(refillDelayMs, () => this.#refillOne());
  }

  #refillOne(): void {
    const { clock, onError } = this.#options;
    if (this.#ready.length >= readyMax) return;
    try {
      this.#ready.push({ identity: prepareIdentity(clock), at: clock.now() });
      this.#refillSoon();
    } catch (error) {
      onError(error); // the next take tries for itself, and reports
    }
  }
}
