/** What EC2 knows of our instances: read for many callers at once, and kept in step with what we have just made. */

import type { Instance } from '@aws-sdk/client-ec2';
import {
  Batcher,
  type BatchOutcome,
  type Clock,
  defaultRetryPolicy,
  type Owner,
  ownerTagKeys,
  Poller,
  ProviderError,
  type Random,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import { RecentInstances } from './recent-instances.ts';

/** Values that one filter takes. */
const filterValuesMax = 200;
const pageMax = 1000;
const batching = { idleMs: 30, waitMsMax: 300, itemsMax: filterValuesMax, retry: defaultRetryPolicy } as const;
const pollMs = 2000;
const pollMsMax = 15_000;

export interface SandboxKey {
  readonly cluster: string;
  readonly sandboxId: string;
}

interface Filter {
  readonly Name: string;
  readonly Values: string[];
}

export class Instances {
  readonly recent: RecentInstances;
  readonly states: Poller<Instance>;
  readonly #ec2: Ec2;
  readonly #byId: Batcher<string, Instance | undefined>;
  readonly #bySandbox: Batcher<SandboxKey, readonly Instance[]>;
  readonly #byOwner: Batcher<Owner, readonly Instance[]>;
  readonly #byCluster: Batcher<string, readonly Instance[]>;

  constructor(ec2: Ec2, clock: Clock, random: Random) {
    this.#ec2 = ec2;
    this.recent = new RecentInstances(clock);
    const common = { clock, random, ...batching };
    this.#byId = new Batcher({
      ...common,
      keyOf: (id) => id,
      run: async (ids, signal) => {
        const found = await this.#readByIds(ids, signal);
        return ids.map((id) => ({ value: found.get(id) }));
      },
    });
    this.#bySandbox = new Batcher({
      ...common,
      keyOf: ({ cluster, sandboxId }) => `${cluster}/${sandboxId}`,
      groupOf: ({ cluster }) => cluster,
      run: (keys, signal) => this.#readBySandboxes(keys, signal),
    });
    this.#byOwner = new Batcher({
      ...common,
      keyOf: ({ cluster, node }) => `${cluster}/${node}`,
      run: (owners, signal) => this.#readByOwners(owners, signal),
    });
    this.#byCluster = new Batcher({
      ...common,
      keyOf: (cluster) => cluster,
      run: (clusters, signal) => this.#readByClusters(clusters, signal),
    });
    this.states = new Poller({
      clock,
      random,
      intervalMs: pollMs,
      intervalMsMax: pollMsMax,
      read: (ids, signal) => this.#readByIds(ids, signal),
    });
  }

  /** Undefined: EC2 does not show it, and it is not one that we have just made. Ended ones are shown for an hour. */
  async byId(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    return (await this.#byId.ask(id, signal)) ?? this.recent.byId(id);
  }

  /** Every instance of a sandbox, ended ones included, the oldest first. */
  async bySandbox(key: SandboxKey, signal: AbortSignal): Promise<readonly Instance[]> {
    const shown = await this.#bySandbox.ask(key, signal);
    return merged(
      shown,
      this.recent.where((instance) => isOf(instance, key)),
    );
  }

  /** Every instance with the owner's tags, ended and warm ones included. */
  async byOwner(owner: Owner, signal: AbortSignal): Promise<readonly Instance[]> {
    const shown = await this.#byOwner.ask(owner, signal);
    return merged(
      shown,
      this.recent.where((instance) => isOwnedBy(instance, owner)),
    );
  }

  /** Every instance with the cluster's tag, whatever the node. */
  async byCluster(cluster: string, signal: AbortSignal): Promise<readonly Instance[]> {
    const shown = await this.#byCluster.ask(cluster, signal);
    return merged(
      shown,
      this.recent.where((instance) => tagsOf(instance)[ownerTagKeys.cluster] === cluster),
    );
  }

  close(): void {
    for (const part of [this.#byId, this.#bySandbox, this.#byOwner, this.#byCluster, this.states]) part.close();
  }

  async #readByIds(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Instance>> {
    const chunks: string[][] = [];
    for (let at = 0; at < ids.length; at += filterValuesMax) chunks.push(ids.slice(at, at + filterValuesMax));
    // By filter and not by InstanceIds: an id that is not there yet is missing then, and no error for all others.
    const pages = await Promise.all(chunks.map((Values) => this.#read([{ Name: 'instance-id', Values }], signal)));
    return new Map(pages.flat().map((instance) => [instance.InstanceId ?? '', instance]));
  }

  async #readBySandboxes(
    keys: readonly SandboxKey[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome<readonly Instance[]>[]> {
    const found = await this.#read(
      [
        { Name: `tag:${ownerTagKeys.cluster}`, Values: [...new Set(keys.map(({ cluster }) => cluster))] },
        { Name: `tag:${ownerTagKeys.sandbox}`, Values: keys.map(({ sandboxId }) => sandboxId) },
      ],
      signal,
    );
    return keys.map((key) => ({ value: found.filter((instance) => isOf(instance, key)) }));
  }

  async #readByOwners(
    owners: readonly Owner[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome<readonly Instance[]>[]> {
    // The product of clusters and nodes may be more than was asked for; what is too much is left out below.
    const found = await this.#read(
      [
        { Name: `tag:${ownerTagKeys.cluster}`, Values: [...new Set(owners.map(({ cluster }) => cluster))] },
        { Name: `tag:${ownerTagKeys.node}`, Values: [...new Set(owners.map(({ node }) => node))] },
      ],
      signal,
    );
    return owners.map((owner) => ({ value: found.filter((instance) => isOwnedBy(instance, owner)) }));
  }

  async #readByClusters(
    clusters: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome<readonly Instance[]>[]> {
    const found = await this.#read([{ Name: `tag:${ownerTagKeys.cluster}`, Values: [...new Set(clusters)] }], signal);
    return clusters.map((cluster) => ({
      value: found.filter((instance) => tagsOf(instance)[ownerTagKeys.cluster] === cluster),
    }));
  }

  async #read(Filters: Filter[], signal: AbortSignal): Promise<readonly Instance[]> {
    const instances: Instance[] = [];
    let NextToken: string | undefined;
    do {
      const input = { Filters, MaxResults: pageMax, ...(NextToken !== undefined && { NextToken }) };
      const page = await this.#ec2.once('DescribeInstances', input, { signal });
      // An answer that was cut off parses as an empty one.
      if (!page.Reservations) throw new ProviderError('transient', 'DescribeInstances: the answer is empty');
      instances.push(...page.Reservations.flatMap((reservation) => reservation.Instances ?? []));
      NextToken = page.NextToken || undefined;
    } while (NextToken !== undefined);
    this.recent.seen(instances);
    return instances;
  }
}

export function tagsOf(instance: Pick<Instance, 'Tags'>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries((instance.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

function isOf(instance: Instance, { cluster, sandboxId }: SandboxKey): boolean {
  const tags = tagsOf(instance);
  return tags[ownerTagKeys.cluster] === cluster && tags[ownerTagKeys.sandbox] === sandboxId;
}

function isOwnedBy(instance: Instance, { cluster, node }: Owner): boolean {
  const tags = tagsOf(instance);
  return tags[ownerTagKeys.cluster] === cluster && tags[ownerTagKeys.node] === node;
}

function merged(shown: readonly Instance[], recent: readonly Instance[]): readonly Instance[] {
  const ids = new Set(shown.map(({ InstanceId }) => InstanceId));
  return [...shown, ...recent.filter(({ InstanceId }) => !ids.has(InstanceId))].toSorted(
    (one, other) =>
      (one.LaunchTime?.getTime() ?? 0) - (other.LaunchTime?.getTime() ?? 0) ||
      (one.InstanceId ?? '').localeCompare(other.InstanceId ?? ''),
  );
}
