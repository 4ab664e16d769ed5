/** Instances of the IBM Cloud in memory, with the boot volumes that come and go with them. */

import { randomUUID } from 'node:crypto';
import type { CapturedAnswer, CapturedCall } from './capture-server.ts';
import { profiles } from './ibmcloud-cloud-catalogue.ts';
import {
  crnOf,
  hostGroupId,
  hostIds,
  hrefOf,
  ibmError,
  images,
  keyId,
  reference,
  resourceGroup,
  resourceGroupId,
  subnetIds,
  vpcId,
  vpcReference,
  zoneReference,
  zones,
} from './ibmcloud-place.ts';

type Json = Record<string, unknown>;

interface Prototype {
  readonly name: string;
  readonly image: { readonly id: string };
  readonly profile: { readonly name: string };
  readonly zone: { readonly name: string };
  readonly vpc: { readonly id: string };
  readonly resource_group: { readonly id: string };
  readonly user_data: string;
  readonly keys: readonly { readonly id: string }[];
  readonly primary_network_interface: { readonly subnet: { readonly id: string } };
  readonly network_interfaces?: readonly { readonly subnet: { readonly id: string } }[];
  readonly confidential_compute_mode: string;
  readonly enable_secure_boot: boolean;
  readonly boot_volume_attachment: {
    readonly volume: { readonly user_tags: readonly string[]; readonly capacity?: number };
  };
  readonly volume_attachments?: readonly { readonly volume: { readonly id: string } }[];
  readonly availability?: { readonly class: string };
  readonly availability_policy?: { readonly preemption?: string };
  readonly placement_target?: { readonly id: string };
}

interface Entry {
  readonly id: string;
  readonly prototype: Prototype;
  readonly bootVolume: string;
  readonly addresses: readonly string[];
  readonly madeAt: number;
  readonly hiddenUntil: number;
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  deletingSince: number | undefined;
  leavesBehind: boolean;
}

interface VolumeEntry {
  readonly id: string;
  readonly tags: readonly string[];
  readonly zone: string;
  readonly madeAt: number;
  readonly hiddenUntil: number;
  instance: string | undefined;
}

export class IbmInstances {
  /** From acceptance to running, and from a delete to its end, ms. */
  creationMs = 15;
  deletionMs = 5;
  pageSize = 100;
  /** Reasons that the next instances do not start for, after they were accepted. */
  readonly failures: { readonly code: string; readonly message: string }[] = [];
  /** What the next creations are answered with instead. */
  readonly refusals: CapturedAnswer[] = [];
  refuseAll: CapturedAnswer | undefined;
  hideNextMs = 0;
  /** The next instance's boot volume stays when it goes. */
  leaveNextBehind = false;
  /** Dedicated hosts and groups without room. */
  readonly fullTargets = new Set<string>();
  readonly volumes = new Map<string, VolumeEntry>();
  readonly #entries = new Map<string, Entry>();
  #addresses = 0;
  #made = 0;

  /** Instances that were ever accepted. */
  get made(): number {
    return this.#made;
  }

