/** Pod VMs as libvirt domains. The definition, which carries the tags, is made first: nothing exists that has none. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  asProviderError,
  type CallOptions,
  type Census,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  deterministicToken,
  encodeCidata,
  isProviderError,
  type Owner,
  ownerTags,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  type PodVmState,
  ProviderError,
  type ProviderHost,
  SingleFlight,
  type Sizing,
  sleep,
  Turns,
  throwIfAborted,
  withPodVmId,
} from '@peerpods/provider';
import {
  attribute,
  decodeDomain,
  element,
  encodeDomain,
  type FoundDomain,
  ownVolumesOf,
  volumesMax,
} from './domain-xml.ts';
import type { LibvirtSettings } from './settings.ts';
import { Virsh } from './virsh.ts';

/** A small disk image, which is uploaded. */
export const userDataBytesMax = 1024 * 1024;
const createdTag = 'peerpods-created';
/** For a lease of the network's DHCP server. */
const addressMsMax = 180_000;
const addressPollMs = 500;
const gibibyte = 1024 ** 3;

interface HostFacts {
  readonly domainType: string;
  readonly architecture: string;
}

export class LibvirtProvider implements PodVmProvider {
  readonly #settings: LibvirtSettings;
  readonly #host: ProviderHost;
  readonly #virsh: Virsh;
  readonly #creations = new SingleFlight<PodVm>();
  /** One change of a domain at a time: volumes are never made for one that is being removed. */
  readonly #turns = new Turns();
  readonly #starting = new Set<string>();
  #facts: Promise<HostFacts> | undefined;

