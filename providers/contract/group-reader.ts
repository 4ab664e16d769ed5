/** Reads one kind of resource for many callers at once: each by name, or its whole group when that is fewer calls. */

import { Batcher, type BatchOutcome } from './batcher.ts';
import type { Clock, Random } from './clock.ts';
import { ProviderError } from './errors.ts';
import { defaultRetryPolicy } from './retry.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** What the next page is asked for with; absent on the last one. */
  readonly next: string | undefined;
}

/** `get` and `page` make one call each, with its retries. Names and groups are compared without case. */
export interface GroupReaderOptions<T> {
  readonly clock: Clock;
  readonly random: Random;
  readonly get: (group: string, name: string, signal: AbortSignal) => Promise<T | undefined>;
  readonly page: (group: string, next: string | undefined, signal: AbortSignal) => Promise<Page<T>>;
  readonly nameOf: (item: T) => string | undefined;
}

export interface GroupKey {
  readonly group: string;
  readonly name: string;
}

/** Long enough for callers of one burst to meet, short beside a call. */
const batching = { idleMs: 20, waitMsMax: 200, itemsMax: 500 } as const;
/** The calls below repeat by themselves. */
const retry = { ...defaultRetryPolicy, attemptsMax: 1 };
const pagesMax = 1000;

export class GroupReader<T> {
  readonly #options: GroupReaderOptions<T>;
  readonly #byName: Batcher<GroupKey, T | undefined>;
  readonly #groups: Batcher<string, readonly T[]>;
  /** What listing a group cost the last time. */
  readonly #pages = new Map<string, number>();

  constructor(options: GroupReaderOptions<T>) {
    const { clock, random } = options;
    this.#options = options;
    this.#byName = new Batcher({
      clock,
      random,
      ...batching,
      retry,
      keyOf: ({ group, name }) => `${group}/${name}`.toLowerCase(),
      groupOf: ({ group }) => group.toLowerCase(),
      run: (keys, signal) => this.#answer(keys, signal),
    });
    this.#groups = new Batcher({
      clock,
      random,
      ...batching,
      retry,
      keyOf: (group) => group.toLowerCase(),
      run: async (groups, signal) =>
        await Promise.all(groups.map(async (group) => ({ value: await this.#list(group, signal) }))),
    });
  }

  /** Undefined: it does not exist. */
  one(key: GroupKey, signal: AbortSignal): Promise<T | undefined> {
    return this.#byName.ask(key, signal);
  }

  all(group: string, signal: AbortSignal): Promise<readonly T[]> {
    return this.#groups.ask(group, signal);
  }

  close(): void {
    this.#byName.close();
    this.#groups.close();
  }

  /** By name in lower case; what does not exist is missing. */
  async #many(group: string, names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, T>> {
    const found = new Map<string, T>();
    if (names.length > (this.#pages.get(group.toLowerCase()) ?? 1)) {
      const wanted = new Set(names.map((name) => name.toLowerCase()));
      for (const item of await this.#list(group, signal)) {
        const name = this.#options.nameOf(item)?.toLowerCase();
        if (name !== undefined && wanted.has(name)) found.set(name, item);
      }
      return found;
    }
    await Promise.all(
      names.map(async (name) => {
        const item = await this.#options.get(group, name, signal);
        if (item !== undefined) found.set(name.toLowerCase(), item);
      }),
    );
    return found;
  }

  async #answer(keys: readonly GroupKey[], signal: AbortSignal): Promise<readonly BatchOutcome<T | undefined>[]> {
    const [first] = keys;
    if (!first) return [];
    const found = await this.#many(
      first.group,
      keys.map(({ name }) => name),
      signal,
    );
    return keys.map(({ name }) => ({ value: found.get(name.toLowerCase()) }));
  }

  async #list(group: string, signal: AbortSignal): Promise<readonly T[]> {
    const items: T[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      if (pages >= pagesMax) throw new ProviderError('transient', `group ${group} has more than ${pagesMax} pages`);
      const page = await this.#options.page(group, next, signal);
      items.push(...page.items);
      next = page.next;
      pages += 1;
    } while (next !== undefined);
    this.#pages.set(group.toLowerCase(), pages);
    return items;
  }
}
