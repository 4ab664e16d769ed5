/** What the IBM Cloud in memory has that no test makes: subnets, images, profiles, keys, security groups, hosts. */

import type { CapturedAnswer, CapturedCall } from './capture-server.ts';
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
  secondSecurityGroupId,
  securityGroupId,
  subnetIds,
  vpcId,
  vpcReference,
  zoneReference,
  zones,
} from './ibmcloud-place.ts';

type Json = Record<string, unknown>;

export interface ProfileFacts {
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly architecture: 'amd64' | 's390x';
  readonly tdx?: boolean;
  readonly gpus?: { readonly count: number; readonly model: string };
}

export const profiles: Readonly<Record<string, ProfileFacts>> = {
  'bx2-2x8': { vcpus: 2, memoryGib: 8, architecture: 'amd64' },
  'bx2-4x16': { vcpus: 4, memoryGib: 16, architecture: 'amd64' },
  'cx2-4x8': { vcpus: 4, memoryGib: 8, architecture: 'amd64' },
  'bx3dc-2x10': { vcpus: 2, memoryGib: 10, architecture: 'amd64', tdx: true },
  'gx3-16x80x1l4': { vcpus: 16, memoryGib: 80, architecture: 'amd64', gpus: { count: 1, model: 'L4' } },
  'bz2e-2x8': { vcpus: 2, memoryGib: 8, architecture: 's390x' },
};

const createdAt = '2026-01-01T00:00:00Z';

export function catalogueAnswer({ method }: CapturedCall, rest: string): CapturedAnswer | undefined {
  if (method !== 'GET') return undefined;
  const found =
    /^(subnets|images|security_groups|keys|vpcs|dedicated_hosts|dedicated_host\/groups|instance\/profiles)\/([^/]+)$/.exec(
      rest,
    );
  if (!found) return undefined;
  const [, kind = '', id = ''] = found;
  const body = resourceOf(kind, id);
  return body ? { status: 200, body } : ibmError(404, 'not_found', `${kind} ${id} was not found`, 'id');
}

function resourceOf(kind: string, id: string): Json | undefined {
  switch (kind) {
    case 'subnets':
      return subnet(id);
    case 'images':
      return image(id);
    case 'instance/profiles':
      return profile(id);
    case 'keys':
      return id === keyId ? key() : undefined;
    case 'vpcs':
      return id === vpcId ? { ...vpcReference } : undefined;
    case 'security_groups':
      return [securityGroupId, secondSecurityGroupId].includes(id) ? securityGroup(id) : undefined;
    case 'dedicated_hosts': {
      const zone = zones[hostIds.indexOf(id as (typeof hostIds)[number])];
      return zone === undefined ? undefined : { id, name: id, zone: zoneReference(zone) };
    }
    default:
      return id === hostGroupId ? { id, name: id, zone: zoneReference(zones[0]) } : undefined;
  }
}

function common(kind: string, path: string, id: string): Json {
  return {
    id,
    name: id,
    crn: crnOf(kind, id),
    href: hrefOf(`${path}/${id}`),
    created_at: createdAt,
    resource_group: resourceGroup,
  };
}

function subnet(id: string): Json | undefined {
  const index = subnetIds.indexOf(id as (typeof subnetIds)[number]);
  const zone = zones[index];
  if (zone === undefined) return undefined;
  return {
    ...common('subnet', 'subnets', id),
    available_ipv4_address_count: 250,
    total_ipv4_address_count: 256,
    ip_version: 'ipv4',
    ipv4_cidr_block: `10.${index}.0.0/16`,
    status: 'available',
    resource_type: 'subnet',
    vpc: vpcReference,
    zone: zoneReference(zone),
    network_acl: reference('network_acls', 'acl', { crn: crnOf('network-acl', 'acl') }),
    routing_table: reference(`vpcs/${vpcId}/routing_tables`, 'table', {
      crn: crnOf('routing-table', 'table'),
      resource_type: 'routing_table',
    }),
  };
}

function image(id: string): Json | undefined {
  const architecture = (Object.keys(images) as (keyof typeof images)[]).find((one) => images[one] === id);
  if (!architecture) return undefined;
  return {
    ...common('image', 'images', id),
    encryption: 'none',
    file: { size: 10 },
    operating_system: {
      architecture,
      allow_user_image_creation: true,
      dedicated_host_only: false,
      display_name: 'Ubuntu Linux',
      family: 'Ubuntu Linux',
      href: hrefOf('operating_systems/ubuntu'),
      name: 'ubuntu',
      user_data_format: 'cloud_init',
      vendor: 'Canonical',
      version: '24.04',
    },
    resource_type: 'image',
    status: 'available',
    status_reasons: [],
    user_data_format: 'cloud_init',
    visibility: 'private',
    zones: zones.map(zoneReference),
    allowed_use: { api_version: '2026-10-06', bare_metal_server: 'true', instance: 'true' },
    catalog_offering: { managed: false },
  };
}

function key(): Json {
  const { name: _name, ...more } = common('key', 'keys', keyId);
  return {
    ...more,
    name: keyId,
    fingerprint: 'SHA256:x',
    length: 256,
    public_key: 'ssh-ed25519 AAAA',
    type: 'ed25519',
  };
}

function securityGroup(id: string): Json {
  return { ...common('security-group', 'security_groups', id), rules: [], targets: [], vpc: vpcReference };
}

function profile(name: string): Json | undefined {
  const facts = profiles[name];
  if (!facts) return undefined;
  const fixed = (value: unknown) => ({ type: 'fixed', value });
  const choice = (...values: readonly unknown[]) => ({ type: 'enum', default: values[0], values });
  const { vcpus, memoryGib, architecture, tdx = false, gpus } = facts;
  return {
    name,
    href: hrefOf(`instance/profiles/${name}`),
    family: 'balanced',
    resource_type: 'instance_profile',
    status: 'current',
    availability_class: choice('standard', 'spot'),
    bandwidth: fixed(4000),
    cluster_network_attachment_count: { type: 'enum', values: [0] },
    confidential_compute_modes: choice('disabled', ...(tdx ? ['tdx'] : [])),
    disks: [],
    memory: fixed(memoryGib),
    network_attachment_count: { type: 'range', min: 1, max: 5 },
    network_bandwidth_mode: fixed('pooled'),
    network_interface_count: { type: 'range', min: 1, max: 5 },
    os_architecture: choice(architecture),
    port_speed: fixed(16_000),
    reservation_terms: { type: 'enum', values: [] },
    secure_boot_modes: choice(false, true),
    supported_cluster_network_profiles: [],
    threads_per_core: choice(2),
    total_volume_bandwidth: { type: 'range', default: 1000, min: 500, max: 3000, step: 1 },
    vcpu_architecture: fixed(architecture),
    vcpu_burst_limit: fixed(100),
    vcpu_count: fixed(vcpus),
    vcpu_manufacturer: fixed(architecture === 's390x' ? 'ibm' : 'intel'),
    vcpu_percentage: choice(100),
    volume_bandwidth_qos_modes: choice('pooled'),
    zones: zones.map(zoneReference),
    ...(gpus && { gpu_count: fixed(gpus.count), gpu_model: { type: 'enum', values: [gpus.model] } }),
  };
}