  constructor(settings: LibvirtSettings, host: ProviderHost) {
    this.#settings = settings;
    this.#host = host;
    this.#virsh = new Virsh(settings.uri);
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    return await this.#creations.run(spec.sandboxId, (work) => this.#create(spec, work), signal);
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    return await this.#turns.take(podVmId, async (): Promise<'gone'> => {
      const found = await this.#find(podVmId, signal);
      if (found) await this.#remove(found, signal);
      return 'gone';
    });
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    const found = await this.#find(podVmId, signal);
    return found && (await this.#podVm(found, signal));
  }

  list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    return this.#where(({ cluster, node }) => cluster === owner.cluster && node === owner.node, signal);
  }

  readonly census: Census = {
    list: (cluster, { signal }) => this.#where((owner) => owner.cluster === cluster, signal),
  };

  async #where(isMeant: (owner: Owner) => boolean, signal: AbortSignal): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    const uuids = (await this.#virsh.run(['list', '--all', '--uuid'], signal)).split('\n').filter(Boolean);
    const found = await Promise.all(uuids.map((uuid) => this.#find(uuid.trim(), signal)));
    const own = found.filter((one) => one !== undefined && isMeant(one.owner));
    const listed = await Promise.all(own.map((one) => one && this.#podVm(one, signal)));
    return listed.filter((one) => one !== undefined);
  }

  async verify({ signal }: CallOptions): Promise<void> {
    throwIfAborted(signal);
    const { pool, network, baseVolume } = this.#settings;
    await this.#virsh.run(['pool-info', pool], signal);
    await this.#virsh.run(['net-info', network], signal);
    await this.#named(`base volume ${baseVolume} in pool ${pool}`, () => this.#volume(baseVolume, signal));
    await this.#hostFacts(signal);
  }

  async close(): Promise<void> {
    await this.#creations.settle();
    await this.#turns.settle();
  }

  async #create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const uuid = uuidOf(spec);
    this.#starting.add(uuid);
    try {
      await this.#turns.take(uuid, async () => {
        const found = await this.#find(uuid, signal);
        const runs = found && (await this.#stateOf(uuid, signal)) === 'running';
        if (!runs) await this.#make(spec, uuid, found, signal);
      });
      return await this.#untilAddressed(uuid, signal);
    } catch (error) {
      const failure = asProviderError(error, `make pod VM ${spec.name}`);
      const left = await this.#find(uuid, new AbortController().signal).catch(() => ({}));
      throw left ? withPodVmId(failure, uuid) : failure;
    } finally {
      this.#starting.delete(uuid);
    }
  }

  /** What can be refused is refused before the definition; from then on a caller that leaves does not stop the work. */
  async #make(spec: PodVmSpec, uuid: string, found: FoundDomain | undefined, signal: AbortSignal): Promise<void> {
    const { pool, rootDiskGiB, baseVolume } = this.#settings;
    const { name, image, volumes = [], userData } = spec;
    const base = image === undefined || image === '' ? baseVolume : image;
    const size = sizeOf(spec, this.#settings);
    const baseFacts = await this.#named(`base volume ${base} in pool ${pool}`, () => this.#volume(base, signal));
    for (const volume of volumes) await this.#named(`volume ${volume}`, () => this.#volume(volume, signal));
    const facts = await this.#hostFacts(signal);
    throwIfAborted(signal);
    const { signal: untilDone } = new AbortController();
    if (found) await this.#remove(found, untilDone); // half made, or ended
    const [rootVolume, cidataVolume] = ownVolumesOf(name);
    const { network, cpuset, firmware, launchSecurity } = this.#settings;
    const xml = encodeDomain({
      ...{ uuid, name, ...facts, ...size, cpuset, firmware, launchSecurity, pool, rootVolume, cidataVolume, network },
      volumes,
      tags: { ...ownerTags(spec), [createdTag]: String(this.#host.clock.wallNow()) },
      mac: macOf(uuid),
    });
    await this.#withFile(xml, (file) => this.#virsh.run(['define', file], untilDone));
    const capacity = Math.max(rootDiskGiB * gibibyte, baseFacts.capacity);
    const layer = ['--backing-vol', base, '--backing-vol-format', baseFacts.format];
    await this.#addVolume(rootVolume, capacity, ['--format', 'qcow2', ...layer], untilDone);
    const cidata = encodeCidata({ userData, localHostname: name });
    await this.#addVolume(cidataVolume, cidata.length, ['--format', 'raw'], untilDone);
    await this.#withFile(cidata, (file) =>
      this.#virsh.run(['vol-upload', cidataVolume, file, '--pool', pool], untilDone),
    );
    await this.#virsh.run(['start', uuid], untilDone);
    this.#host.log.info({ sandboxId: spec.sandboxId, podVm: name, uuid }, 'libvirt pod VM started');
  }

  /** The volumes last but one: while the definition is there, they are found again. */
  async #remove({ uuid, ownVolumes }: FoundDomain, signal: AbortSignal): Promise<void> {
    if ((await this.#stateOf(uuid, signal)) !== undefined) {
      await this.#virsh.run(['destroy', uuid], signal).catch(async (error: unknown) => {
        if ((await this.#stateOf(uuid, signal)) === 'running') throw error;
      });
    }
    for (const volume of ownVolumes) {
      await unlessMissing(this.#virsh.run(['vol-delete', volume, '--pool', this.#settings.pool], signal));
    }
    // Not every hypervisor knows of firmware variables.
    const thoroughly = this.#virsh.run(['undefine', uuid, '--nvram'], signal);
    await thoroughly.catch(() => unlessMissing(this.#virsh.run(['undefine', uuid], signal)));
  }

  async #find(uuid: string, signal: AbortSignal): Promise<FoundDomain | undefined> {
    if (!/^[0-9a-f-]{36}$/.test(uuid)) return undefined;
    const xml = await unlessMissing(this.#virsh.run(['dumpxml', uuid], signal));
    return xml === undefined ? undefined : decodeDomain(xml);
  }

  async #stateOf(uuid: string, signal: AbortSignal): Promise<'running' | 'ended' | undefined> {
    const text = await unlessMissing(this.#virsh.run(['domstate', uuid], signal));
    if (text === undefined) return undefined;
    return /^(running|paused|idle|in shutdown)/.test(text.trim()) ? 'running' : 'ended';
  }

  async #podVm(found: FoundDomain, signal: AbortSignal): Promise<PodVm | undefined> {
    const { uuid, name, owner, sandboxId, tags } = found;
    const state = await this.#stateOf(uuid, signal);
    if (state === undefined) return undefined; // it went while we looked
    const ended: PodVmState = this.#starting.has(uuid) ? 'creating' : 'deleting';
    const addresses = state === 'running' ? await this.#addresses(uuid, signal) : [];
    const running = addresses.length > 0 ? 'running' : 'creating';
    return {
      ...{ id: uuid, name, sandboxId, owner, addresses, state: state === 'running' ? running : ended },
      createdAtMs: Number(tags[createdTag]),
    };
  }

  async #untilAddressed(uuid: string, signal: AbortSignal): Promise<PodVm> {
    const { clock } = this.#host;
    for (const until = clock.now() + addressMsMax; ; await sleep(clock, addressPollMs, signal)) {
      const found = await this.#find(uuid, signal);
      const podVm = found && (await this.#podVm(found, signal));
      if (!podVm || podVm.state === 'deleting') throw new ProviderError('transient', 'the domain ended at once');
      if (podVm.addresses.length > 0) return podVm;
      if (clock.now() > until) throw new ProviderError('transient', `the domain got no address in ${addressMsMax} ms`);
    }
  }

  /** IPv4, as the network's DHCP server gave them. */
  async #addresses(uuid: string, signal: AbortSignal): Promise<readonly string[]> {
    const text = await unlessMissing(this.#virsh.run(['domifaddr', uuid, '--source', 'lease'], signal)).catch(
      (error: unknown) => {
        if (isProviderError(error, 'aborted')) throw error;
        return ''; // it may just have ended
      },
    );
    const found = [...(text ?? '').matchAll(/\sipv4\s+([0-9.]+)\//g)].map(([, address]) => address ?? '');
    return [...new Set(found)].filter((address) => address !== '0.0.0.0');
  }

  async #volume(name: string, signal: AbortSignal): Promise<{ capacity: number; format: string }> {
    const xml = await this.#virsh.run(['vol-dumpxml', name, '--pool', this.#settings.pool], signal);
    const capacity = Number(element(xml, 'capacity'));
    const format = attribute(/<format\s([^>]*?)\/?>/.exec(xml)?.[1] ?? '', 'type') ?? 'raw';
    return { capacity: Number.isFinite(capacity) ? capacity : 0, format };
  }

  /** What an earlier try left under the name goes first. */
  async #addVolume(name: string, bytes: number, more: readonly string[], signal: AbortSignal): Promise<void> {
    const { pool } = this.#settings;
    await unlessMissing(this.#virsh.run(['vol-delete', name, '--pool', pool], signal));
    await this.#virsh.run(['vol-create-as', pool, name, `${bytes}b`, ...more], signal);
  }

  #hostFacts(signal: AbortSignal): Promise<HostFacts> {
    this.#facts ??= this.#virsh.run(['capabilities'], signal).then((xml) => hostFacts(xml, this.#settings.domainType));
    this.#facts.catch(() => {
      this.#facts = undefined;
    });
    return this.#facts;
  }

  /** Missing here is a mistake in what was asked for, not an answer. */
  async #named<T>(what: string, body: () => Promise<T>): Promise<T> {
    try {
      return await body();
    } catch (cause) {
      if (!isProviderError(cause, 'not-found')) throw cause;
      throw new ProviderError('invalid-configuration', `there is no ${what}`, { cause });
    }
  }

  /** Only root reads it, and only for the time of `body`. */
  async #withFile<T>(content: string | Buffer, body: (path: string) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(join(this.#host.stateDir, 'send-'));
    try {
      const path = join(folder, 'content');
      writeFileSync(path, content, { mode: 0o600 });
      return await body(path);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isProviderError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** The same for the same sandbox, also after a restart: libvirt itself refuses a second domain. */
function uuidOf({ owner, sandboxId }: PodVmSpec): string {
  const hex = deterministicToken('libvirt', owner.cluster, owner.node, sandboxId);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** In the range that libvirt itself gives to QEMU's guests. */
function macOf(uuid: string): string {
  const hex = deterministicToken('mac', uuid).slice(0, 6);
  return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

function sizeOf(spec: PodVmSpec, settings: LibvirtSettings): { vcpus: number; memoryMiB: number } {
  const { sizing, dedicatedInterface, volumes = [] } = spec;
  if (dedicatedInterface) {
    throw new ProviderError('invalid-configuration', 'libvirt pod VMs have one network interface');
  }
  if ((sizing.gpus ?? 0) > 0) throw new ProviderError('invalid-configuration', 'libvirt pod VMs have no GPUs');
  if (volumes.length > volumesMax) throw new ProviderError('invalid-configuration', `more than ${volumesMax} volumes`);
  const amount = (value: Sizing['vcpus'], otherwise: number) =>
    value === undefined || !(value > 0) ? otherwise : Math.ceil(value);
  return { vcpus: amount(sizing.vcpus, settings.vcpus), memoryMiB: amount(sizing.memoryMiB, settings.memoryMiB) };
}

/** The host's own architecture, and how it runs guests of it. */
export function hostFacts(capabilities: string, wanted: string | undefined): HostFacts {
  const architecture = element(capabilities, 'arch') ?? '';
  const guests = capabilities.split('<guest>').slice(1);
  const guest = guests.find((one) => attribute(/<arch\s([^>]*)>/.exec(one)?.[1] ?? '', 'name') === architecture);
  const types = [...(guest ?? '').matchAll(/<domain\s([^>]*?)\/?>/g)].map(([, text = '']) => attribute(text, 'type'));
  const domainType = wanted ?? ['kvm', 'qemu', 'test'].find((type) => types.includes(type));
  if (domainType === undefined || !types.includes(domainType)) {
    throw new ProviderError(
      'invalid-configuration',
      `the host runs ${architecture} guests as ${types.join(', ') || 'nothing'}${wanted === undefined ? '' : `, not as ${wanted}`}`,
    );
  }
  return { domainType, architecture };
}
