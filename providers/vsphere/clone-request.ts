/** The arguments of CloneVM_Task and PlaceVm. Pure; elements in the schema's order. */

import type { PodVmSpec } from '@peerpods/provider';
import { type Identity, marksOf } from './identity.ts';
import type { Template } from './inventory.ts';
import { type Reference, reference } from './soap.ts';
import { escapeXml, group, text } from './xml.ts';

/**
 * Bytes of cloud-config. What a guest reads at once through VMware Tools is bounded at 256 KiB or so and has a third
 * more characters in base64; no limit is documented.
 */
export const userDataBytesMax = 196_608;

export interface Place {
  readonly pool: Reference | undefined;
  readonly host: Reference | undefined;
  readonly datastore: Reference | undefined;
}

export interface CloneRequest {
  readonly spec: PodVmSpec;
  readonly identity: Identity;
  readonly template: Template;
  readonly folder: Reference;
  readonly storagePolicy: string | undefined;
}

/** A vCenter takes memory in steps of 4 MiB. */
const memoryStepMiB = 4;

function extraConfig(key: string, value: string): string {
  // The parts of a value are typed one by one: its schema is anyType.
  const typed = `<value xsi:type="xsd:string">${escapeXml(value)}</value>`;
  return group('extraConfig', [text('key', key), typed], 'OptionValue');
}

/** Both parts of the size are given to the VM as the pod asks; what it does not ask for stays as the template has it. */
function hardware({ sizing }: PodVmSpec, coresPerSocket: number): string {
  const cpus = sizing.vcpus === undefined || sizing.vcpus <= 0 ? undefined : Math.ceil(sizing.vcpus);
  const { memoryMiB } = sizing;
  const memory =
    memoryMiB === undefined || memoryMiB <= 0 ? undefined : Math.ceil(memoryMiB / memoryStepMiB) * memoryStepMiB;
  const divides = cpus === undefined || cpus % coresPerSocket === 0;
  return text('numCPUs', cpus) + text('numCoresPerSocket', divides ? undefined : 1) + text('memoryMB', memory);
}

export function cloneSpec({ spec, identity, template, folder, storagePolicy }: CloneRequest, place: Place): string {
  const { userData } = spec;
  const profile =
    storagePolicy === undefined
      ? ''
      : group('profile', [text('profileId', storagePolicy)], 'VirtualMachineDefinedProfileSpec');
  const location = group('location', [
    reference('folder', folder),
    reference('datastore', place.datastore),
    text('diskMoveType', template.snapshot ? 'createNewChildDiskBacking' : undefined),
    reference('pool', place.pool),
    reference('host', place.host),
    profile,
  ]);
  const settings = {
    'guestinfo.userdata': Buffer.from(userData).toString('base64'),
    'guestinfo.userdata.encoding': 'base64',
    ...marksOf(spec),
  };
  const config = group('config', [
    text('instanceUuid', identity.id),
    hardware(spec, template.coresPerSocket),
    ...Object.entries(settings).map(([key, value]) => extraConfig(key, value)),
  ]);
  return [
    location,
    text('template', false),
    config,
    text('powerOn', true),
    reference('snapshot', template.snapshot),
  ].join('');
}

export function cloneArguments(request: CloneRequest, place: Place): string {
  const { folder, identity } = request;
  return reference('folder', folder) + text('name', identity.vmName) + group('spec', [cloneSpec(request, place)]);
}

export interface Narrowing {
  readonly pool: Reference;
  readonly hosts: readonly Reference[];
  readonly datastores: readonly Reference[];
}

/** DRS looks at the shape of the VM; what is secret in the clone's spec is left out. */
export function placeArguments(request: CloneRequest, { pool, hosts, datastores }: Narrowing): string {
  const shape = { ...request, spec: { ...request.spec, userData: '' } };
  const place = { pool, host: undefined, datastore: undefined };
  return group('placementSpec', [
    reference('vm', request.template.reference),
    ...hosts.map((host) => reference('hosts', host)),
    ...datastores.map((datastore) => reference('datastores', datastore)),
    text('placementType', 'clone'),
    group('cloneSpec', [cloneSpec(shape, place)]),
    text('cloneName', request.identity.vmName),
  ]);
}
