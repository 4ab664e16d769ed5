/** What the settings name, found in the vCenter's inventory by path and remembered for a while. */

import { type Clock, ProviderError, SingleFlight } from '@peerpods/provider';
import { faultOf } from './errors.ts';
import type { VsphereSettings } from './options.ts';
import { type Reference, referenceOf } from './soap.ts';
import type { Properties, VCenter } from './vcenter.ts';
import { childOf, childrenOf, text } from './xml.ts';

export interface Template {
  readonly reference: Reference;
  readonly coresPerSocket: number;
  /** Of a linked clone. */
  readonly snapshot: Reference | undefined;
}

/** Renames and moves by an administrator are noticed after this, ms; a reference that has become wrong at once. */
const rememberedMs = 300_000;
const rememberedMax = 1000;

interface Remembered {
  readonly value: unknown;
  readonly until: number;
}

export class Inventory {
  readonly #vcenter: VCenter;
  readonly #settings: VsphereSettings;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();
  readonly #looking = new SingleFlight<unknown>();

  constructor(vcenter: VCenter, settings: VsphereSettings, clock: Clock) {
    this.#vcenter = vcenter;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** After an error that says that a reference leads nowhere. */
  forget(): void {
    this.#remembered.clear();
  }

  datacenter(signal: AbortSignal): Promise<Reference> {
    const { datacenter } = this.#settings;
    return this.#remember(`datacenter ${datacenter}`, signal, (signal) =>
      this.#named(absolute(datacenter), 'Datacenter', '-data-center', signal),
    );
  }

