/** The instance that IBM Cloud is asked for: the whole request as a pure function of the pod and the settings. */

import { type InstanceType, type Offering, type PodVmSpec, ProviderError } from '@peerpods/provider';
import type { IbmSettings } from './options.ts';
import type { Place } from './place.ts';
import { bootVolumeTags } from './tags.ts';
import type { InstancePrototype, InterfacePrototype } from './vpc-types.ts';

export interface InstanceRequest {
  readonly spec: PodVmSpec;
  readonly offering: Offering;
  readonly place: Place;
  readonly settings: IbmSettings;
  /** Undefined: its profile is not known. */
  readonly type: InstanceType | undefined;
  readonly subnetId: string;
  /** Dedicated host or group. */
  readonly target: string | undefined;
}

const bootProfile = 'general-purpose';

export function instanceRequest(request: InstanceRequest): InstancePrototype {
  const { spec, offering, place, settings, type, subnetId, target } = request;
  const { keyId, rootVolumeGb, confidential } = settings;
  const { volumes = [] } = spec;
  const groups = place.securityGroupIds.map((id) => ({ id }));
  const second = secondInterface(request);
  const tdx = confidential && type?.confidential?.includes('tdx') !== false;
  return {
    name: spec.name,
    image: { id: imageId(spec, place, type) },
    profile: { name: offering.instanceType },
    zone: { name: offering.zone },
    vpc: { id: place.vpcId },
    resource_group: { id: place.resourceGroupId },
    user_data: spec.userData,
    keys: keyId === undefined ? [] : [{ id: keyId }],
    primary_network_interface: { subnet: { id: subnetId }, ...(groups.length > 0 && { security_groups: groups }) },
    ...(second && { network_interfaces: [second] }),
    metadata_service: { enabled: true, protocol: 'http' },
    confidential_compute_mode: tdx ? 'tdx' : 'disabled',
    enable_secure_boot: tdx,
    boot_volume_attachment: {
      delete_volume_on_instance_delete: true,
      volume: {
        profile: { name: bootProfile },
        ...(rootVolumeGb > 0 && { capacity: rootVolumeGb }),
        user_tags: bootVolumeTags(spec),
      },
    },
    ...(volumes.length > 0 && {
      volume_attachments: volumes.map((id) => ({ delete_volume_on_instance_delete: false as const, volume: { id } })),
    }),
    // The default, to stop it, would leave a VM that nobody starts again.
    ...(offering.capacityType === 'spot' && {
      availability: { class: 'spot' as const },
      availability_policy: { preemption: 'delete' as const },
    }),
    ...(target !== undefined && { placement_target: { id: target } }),
  };
}

function imageId({ image }: PodVmSpec, { images }: Place, type: InstanceType | undefined): string {
  if (image !== undefined && image !== '') return image;
  const wanted = type?.architecture;
  const found = images.find(({ architecture }) => wanted === undefined || architecture === wanted);
  if (found) return found.id;
  throw new ProviderError(
    'invalid-configuration',
    `-image-id: none of the images is for ${wanted}, as ${type?.name} is`,
  );
}

/** Spoofing is what a pod's traffic looks like on it: it bears the pod's address. */
function secondInterface({ spec, settings, place, subnetId }: InstanceRequest): InterfacePrototype | undefined {
  const { secondarySubnetId, secondarySecurityGroupId } = settings;
  if (secondarySubnetId === undefined && !spec.dedicatedInterface) return undefined;
  const groups = secondarySecurityGroupId === undefined ? place.securityGroupIds : [secondarySecurityGroupId];
  return {
    subnet: { id: secondarySubnetId ?? subnetId },
    allow_ip_spoofing: true,
    ...(groups.length > 0 && { security_groups: groups.map((id) => ({ id })) }),
  };
}
