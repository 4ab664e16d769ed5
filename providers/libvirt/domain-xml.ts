/** Domains as XML: written for a pod VM, and read for what we wrote into one. Pure. */

import { ownerTagKeys, parseOwnerTags } from '@peerpods/provider';

export interface DomainPlan {
  readonly uuid: string;
  readonly name: string;
  /** Owner tags, and whatever else is to be found again. */
  readonly tags: Readonly<Record<string, string>>;
  readonly domainType: string;
  readonly architecture: string;
  readonly vcpus: number;
  readonly cpuset: string | undefined;
  readonly memoryMiB: number;
  readonly firmware: string | undefined;
  readonly launchSecurity: 's390-pv' | undefined;
  readonly pool: string;
  readonly rootVolume: string;
  readonly cidataVolume: string;
  /** In order; the guest sees them behind its root. */
  readonly volumes: readonly string[];
  readonly network: string;
  readonly mac: string;
}

const namespace = 'https://peerpods.invalid/libvirt/1';
const tagNames = [...Object.values(ownerTagKeys), 'peerpods-created'];

/** Machine types, and what else differs between architectures. */
const architectures: Readonly<
  Record<string, { readonly machine: string; readonly cpu: string; readonly console: string }>
> = {
  x86_64: { machine: 'q35', cpu: "<cpu mode='host-model'/>", console: 'serial' },
  aarch64: { machine: 'virt', cpu: "<cpu mode='host-passthrough'/>", console: 'serial' },
  s390x: { machine: 's390-ccw-virtio', cpu: "<cpu mode='host-model'/>", console: 'sclp' },
};

export function encodeDomain(plan: DomainPlan): string {
  const emulated = plan.domainType !== 'kvm';
  const known = plan.domainType === 'test' ? undefined : architectures[plan.architecture];
  const loader =
    plan.firmware === undefined || plan.architecture === 's390x'
      ? ''
      : `<loader readonly='yes' type='pflash'>${escaped(plan.firmware)}</loader>`;
  const cpuset = plan.cpuset === undefined ? '' : ` cpuset='${escaped(plan.cpuset)}'`;
  const machine = known ? ` machine='${known.machine}'` : '';
  return `<domain type='${escaped(plan.domainType)}'>
  <name>${escaped(plan.name)}</name>
  <uuid>${escaped(plan.uuid)}</uuid>
  <metadata>
    <pp:podvm xmlns:pp='${namespace}'>${tagElements(plan.tags)}</pp:podvm>
  </metadata>
  <memory unit='MiB'>${plan.memoryMiB}</memory>
  <vcpu placement='static'${cpuset}>${plan.vcpus}</vcpu>
  <os><type arch='${escaped(plan.architecture)}'${machine}>hvm</type>${loader}</os>
  <features><acpi/><apic/></features>
  ${known && !emulated ? known.cpu : known && plan.architecture === 'x86_64' ? "<cpu mode='maximum'/>" : ''}
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    ${disk(plan.pool, plan.rootVolume, 'qcow2', 'vda', "<boot order='1'/>")}
    ${plan.volumes.map((name, index) => disk(plan.pool, name, 'raw', volumeTarget(index), '')).join('\n    ')}
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <disk type='volume' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <source pool='${escaped(plan.pool)}' volume='${escaped(plan.cidataVolume)}'/>
      <target dev='sda' bus='scsi'/>
      <readonly/>
    </disk>
    <interface type='network'>
      <mac address='${escaped(plan.mac)}'/>
      <source network='${escaped(plan.network)}'/>
      <model type='virtio'/>
    </interface>
    <console type='pty'><target type='${known?.console ?? 'serial'}'/></console>
    ${plan.domainType === 'test' ? '' : "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"}
  </devices>
  ${plan.launchSecurity === undefined ? '' : `<launchSecurity type='${plan.launchSecurity}'/>`}
</domain>
`;
}

/** vdb, vdc, …: what the forwarder in the VM expects for the disk at a position. */
function volumeTarget(index: number): string {
  return `vd${String.fromCharCode('b'.charCodeAt(0) + index)}`;
}

export const volumesMax = 24;

function disk(pool: string, volume: string, format: string, target: string, more: string): string {
  return `<disk type='volume' device='disk'>
      <driver name='qemu' type='${format}' discard='unmap'/>
      <source pool='${escaped(pool)}' volume='${escaped(volume)}'/>
      <target dev='${target}' bus='virtio'/>${more}
    </disk>`;
}

function tagElements(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `<pp:tag key='${escaped(key)}' value='${escaped(value)}'/>`)
    .join('');
}

export interface FoundDomain {
  readonly name: string;
  readonly uuid: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly owner: { readonly cluster: string; readonly node: string };
  readonly sandboxId: string;
  /** Names of the volumes that were made with it. */
  readonly ownVolumes: readonly string[];
}

/** Undefined for a domain that is none of ours. libvirt writes attributes in either kind of quotes. */
export function decodeDomain(xml: string): FoundDomain | undefined {
  if (!xml.includes(namespace)) return undefined;
  const tags: Record<string, string> = {};
  for (const [, attributes = ''] of xml.matchAll(/<pp:tag\s([^>]*?)\/?>/g)) {
    const key = attribute(attributes, 'key');
    if (key !== undefined && tagNames.includes(key)) tags[key] = attribute(attributes, 'value') ?? '';
  }
  const found = parseOwnerTags(tags);
  const [name, uuid] = [element(xml, 'name'), element(xml, 'uuid')];
  if (!found || name === undefined || uuid === undefined) return undefined;
  return { name, uuid, tags, ...found, ownVolumes: ownVolumesOf(name) };
}

export function ownVolumesOf(name: string): readonly [root: string, cidata: string] {
  return [`${name}-root.qcow2`, `${name}-cloudinit.iso`];
}

export function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : unescaped(text);
}

export function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}=(?:'([^']*)'|"([^"]*)")`).exec(attributes);
  const text = match?.[1] ?? match?.[2];
  return text === undefined ? undefined : unescaped(text);
}

const entities = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&apos;'],
  ['"', '&quot;'],
] as const;

function escaped(text: string): string {
  return entities.reduce((result, [plain, entity]) => result.replaceAll(plain, entity), text);
}

function unescaped(text: string): string {
  const numbered = text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return entities.toReversed().reduce((plain, [letter, entity]) => plain.replaceAll(entity, letter), numbered);
}
