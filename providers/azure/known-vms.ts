/** What we know of VMs beyond what Azure shows: those it may not show yet, and what belongs to those it shows no more. */

import type { Clock } from '@peerpods/provider';

/** Names of what was made with a VM. */
export interface Dependents {
  readonly disk: string;
  readonly nics: readonly string[];
  readonly publicAddresses: readonly string[];
}

interface Entry {
  readonly madeAt?: number;
  readonly dependents?: Dependents;
}

const kept = 10_000;

export class KnownVms {
  readonly #clock: Clock;
  readonly #lagMs: number;
  /** By id in lower case, least recently told first. */
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock, lagMs: number) {
    this.#clock = clock;
    this.#lagMs = lagMs;
  }

  /** Accepted just now: that it is not to be seen says nothing for a while. */
  made(id: string): void {
    this.#tell(id, { madeAt: this.#clock.now() });
  }

  isNew(id: string): boolean {
    const madeAt = this.#entries.get(id.toLowerCase())?.madeAt;
    return madeAt !== undefined && this.#clock.now() - madeAt < this.#lagMs;
  }

  has(id: string, dependents: Dependents): void {
    this.#tell(id, { dependents });
  }

  dependentsOf(id: string): Dependents | undefined {
    return this.#entries.get(id.toLowerCase())?.dependents;
  }

  /** Nothing is left of it. */
  forget(id: string): void {
    this.#entries.delete(id.toLowerCase());
  }

  #tell(id: string, news: Entry): void {
    const key = id.toLowerCase();
    const entry = { ...this.#entries.get(key), ...news };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > kept && oldest !== undefined) this.#entries.delete(oldest);
  }
}
