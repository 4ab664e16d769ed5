/** User tags on instances, for people and their bills: best effort, many at once, and never a pod's failure. */

import {
  Batcher,
  type BatchOutcome,
  type Clock,
  defaultRetryPolicy,
  type Owner,
  ownerTagKeys,
  type ProviderLog,
  type Random,
} from '@peerpods/provider';
import { taggedMax } from './limits.ts';
import { nodeTag, tagOf } from './tags.ts';
import type { Vpc } from './vpc.ts';

export interface TaggerOptions {
  readonly vpc: Vpc;
  /** Of the settings. */
  readonly tags: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

interface Item {
  readonly crn: string;
  readonly names: readonly string[];
}

const batching = { idleMs: 500, waitMsMax: 3000, itemsMax: taggedMax } as const;
/** The call repeats by itself. */
const retry = { ...defaultRetryPolicy, attemptsMax: 1 };

export class Tagger {
  readonly #options: TaggerOptions;
  readonly #batcher: Batcher<Item, void>;
  readonly #closing = new AbortController();
  readonly #under = new Set<Promise<void>>();

  constructor(options: TaggerOptions) {
    const { clock, random } = options;
    this.#options = options;
    this.#batcher = new Batcher({
      clock,
      random,
      ...batching,
      retry,
      groupOf: ({ names }) => names.join('\n'),
      run: (items, signal) => this.#attach(items, signal),
    });
  }

  /** Returns at once. */
  tag(crn: string, owner: Owner, clusterId: string | undefined): void {
    const { tags, log } = this.#options;
    // The first is how existing tools find pod VMs.
    const names = [
      tagOf('coco-pod-vm', clusterId ?? owner.cluster),
      tagOf(ownerTagKeys.cluster, owner.cluster),
      nodeTag(owner),
      ...tags,
    ];
    const work = this.#batcher
      .ask({ crn, names }, this.#closing.signal)
      .catch((error: unknown) => log.warn({ crn, error: String(error) }, 'a pod VM got no tags'))
      .finally(() => this.#under.delete(work));
    this.#under.add(work);
  }

  /** Waits for what is under way for a little, then gives up. */
  async close(waitMs: number): Promise<void> {
    const cancel = this.#options.clock.after(waitMs, () => this.#closing.abort('the provider is closed'));
    await Promise.allSettled(this.#under);
    cancel();
    this.#batcher.close();
  }

  async #attach(items: readonly Item[], signal: AbortSignal): Promise<readonly BatchOutcome<void>[]> {
    const { vpc, log } = this.#options;
    const crns = items.map(({ crn }) => crn);
    const names = items[0]?.names ?? [];
    const results = await vpc.call('attach tags', 'tag', (api, ending) => api.attachTags(crns, names, ending), signal);
    // The call as a whole says 200 also when some of it failed.
    for (const { resource_id: crn, is_error } of results) if (is_error) log.warn({ crn }, 'a pod VM got no tags');
    return items.map(() => ({ value: undefined }));
  }
}
