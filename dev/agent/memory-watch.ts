/**
 * Memory limits without cgroups: looks at what a container's processes hold, and ends the largest one when together they
 * hold too much, as the kernel's OOM killer would. Each such end is an event that a long-poll takes.
 */

import { abortable } from '#base/signals.ts';
import { readProcessTable, type TableEntry } from './process-table.ts';

const lookEveryMs = 50;
/** Events that nobody asked for yet; the oldest go first. */
const eventsMax = 64;

export class MemoryWatch implements Disposable {
  readonly #limits = new Map<string, number>();
  readonly #peaks = new Map<string, number>();
  readonly #sessionsOf: (containerId: string) => readonly number[];
  readonly #events: string[] = [];
  #arrived = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sessionsOf: (containerId: string) => readonly number[]) {
    this.#sessionsOf = sessionsOf;
  }

  /** 0 takes the limit away. */
  limit(containerId: string, bytes: number): void {
    if (bytes > 0) this.#limits.set(containerId, bytes);
    else this.#limits.delete(containerId);
    if (bytes <= 0) this.#peaks.delete(containerId);
    if (this.#limits.size === 0) this[Symbol.dispose]();
    else this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  limitOf(containerId: string): number {
    return this.#limits.get(containerId) ?? 0;
  }

  /** The most that a limited container was seen to hold. */
  peakOf(containerId: string): number {
    return this.#peaks.get(containerId) ?? 0;
  }

  members(containerId: string, table: readonly TableEntry[] = readProcessTable()): TableEntry[] {
    const sessions = new Set(this.#sessionsOf(containerId));
    return table.filter(({ session }) => sessions.has(session));
  }

  /** The id of a container that ran out of memory; a caller who leaves takes no event with it. */
  async nextEvent(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const event = this.#events.shift();
      if (event !== undefined) return event;
      await abortable(this.#arrived.promise, signal);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const table = readProcessTable();
    for (const [containerId, bytesMax] of this.#limits) {
      const members = this.members(containerId, table);
      const held = members.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
      this.#peaks.set(containerId, Math.max(held, this.peakOf(containerId)));
      if (held <= bytesMax) continue;
      const [largest] = members.sort((a, b) => b.residentBytes - a.residentBytes);
      if (largest) this.#end(containerId, largest.pid);
    }
  }

  #end(containerId: string, pid: number): void {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return; // it ended by itself
    }
    this.#events.push(containerId);
    if (this.#events.length > eventsMax) this.#events.shift();
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers<void>();
  }
}