  /** `image` is the pod's own template, in place of the configured one. */
  template(image: string | undefined, signal: AbortSignal): Promise<Template> {
    const { template, folder, linkedClone } = this.#settings;
    const name = image ?? template;
    return this.#remember(`template ${name}`, signal, async (signal) => {
      const places = [this.#path('vm', name), ...(folder === undefined ? [] : [this.#path('vm', `${folder}/${name}`)])];
      const found = await this.#first(places, signal);
      if (found?.type !== 'VirtualMachine') throw missing('-template', places);
      const read = await this.#vcenter.retrieve(
        [found],
        { VirtualMachine: ['config.template', 'config.hardware.numCoresPerSocket', 'snapshot'] },
        signal,
      );
      const properties = read.get(found.value);
      if (properties?.get('config.template')?.text !== 'true') {
        throw new ProviderError('invalid-configuration', `-template: ${name} is a VM, not a template`);
      }
      const snapshot = referenceOf(childOf(properties.get('snapshot'), 'currentSnapshot'));
      if (linkedClone && !snapshot) {
        throw new ProviderError('invalid-configuration', `-linked-clone: the template ${name} has no snapshot`);
      }
      const coresPerSocket = Number(properties.get('config.hardware.numCoresPerSocket')?.text ?? 1) || 1;
      return { reference: found, coresPerSocket, snapshot: linkedClone ? snapshot : undefined };
    });
  }

  /** Where pod VMs live, or undefined when nobody has made it yet. */
  async folder(signal: AbortSignal): Promise<Reference | undefined> {
    const path = this.#folderPath();
    return await this.#remember(
      `folder ${path}`,
      signal,
      (signal) => this.#find(path, signal),
      (found) => found !== undefined,
    );
  }

  /** The same, made with everything above it if it is missing. */
  ensureFolder(signal: AbortSignal): Promise<Reference> {
    return this.#remember(`made folder ${this.#folderPath()}`, signal, async (signal) => {
      const found = await this.folder(signal);
      if (found) return found;
      const root = this.#path('vm', '');
      const names = this.#folderPath().slice(root.length).split('/');
      let parent = await this.#named(root, 'Folder', '-data-center', signal);
      let path = root;
      for (const name of names.filter((part) => part !== '')) {
        path = `${path}/${name}`;
        parent = (await this.#find(path, signal)) ?? (await this.#createFolder(parent, name, signal));
      }
      return parent;
    });
  }

  cluster(signal: AbortSignal): Promise<Reference> {
    const { cluster = '' } = this.#settings;
    return this.#remember(`cluster ${cluster}`, signal, (signal) =>
      this.#named(this.#path('host', cluster), 'ClusterComputeResource', '-cluster', signal),
    );
  }

  host(name: string, signal: AbortSignal): Promise<Reference> {
    const { cluster } = this.#settings;
    return this.#remember(`host ${name}`, signal, async (signal) => {
      // A host outside of clusters has a compute resource of its own, by the same name, around it.
      const places = [...(cluster === undefined ? [] : [`${cluster}/${name}`]), `${name}/${name}`, name].map((path) =>
        this.#path('host', path),
      );
      for (const path of places) {
        const found = await this.#find(path, signal);
        if (found?.type === 'HostSystem') return found;
      }
      throw missing('-host', places);
    });
  }

  /** The root pool of the cluster or host, or the configured one below it. */
  pool(owner: Reference, signal: AbortSignal): Promise<Reference> {
    const { resourcePool } = this.#settings;
    return this.#remember(`pool ${owner.value}`, signal, async (signal) => {
      const compute = owner.type === 'HostSystem' ? await this.#referenceIn(owner, 'parent', signal) : owner;
      const root = await this.#referenceIn(compute, 'resourcePool', signal);
      if (resourcePool === undefined) return root;
      if (resourcePool.startsWith('/'))
        return await this.#named(resourcePool, 'ResourcePool', '-resource-pool', signal);
      let pool = root;
      for (const name of resourcePool.split('/').filter((part) => part !== '' && part !== 'Resources')) {
        pool = await this.#child(pool, name, '-resource-pool', signal);
      }
      return pool;
    });
  }

  /** One, or the members of a datastore cluster, the one with most room first. */
  datastores(name: string, signal: AbortSignal): Promise<readonly Reference[]> {
    return this.#remember(`datastore ${name}`, signal, async (signal) => {
      const path = this.#path('datastore', name);
      const found = await this.#find(path, signal);
      if (found?.type === 'Datastore') return [found];
      if (found?.type !== 'StoragePod') throw missing('-data-store', [path]);
      const members = await this.#vcenter.retrieveBelow(
        found,
        'Datastore',
        ['summary.freeSpace', 'summary.accessible'],
        signal,
      );
      const free = (properties: Properties) => Number(properties.get('summary.freeSpace')?.text ?? 0);
      const usable = [...members].filter(([, properties]) => properties.get('summary.accessible')?.text !== 'false');
      if (usable.length === 0) throw new ProviderError('no-capacity', `-data-store: ${name} has no accessible member`);
      return usable
        .toSorted(([, one], [, other]) => free(other) - free(one))
        .map(([value]) => ({ type: 'Datastore', value }));
    });
  }

  async #createFolder(parent: Reference, name: string, signal: AbortSignal): Promise<Reference> {
    try {
      return await this.#vcenter.callForReference('CreateFolder', parent, text('name', name), {
        signal,
        uninterruptible: true,
      });
    } catch (error) {
      // Another worker was faster, or our own answer was lost.
      const fault = faultOf(error);
      const existing = fault?.type === 'DuplicateName' ? referenceOf(childOf(fault.detail, 'object')) : undefined;
      if (existing?.type === 'Folder') return existing;
      throw error;
    }
  }

  async #child(pool: Reference, name: string, flag: string, signal: AbortSignal): Promise<Reference> {
    const read = await this.#vcenter.retrieve([pool], { ResourcePool: ['resourcePool'] }, signal);
    const list = childrenOf(read.get(pool.value)?.get('resourcePool'), 'ManagedObjectReference');
    const children = list.flatMap((element) => referenceOf(element) ?? []);
    const names = await this.#vcenter.retrieve(children, { ResourcePool: ['name'] }, signal);
    const found = children.find(({ value }) => names.get(value)?.get('name')?.text === name);
    if (found) return found;
    throw new ProviderError('invalid-configuration', `${flag}: there is no resource pool ${name}`);
  }

  async #referenceIn(object: Reference, property: string, signal: AbortSignal): Promise<Reference> {
    const read = await this.#vcenter.retrieve([object], { [object.type]: [property] }, signal);
    const found = referenceOf(read.get(object.value)?.get(property));
    if (found) return found;
    throw new ProviderError('transient', `${object.value} tells no ${property}`);
  }

  async #named(path: string, type: string, flag: string, signal: AbortSignal): Promise<Reference> {
    const found = await this.#find(path, signal);
    if (found?.type === type) return found;
    throw missing(flag, [path]);
  }

  async #first(paths: readonly string[], signal: AbortSignal): Promise<Reference | undefined> {
    for (const path of paths) {
      const found = await this.#find(path, signal);
      if (found) return found;
    }
    return undefined;
  }

  async #find(path: string, signal: AbortSignal): Promise<Reference | undefined> {
    const { searchIndex } = await this.#vcenter.content(signal);
    const args = text('inventoryPath', path);
    return referenceOf(
      childOf(await this.#vcenter.call('FindByInventoryPath', searchIndex, args, { signal }), 'returnval'),
    );
  }

  #folderPath(): string {
    return this.#path('vm', this.#settings.folder ?? '');
  }

  /** Absolute paths stay as they are; others are below one of the datacenter's four folders. */
  #path(root: 'vm' | 'host' | 'datastore', name: string): string {
    if (name.startsWith('/')) return trimmed(name);
    return trimmed(`${absolute(this.#settings.datacenter)}/${root}/${name}`);
  }

  /** Many pods at once look up once: who leaves does not take the answer from the others. */
  async #remember<T>(
    key: string,
    signal: AbortSignal,
    find: (signal: AbortSignal) => Promise<T>,
    worthwhile: (value: T) => boolean = () => true,
  ): Promise<T> {
    const known = this.#remembered.get(key);
    if (known && known.until > this.#clock.now()) return known.value as T;
    const look = async (within: AbortSignal) => {
      const value = await find(within);
      if (worthwhile(value)) {
        if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
        this.#remembered.set(key, { value, until: this.#clock.now() + rememberedMs });
      }
      return value;
    };
    return (await this.#looking.run(key, look, signal)) as T;
  }
}

function absolute(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

function trimmed(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
}

function missing(flag: string, places: readonly string[]): ProviderError {
  return new ProviderError('invalid-configuration', `${flag}: nothing fitting at ${places.join(' or ')}`);
}
