/** The one call that makes a pod VM, as pure data. */

import type { _InstanceType, RunInstancesCommandInput, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { type Offering, ownerTags, type PodVmSpec } from '@peerpods/provider';
import type { ImageFacts } from './offer.ts';
import type { AwsSettings } from './options.ts';

/** What EC2 takes, in bytes before base64. */
export const userDataBytesMax = 16_384;

export interface RunParts {
  readonly settings: AwsSettings;
  readonly offering: Offering;
  /** Absent with a launch template whose image is not known. */
  readonly image: ImageFacts | undefined;
  /** At most 64 of printable ASCII. */
  readonly token: string;
  readonly count: number;
  readonly userData: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly dedicatedInterface: boolean;
}

export function podVmTags(spec: PodVmSpec, settings: AwsSettings): Readonly<Record<string, string>> {
  return { ...settings.tags, Name: spec.name, ...ownerTags(spec) };
}

export function runRequest(parts: RunParts): RunInstancesCommandInput {
  const { settings, offering, image, token, count, userData } = parts;
  const root = rootVolume(settings, image);
  const spot = offering.capacityType === 'spot';
  return {
    // One or none, also for several: a half-filled batch would have to be told apart after a lost answer.
    MinCount: count,
    MaxCount: count,
    ClientToken: token,
    UserData: Buffer.from(userData).toString('base64'),
    TagSpecifications: (
      ['instance', 'volume', 'network-interface', ...(spot ? (['spot-instances-request'] as const) : [])] as const
    ).map((kind) => tagSpecification(kind, parts.tags)),
    ...(root && { BlockDeviceMappings: [root] }),
    ...(spot && {
      InstanceMarketOptions: {
        MarketType: 'spot',
        SpotOptions: { SpotInstanceType: 'one-time', InstanceInterruptionBehavior: 'terminate' },
      },
    }),
    ...(settings.launchTemplate === undefined
      ? withoutTemplate(parts)
      : { LaunchTemplate: { LaunchTemplateName: settings.launchTemplate } }),
  };
}

function withoutTemplate({
  settings,
  offering,
  image,
  dedicatedInterface,
}: RunParts): Partial<RunInstancesCommandInput> {
  return {
    ...(image && { ImageId: image.id }),
    InstanceType: offering.instanceType as _InstanceType,
    ...network(settings, offering, dedicatedInterface),
    ...(settings.keyName !== undefined && { KeyName: settings.keyName }),
    ...(settings.confidential && { CpuOptions: { AmdSevSnp: 'enabled' } }),
    // The pod must not reach the metadata, and with it user-data: tokens only, and none past the first hop.
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
    // A guest that powers itself off leaves nothing behind that costs.
    InstanceInitiatedShutdownBehavior: 'terminate',
  };
}

/** A second interface made with the VM dies with it. One for public addresses cannot be made so: EC2 refuses it. */
export function hasSecondInterfaceAtOnce(settings: AwsSettings, dedicatedInterface: boolean): boolean {
  return dedicatedInterface && settings.launchTemplate === undefined && !settings.publicAddress;
}

function network(
  settings: AwsSettings,
  { zone: subnet }: Offering,
  dedicatedInterface: boolean,
): Partial<RunInstancesCommandInput> {
  const { securityGroupIds, publicAddress } = settings;
  const second = hasSecondInterfaceAtOnce(settings, dedicatedInterface);
  // Without a subnet the account's default is taken, and that cannot be said of an interface.
  if (subnet === '' && !publicAddress && !second) {
    return { ...(securityGroupIds.length > 0 && { SecurityGroupIds: [...securityGroupIds] }) };
  }
  return {
    NetworkInterfaces: (second ? [0, 1] : [0]).map((DeviceIndex) => ({
      DeviceIndex,
      DeleteOnTermination: true,
      ...(subnet !== '' && { SubnetId: subnet }),
      ...(securityGroupIds.length > 0 && { Groups: [...securityGroupIds] }),
      ...(publicAddress && { AssociatePublicIpAddress: true }),
    })),
  };
}

/** Named after the image's own root device: another name would add a disk. */
function rootVolume({ rootVolumeGiB }: AwsSettings, image: ImageFacts | undefined) {
  if (rootVolumeGiB === 0 || !image?.root) return undefined;
  const { device, sizeGiB } = image.root;
  return { DeviceName: device, Ebs: { VolumeSize: Math.max(rootVolumeGiB, sizeGiB), DeleteOnTermination: true } };
}

export function tagSpecification(
  ResourceType: NonNullable<TagSpecification['ResourceType']>,
  tags: Readonly<Record<string, string>>,
): TagSpecification {
  return { ResourceType, Tags: tagList(tags) };
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