  get ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  get residue(): readonly string[] {
    this.#passTime();
    const ours = [...this.volumes.values()].filter(({ tags }) => tags.length > 0);
    return [
      ...[...this.#entries.values()].map(({ prototype }) => `instance ${prototype.name}`),
      ...ours.map(({ id }) => `volume ${id}`),
    ];
  }

  /** A volume that a test made beforehand. */
  addVolume(id: string, zone: string, tags: readonly string[] = [], madeAt = 0): void {
    this.volumes.set(id, { id, zone, tags, madeAt, hiddenUntil: 0, instance: undefined });
  }

  answer(call: CapturedCall, rest: string): CapturedAnswer | undefined {
    this.#passTime();
    const { method, url } = call;
    const [kind, id, ...more] = rest.split('/');
    if (more.length > 0) return undefined;
    if (kind === 'instances' && id === undefined) {
      if (method === 'POST') return this.#create(call.body as Prototype);
      const name = url.searchParams.get('name');
      const network = url.searchParams.get('vpc.id');
      const shown = [...this.#entries.values()]
        .filter((entry) => isVisible(entry) && (name === null || entry.prototype.name === name))
        .filter(({ prototype }) => network === null || prototype.vpc.id === network);
      return this.#page(
        call,
        'instances',
        shown.map((entry) => this.#shown(entry)),
      );
    }
    if (kind === 'instances' && id !== undefined) return this.#instance(call, id);
    if (kind === 'volumes' && id === undefined) {
      const tag = url.searchParams.get('tag');
      const shown = [...this.volumes.values()].filter(
        (one) => isVisible(one) && (tag === null || one.tags.includes(tag)),
      );
      return this.#page(
        call,
        'volumes',
        shown.map((one) => this.#volume(one)),
      );
    }
    if (kind === 'volumes' && id !== undefined) return this.#oneVolume(call, id);
    return undefined;
  }

  #instance({ method }: CapturedCall, id: string): CapturedAnswer | undefined {
    const entry = this.#entries.get(id);
    if (method === 'GET') {
      return entry && isVisible(entry) ? { status: 200, body: this.#shown(entry) } : missing('Instance', id);
    }
    if (method !== 'DELETE') return undefined;
    if (!entry) return missing('Instance', id);
    entry.deletingSince ??= Date.now();
    return { status: 204 };
  }

  #oneVolume({ method }: CapturedCall, id: string): CapturedAnswer | undefined {
    const volume = this.volumes.get(id);
    if (!volume || !isVisible(volume)) return missing('Volume', id);
    if (method === 'GET') return { status: 200, body: this.#volume(volume) };
    if (method !== 'DELETE') return undefined;
    if (volume.instance !== undefined) return ibmError(409, 'volume_in_use', `${id} is attached`);
    this.volumes.delete(id);
    return { status: 204 };
  }

  #create(prototype: Prototype): CapturedAnswer {
    if ([...this.#entries.values()].some((entry) => entry.prototype.name === prototype.name)) {
      return ibmError(400, 'validation_unique_failed', `Provided Name (${prototype.name}) is not unique`, 'name');
    }
    const refusal = this.refuseAll ?? this.refusals.shift() ?? this.#refusal(prototype);
    if (refusal) return refusal;
    const zoneNumber = zones.indexOf(prototype.zone.name as (typeof zones)[number]) + 1;
    const hiddenUntil = Date.now() + this.hideNextMs;
    const target = prototype.placement_target?.id;
    const full = target !== undefined && this.fullTargets.has(target);
    const entry: Entry = {
      id: `07${zoneNumber}7_${randomUUID()}`,
      prototype,
      bootVolume: `r010-${randomUUID()}`,
      addresses: [1, ...(prototype.network_interfaces ?? [])].map(() => this.#address(zoneNumber)),
      madeAt: Date.now(),
      hiddenUntil,
      failure: full ? { code: 'cannot_start_capacity', message: 'the host is full' } : this.failures.shift(),
      deletingSince: undefined,
      leavesBehind: this.leaveNextBehind,
    };
    this.hideNextMs = 0;
    this.leaveNextBehind = false;
    this.#made += 1;
    this.#entries.set(entry.id, entry);
    const { user_tags: tags } = prototype.boot_volume_attachment.volume;
    this.volumes.set(entry.bootVolume, {
      id: entry.bootVolume,
      tags,
      zone: prototype.zone.name,
      madeAt: Date.now(),
      hiddenUntil,
      instance: entry.id,
    });
    for (const { volume } of prototype.volume_attachments ?? []) {
      const found = this.volumes.get(volume.id);
      if (found) found.instance = entry.id;
    }
    return { status: 201, body: this.#shown(entry) };
  }

  /** What the API refuses at once, beyond what the model says. */
  #refusal(prototype: Prototype): CapturedAnswer | undefined {
    const { name, profile, zone, image, vpc, resource_group, user_data, keys, placement_target } = prototype;
    const facts = profiles[profile.name];
    const invalid = (field: string, text: string) => ibmError(400, 'validation_failed', text, field);
    if (!/^([a-z]|[a-z][-a-z0-9]*[a-z0-9])$/.test(name) || name.length > 63) return invalid('name', name);
    if (!facts) return ibmError(404, 'not_found', `profile ${profile.name}`, 'profile.name');
    if (!(zones as readonly string[]).includes(zone.name)) return invalid('zone.name', zone.name);
    if (!(Object.values(images) as string[]).includes(image.id))
      return ibmError(404, 'not_found', image.id, 'image.id');
    if (images[facts.architecture] !== image.id) return invalid('image.id', 'image and profile differ in architecture');
    if (vpc.id !== vpcId || resource_group.id !== resourceGroupId) return invalid('vpc.id', 'no such VPC or group');
    if (Buffer.byteLength(user_data) > 65_536) return invalid('user_data', 'longer than 65536 bytes');
    if (keys.some(({ id }) => id !== keyId)) return ibmError(404, 'not_found', 'key', 'keys[0].id');
    const subnet = prototype.primary_network_interface.subnet.id;
    if (subnetIds[zones.indexOf(zone.name as (typeof zones)[number])] !== subnet) {
      return invalid('primary_network_interface.subnet.id', `${subnet} is not in ${zone.name}`);
    }
    if (prototype.confidential_compute_mode === 'tdx' && !facts.tdx)
      return invalid('confidential_compute_mode', 'no tdx');
    if (placement_target && prototype.availability?.class === 'spot')
      return invalid('availability.class', 'no spot on hosts');
    if (placement_target && ![...hostIds, hostGroupId].includes(placement_target.id))
      return invalid('placement_target', 'none');
    const { user_tags } = prototype.boot_volume_attachment.volume;
    const badTag = user_tags.find((tag) => tag.length > 128 || !/^[A-Za-z0-9:_ .-]+$/.test(tag));
    if (badTag !== undefined) return invalid('boot_volume_attachment.volume.user_tags', badTag);
    for (const { volume } of prototype.volume_attachments ?? []) {
      const found = this.volumes.get(volume.id);
      if (!found || found.instance !== undefined || found.zone !== zone.name)
        return invalid('volume_attachments', volume.id);
    }
    return undefined;
  }

  #address(zoneNumber: number): string {
    this.#addresses += 1;
    return `10.${zoneNumber}.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  #shown(entry: Entry): Json {
    const { id, prototype, bootVolume, madeAt, failure, deletingSince, addresses } = entry;
    const { profile, zone, image, availability, availability_policy, placement_target } = prototype;
    const done = Date.now() - madeAt >= this.creationMs;
    const status = deletingSince !== undefined ? 'deleting' : done ? (failure ? 'failed' : 'running') : 'pending';
    const interfaces = addresses.map((address, index) => {
      const nic = `${id}-nic${index}`;
      const subnet =
        index === 0 ? prototype.primary_network_interface.subnet : prototype.network_interfaces?.[index - 1]?.subnet;
      return {
        ...reference(`instances/${id}/network_interfaces`, nic),
        resource_type: 'network_interface',
        primary_ip: {
          ...reference('subnets/x/reserved_ips', `${nic}-ip`),
          // Until it is known the API shows this.
          address: done ? address : '0.0.0.0',
          resource_type: 'subnet_reserved_ip',
        },
        subnet: reference('subnets', subnet?.id ?? '', {
          crn: crnOf('subnet', subnet?.id ?? ''),
          resource_type: 'subnet',
        }),
      };
    });
    const attachment = {
      ...reference(`instances/${id}/volume_attachments`, `${id}-boot`),
      volume: reference('volumes', bootVolume, { crn: crnOf('volume', bootVolume), resource_type: 'volume' }),
    };
    const facts = profiles[profile.name];
    return {
      ...reference('instances', id),
      name: prototype.name,
      crn: crnOf('instance', id),
      created_at: new Date(madeAt).toISOString(),
      status,
      status_reasons: failure && done ? [failure] : [],
      lifecycle_state: status === 'deleting' ? 'deleting' : 'stable',
      lifecycle_reasons: [],
      health_state: 'ok',
      health_reasons: [],
      startable: true,
      availability: { class: availability?.class ?? 'standard' },
      availability_policy: { host_failure: 'restart', preemption: availability_policy?.preemption ?? 'stop' },
      bandwidth: 4000,
      boot_volume_attachment: attachment,
      volume_attachments: [attachment],
      cluster_network_attachments: [],
      confidential_compute_mode: prototype.confidential_compute_mode,
      enable_secure_boot: prototype.enable_secure_boot,
      disks: [],
      memory: facts?.memoryGib ?? 0,
      metadata_service: { enabled: true, protocol: 'http', response_hop_limit: 1 },
      network_attachments: [],
      network_interfaces: interfaces,
      primary_network_interface: interfaces[0],
      profile: {
        name: profile.name,
        href: hrefOf(`instance/profiles/${profile.name}`),
        resource_type: 'instance_profile',
      },
      reservation_affinity: { policy: 'disabled', pool: [] },
      resource_group: resourceGroup,
      resource_type: 'instance',
      software_attachments: [],
      threads_per_core: 2,
      total_network_bandwidth: 3000,
      total_volume_bandwidth: 1000,
      vcpu: { architecture: facts?.architecture, count: facts?.vcpus, manufacturer: 'intel', percentage: 100 },
      volume_bandwidth_qos_mode: 'pooled',
      vpc: vpcReference,
      zone: zoneReference(zone.name),
      image: reference('images', image.id, { crn: crnOf('image', image.id), resource_type: 'image' }),
      ...(placement_target && {
        placement_target: reference('dedicated_hosts', placement_target.id, {
          crn: crnOf('dedicated-host', placement_target.id),
          resource_type: 'dedicated_host',
        }),
      }),
    };
  }

  #volume({ id, tags, zone, madeAt, instance }: VolumeEntry): Json {
    const name = instance === undefined ? '' : (this.#entries.get(instance)?.prototype.name ?? '');
    const attachments =
      instance === undefined
        ? []
        : [
            {
              ...reference(`instances/${instance}/volume_attachments`, `${id}-attachment`),
              delete_volume_on_instance_delete: true,
              instance: { ...reference('instances', instance), name, crn: crnOf('instance', instance) },
              type: 'boot',
            },
          ];
    return {
      ...reference('volumes', id),
      crn: crnOf('volume', id),
      created_at: new Date(madeAt).toISOString(),
      active: true,
      adjustable_capacity_states: ['attached'],
      adjustable_iops_states: [],
      attachment_state: instance === undefined ? 'unattached' : 'attached',
      bandwidth: 393,
      busy: false,
      capacity: 100,
      encryption: 'provider_managed',
      health_reasons: [],
      health_state: 'ok',
      iops: 3000,
      profile: { name: 'general-purpose', href: hrefOf('volume/profiles/general-purpose') },
      resource_group: resourceGroup,
      resource_type: 'volume',
      software_attachments: [],
      status: 'available',
      status_reasons: [],
      storage_generation: 1,
      user_tags: tags,
      volume_attachments: attachments,
      zone: zoneReference(zone),
    };
  }

  #page({ url }: CapturedCall, key: string, items: readonly Json[]): CapturedAnswer {
    const limit = Math.min(this.pageSize, Number(url.searchParams.get('limit') ?? 50));
    const from = Number(url.searchParams.get('start') ?? 0);
    const next = new URL(url);
    next.searchParams.set('start', String(from + limit));
    return {
      status: 200,
      body: {
        first: { href: url.href },
        limit,
        total_count: items.length,
        [key]: items.slice(from, from + limit),
        ...(from + limit < items.length && { next: { href: next.href } }),
      },
    };
  }

  #passTime(): void {
    for (const [id, entry] of this.#entries) {
      if (entry.deletingSince === undefined || Date.now() - entry.deletingSince < this.deletionMs) continue;
      this.#entries.delete(id);
      for (const [volumeId, volume] of this.volumes) {
        if (volume.instance !== id) continue;
        volume.instance = undefined;
        if (volumeId === entry.bootVolume && !entry.leavesBehind) this.volumes.delete(volumeId);
      }
    }
  }
}

function isVisible({ hiddenUntil }: { readonly hiddenUntil: number }): boolean {
  return Date.now() >= hiddenUntil;
}

function missing(kind: string, id: string): CapturedAnswer {
  return ibmError(404, 'not_found', `${kind} not found: ${id}`, 'id');
}
