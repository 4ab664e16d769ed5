/** The instances as we see them: read for many callers at once, each with the marks of its owner. */

import { type Clock, GroupReader, type Owner, type Page, type PodVm, type Random } from '@peerpods/provider';
import { type Marks, orphanOf, podVmOf } from './pod-vm.ts';
import { nodeTag, parseTags } from './tags.ts';
import type { IbmTimings } from './timings.ts';
import type { Vpc } from './vpc.ts';
import type { InstanceFilter } from './vpc-api.ts';
import type { Instance, Volume } from './vpc-types.ts';

export interface InstancesOptions {
  readonly vpc: Vpc;
  /** The network that our instances are in, once it is known: what is listed is no more than that. */
  readonly vpcId: () => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: IbmTimings;
}

/** What we made, or saw marks of. Marks do not change. */
interface Known {
  readonly marks?: Marks;
  readonly bootVolume?: string;
  readonly madeAt?: number;
}

const kept = 10_000;
const group = 'instances';

export class Instances {
  readonly #options: InstancesOptions;
  readonly #reader: GroupReader<Instance>;
  /** By instance id, least recently told first. */
  readonly #known = new Map<string, Known>();

  constructor(options: InstancesOptions) {
    const { vpc, vpcId, clock, random } = options;
    this.#options = options;
    this.#reader = new GroupReader({
      clock,
      random,
      nameOf: ({ id }) => id,
      get: (_group, id, signal) => vpc.call('get instance', 'read', (api, ending) => api.instance(id, ending), signal),
      page: (_group, start, signal) => {
        const id = vpcId();
        return this.#page(id === undefined ? {} : { 'vpc.id': id }, start, signal);
      },
    });
  }

  /** Undefined: there is none. */
  async byId(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    const instance = await this.#reader.one({ group, name: id }, signal);
    const bootVolume = instance?.boot_volume_attachment?.volume?.id;
    if (bootVolume !== undefined) this.#tell(id, { bootVolume });
    return instance;
  }

  async byName(name: string, signal: AbortSignal): Promise<Instance | undefined> {
    const { items } = await this.#page({ name }, undefined, signal);
    return items.find((instance) => instance.name === name);
  }

  /** Undefined for what is not one of ours. */
  async marksOf(instance: Instance, signal: AbortSignal): Promise<Marks | undefined> {
    const known = this.#known.get(instance.id)?.marks;
    if (known) return known;
    const id = instance.boot_volume_attachment?.volume?.id;
    const volume = id === undefined ? undefined : await this.volume(id, signal);
    const marks = volume && parseTags(volume.user_tags);
    if (marks) this.#tell(instance.id, { marks });
    return marks;
  }

  async podVm(id: string, signal: AbortSignal): Promise<PodVm | undefined> {
    const instance = await this.byId(id, signal);
    const marks = instance && (await this.marksOf(instance, signal));
    return marks && podVmOf(instance, marks);
  }

  /** By the marks on boot volumes, those without an instance as well. */
  async owned(owner: Owner, signal: AbortSignal): Promise<readonly PodVm[]> {
    const volumes = (await this.#volumesOf(owner, signal)).flatMap((volume) => {
      const marks = parseTags(volume.user_tags);
      return marks?.owner.cluster === owner.cluster && marks.owner.node === owner.node ? [{ volume, marks }] : [];
    });
    const found = await Promise.all(
      volumes.map(async ({ volume, marks }) => {
        const id = volume.volume_attachments[0]?.instance.id;
        if (id === undefined) return this.#isOrphan(volume) ? orphanOf(volume, marks) : undefined;
        this.#tell(id, { marks, bootVolume: volume.id });
        const instance = await this.byId(id, signal);
        return instance && podVmOf(instance, marks);
      }),
    );
    return found.filter((podVm) => podVm !== undefined);
  }

  volume(id: string, signal: AbortSignal): Promise<Volume | undefined> {
    return this.#options.vpc.call('get volume', 'read', (api, ending) => api.volume(id, ending), signal);
  }

  made({ id, boot_volume_attachment: boot }: Instance, marks: Marks): void {
    const bootVolume = boot?.volume?.id;
    this.#tell(id, { marks, madeAt: this.#options.clock.now(), ...(bootVolume !== undefined && { bootVolume }) });
  }

  /** Accepted a moment ago: that it is not to be seen says nothing yet. */
  isNew(id: string): boolean {
    const { clock, timings } = this.#options;
    const madeAt = this.#known.get(id)?.madeAt;
    return madeAt !== undefined && clock.now() - madeAt < timings.lagMs;
  }

  bootVolumeOf(id: string): string | undefined {
    return this.#known.get(id)?.bootVolume;
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  close(): void {
    this.#reader.close();
  }

  #page(filter: InstanceFilter, start: string | undefined, signal: AbortSignal): Promise<Page<Instance>> {
    return this.#options.vpc.call(
      'list instances',
      'read',
      (api, ending) => api.instancePage(filter, start, ending),
      signal,
    );
  }

  async #volumesOf(owner: Owner, signal: AbortSignal): Promise<readonly Volume[]> {
    const volumes: Volume[] = [];
    let start: string | undefined;
    do {
      const from = start;
      const { items, next } = await this.#options.vpc.call(
        'list volumes',
        'read',
        (api, ending) => api.volumePage(nodeTag(owner), from, ending),
        signal,
      );
      volumes.push(...items);
      start = next;
    } while (start !== undefined);
    return volumes;
  }

  /** A volume is there a little before its attachment. */
  #isOrphan({ attachment_state, created_at }: Volume): boolean {
    const { clock, timings } = this.#options;
    return attachment_state === 'unattached' && clock.wallNow() - new Date(created_at).getTime() > timings.orphanMs;
  }

  #tell(id: string, news: Known): void {
    const entry = { ...this.#known.get(id), ...news };
    this.#known.delete(id);
    this.#known.set(id, entry);
    const [oldest] = this.#known.keys();
    if (this.#known.size > kept && oldest !== undefined) this.#known.delete(oldest);
  }
}
