/** The settings of provider ibmcloud: names, variables and defaults as existing deployments know them, and a few more. */

import { type CapacityType, OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';
import { tagCharactersMax } from './limits.ts';

const accessOptions: readonly OptionSpec[] = [
  { flag: 'api-key', env: 'IBMCLOUD_API_KEY', kind: 'string', secret: true, help: 'API key' },
  {
    flag: 'iam-profile-id',
    env: 'IBMCLOUD_IAM_PROFILE_ID',
    kind: 'string',
    secret: true,
    help: 'trusted profile, used with the compute resource token when there is no API key',
  },
  {
    flag: 'cr-token-filename',
    kind: 'string',
    default: '/var/run/secrets/tokens/vault-token',
    help: 'file with the compute resource token; read anew each time',
  },
  {
    flag: 'iam-service-url',
    env: 'IBMCLOUD_IAM_ENDPOINT',
    kind: 'string',
    default: 'https://iam.cloud.ibm.com/identity/token',
    help: 'where tokens come from',
  },
  {
    flag: 'vpc-service-url',
    env: 'IBMCLOUD_VPC_ENDPOINT',
    kind: 'string',
    help: "URL of the VPC API; absent: that of the zone's region, or of the worker's",
  },
  {
    flag: 'tagging-service-url',
    env: 'IBMCLOUD_TAGGING_ENDPOINT',
    kind: 'string',
    default: 'https://tags.global-search-tagging.cloud.ibm.com',
    help: 'URL of the global tagging service',
  },
  {
    flag: 'containers-service-url',
    env: 'IBMCLOUD_CONTAINERS_ENDPOINT',
    kind: 'string',
    default: 'https://containers.cloud.ibm.com',
    help: "URL of IBM's Kubernetes service, which tells the security group of its clusters",
  },
];

const placeOptions: readonly OptionSpec[] = [
  { flag: 'resource-group-id', env: 'IBMCLOUD_RESOURCE_GROUP_ID', kind: 'string', help: "absent: the subnet's" },
  {
    flag: 'zone-name',
    env: 'IBMCLOUD_ZONE',
    kind: 'list',
    help: "zones, tried in turn when one has no room; absent: the subnets', or the worker's",
  },
  {
    flag: 'primary-subnet-id',
    env: 'IBMCLOUD_VPC_SUBNET_ID',
    kind: 'list',
    help: "subnets, one or more a zone; absent: the worker's, from its labels",
  },
  {
    flag: 'secondary-subnet-id',
    env: 'IBMCLOUD_VPC_SECONDARY_SUBNET_ID',
    kind: 'string',
    help: 'subnet of a second interface, which every pod VM then has',
  },
  {
    flag: 'secondary-security-group-id',
    env: 'IBMCLOUD_VPC_SECONDARY_SECURITY_GROUP_ID',
    kind: 'string',
    help: 'security group of the second interface',
  },
  {
    flag: 'security-group-ids',
    env: 'IBMCLOUD_SECURITY_GROUP_IDS',
    kind: 'list',
    help: "security groups; that of an IBM Kubernetes cluster is added; none: the VPC's default",
  },
  { flag: 'key-id', env: 'IBMCLOUD_SSH_KEY_ID', kind: 'string', help: 'key for SSH; absent: none' },
  { flag: 'vpc-id', env: 'IBMCLOUD_VPC_ID', kind: 'string', help: "absent: the subnet's" },
  {
    flag: 'cluster-id',
    env: 'IBMCLOUD_CLUSTER_ID',
    kind: 'string',
    help: "id of IBM's Kubernetes cluster; absent: from the config map kube-system/cluster-info, if there is one",
  },
  {
    flag: 'dedicated-host-ids',
    env: 'IBMCLOUD_DEDICATED_HOST_IDS',
    kind: 'list',
    help: 'dedicated hosts, one a zone; tried before the groups',
  },
  {
    flag: 'dedicated-host-group-ids',
    env: 'IBMCLOUD_DEDICATED_HOST_GROUP_IDS',
    kind: 'list',
    help: 'dedicated host groups, one a zone',
  },
];

const machineOptions: readonly OptionSpec[] = [
  {
    flag: 'profile-name',
    env: 'IBMCLOUD_PODVM_INSTANCE_PROFILE_NAME',
    kind: 'string',
    help: 'instance profile of pods that ask for no size (required)',
  },
  {
    flag: 'profile-list',
    env: 'IBMCLOUD_PODVM_INSTANCE_PROFILE_LIST',
    kind: 'list',
    help: 'instance profiles that pods may ask for or be sized to; absent: the default profile only',
  },
  {
    flag: 'instance-fit-one-dimension',
    env: 'PODVM_INSTANCE_FIT_ONE_DIMENSION',
    kind: 'boolean',
    default: 'false',
    help: 'size pods that ask for CPU or memory alone; false gives those the default profile',
  },
  {
    flag: 'image-id',
    env: 'IBMCLOUD_PODVM_IMAGE_ID',
    kind: 'list',
    help: "images of the pod VMs: the first of the profile's architecture is used (required)",
  },
  {
    flag: 'root-volume-size',
    env: 'ROOT_VOLUME_SIZE',
    kind: 'integer',
    default: '0',
    min: 0,
    max: 250,
    help: "size of the boot volume in GB, at least the image's; 0: the image's",
  },
  {
    flag: 'disable-cvm',
    env: 'DISABLECVM',
    kind: 'boolean',
    default: 'true',
    help: 'make ordinary VMs instead of confidential ones (Intel TDX; Secure Execution with such a profile)',
  },
  {
    flag: 'ibmcloud-capacity-types',
    env: 'IBMCLOUD_CAPACITY_TYPES',
    kind: 'list',
    default: 'on-demand',
    help: 'how VMs are paid for, in order of preference: spot, on-demand',
  },
  {
    flag: 'ibmcloud-rate-percent',
    env: 'IBMCLOUD_RATE_PERCENT',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
    help: 'part of the API rate that a whole cluster is given here; less when many workers share an account',
  },
  { flag: 'tags', env: 'TAGS', kind: 'list', help: 'tags for the pod VMs' },
];

export const options: readonly OptionSpec[] = [...accessOptions, ...placeOptions, ...machineOptions];

export interface IbmSettings {
  readonly credential:
    | { readonly kind: 'api-key'; readonly apiKey: string }
    | { readonly kind: 'trusted-profile'; readonly profileId: string; readonly tokenFile: string };
  readonly iamUrl: string;
  readonly vpcUrl: string | undefined;
  readonly taggingUrl: string;
  readonly containersUrl: string;
  readonly resourceGroupId: string | undefined;
  readonly zones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly secondarySubnetId: string | undefined;
  readonly secondarySecurityGroupId: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly keyId: string | undefined;
  readonly vpcId: string | undefined;
  readonly clusterId: string | undefined;
  readonly dedicatedHostIds: readonly string[];
  readonly dedicatedHostGroupIds: readonly string[];
  readonly defaultProfile: string;
  readonly profiles: readonly string[];
  readonly fitOneDimension: boolean;
  readonly imageIds: readonly string[];
  readonly rootVolumeGb: number;
  readonly confidential: boolean;
  readonly capacityTypes: readonly CapacityType[];
  /** Part of the rate, in (0, 1]. */
  readonly rateShare: number;
  readonly tags: readonly string[];
}

/** Throws `invalid-configuration` for what can never work. */
export function ibmSettings(values: OptionValues): IbmSettings {
  const read = new OptionReader(values);
  const profiles = read.list('profile-list');
  const dedicatedHostIds = read.list('dedicated-host-ids');
  const dedicatedHostGroupIds = read.list('dedicated-host-group-ids');
  const capacityTypes = checkedCapacityTypes(read.list('ibmcloud-capacity-types'));
  if (capacityTypes.includes('spot') && dedicatedHostIds.length + dedicatedHostGroupIds.length > 0) {
    refuse('-ibmcloud-capacity-types: dedicated hosts take no spot instances');
  }
  const imageIds = read.list('image-id');
  if (imageIds.length === 0) refuse('-image-id (IBMCLOUD_PODVM_IMAGE_ID) is required');
  return {
    credential: credentialOf(read),
    iamUrl: url('iam-service-url', read) ?? refuse('-iam-service-url is required'),
    vpcUrl: url('vpc-service-url', read),
    taggingUrl: url('tagging-service-url', read) ?? refuse('-tagging-service-url is required'),
    containersUrl: url('containers-service-url', read) ?? refuse('-containers-service-url is required'),
    resourceGroupId: read.text('resource-group-id'),
    zones: [...new Set(read.list('zone-name'))],
    subnetIds: [...new Set(read.list('primary-subnet-id'))],
    secondarySubnetId: read.text('secondary-subnet-id'),
    secondarySecurityGroupId: read.text('secondary-security-group-id'),
    securityGroupIds: [...new Set(read.list('security-group-ids'))],
    keyId: read.text('key-id'),
    vpcId: read.text('vpc-id'),
    clusterId: read.text('cluster-id'),
    dedicatedHostIds,
    dedicatedHostGroupIds,
    defaultProfile:
      read.text('profile-name') ??
      profiles[0] ??
      refuse('-profile-name (IBMCLOUD_PODVM_INSTANCE_PROFILE_NAME) is required'),
    profiles,
    fitOneDimension: read.flag('instance-fit-one-dimension'),
    imageIds: [...new Set(imageIds)],
    rootVolumeGb: read.number('root-volume-size') ?? 0,
    confidential: !read.flag('disable-cvm'),
    capacityTypes,
    rateShare: (read.number('ibmcloud-rate-percent') ?? 100) / 100,
    tags: checkedTags(read.list('tags')),
  };
}

function credentialOf(read: OptionReader): IbmSettings['credential'] {
  const apiKey = read.text('api-key');
  if (apiKey !== undefined) return { kind: 'api-key', apiKey };
  const profileId = read.text('iam-profile-id');
  const tokenFile = read.text('cr-token-filename');
  if (profileId !== undefined && tokenFile !== undefined) return { kind: 'trusted-profile', profileId, tokenFile };
  return refuse('-api-key (IBMCLOUD_API_KEY) or -iam-profile-id (IBMCLOUD_IAM_PROFILE_ID) is required');
}

function url(flag: string, read: OptionReader): string | undefined {
  const text = read.text(flag);
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    refuse(`-${flag}: ${JSON.stringify(text)} is no URL`);
  }
  return text.replace(/\/+$/, '');
}

function checkedCapacityTypes(given: readonly string[]): readonly CapacityType[] {
  const unknown = given.find((one) => one !== 'spot' && one !== 'on-demand');
  if (unknown !== undefined)
    refuse(`-ibmcloud-capacity-types: ${JSON.stringify(unknown)} is neither spot nor on-demand`);
  return given.length === 0 ? ['on-demand'] : ([...new Set(given)] as CapacityType[]);
}

function checkedTags(tags: readonly string[]): readonly string[] {
  for (const tag of tags) {
    const named = `-tags: ${JSON.stringify(tag)}`;
    if (tag.length > tagCharactersMax) refuse(`${named}: a tag has at most ${tagCharactersMax} characters`);
    if (!/^[A-Za-z0-9_. -]+(:[A-Za-z0-9_. -]+)?$/.test(tag)) {
      refuse(`${named}: a tag is LABEL or KEY:VALUE of letters, digits and "_ - ." and space`);
    }
    if (/^peerpods-/i.test(tag)) refuse(`${named}: this tag is ours`);
  }
  return tags;
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
