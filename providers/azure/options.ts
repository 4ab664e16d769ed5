/** The settings of provider azure: names, variables and defaults as existing deployments know them, and a few more. */

import { type CapacityType, OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';
import { parseSubnetId, parseTypedId } from './arm-id.ts';
import { tagKeyCharactersMax, tagsMax, tagValueCharactersMax } from './limits.ts';

const credentialOptions: readonly OptionSpec[] = [
  { flag: 'tenantid', env: 'AZURE_TENANT_ID', kind: 'string', secret: true, help: 'tenant of the identity' },
  {
    flag: 'clientid',
    env: 'AZURE_CLIENT_ID',
    kind: 'string',
    secret: true,
    help: 'client id of the service principal or managed identity',
  },
  {
    flag: 'secret',
    env: 'AZURE_CLIENT_SECRET',
    kind: 'string',
    secret: true,
    help: 'client secret; absent: workload identity if there is a token file, else managed identity',
  },
  {
    flag: 'azure-federated-token-file',
    env: 'AZURE_FEDERATED_TOKEN_FILE',
    kind: 'string',
    help: 'file with the projected service account token of workload identity; read anew each time',
  },
  {
    flag: 'azure-authority-host',
    env: 'AZURE_AUTHORITY_HOST',
    kind: 'string',
    default: 'https://login.microsoftonline.com',
    help: 'where tokens come from; another one in national clouds',
  },
  {
    flag: 'azure-resource-manager',
    env: 'AZURE_RESOURCE_MANAGER_ENDPOINT',
    kind: 'string',
    default: 'https://management.azure.com',
    help: 'URL of Azure Resource Manager; another one in national clouds',
  },
];

const placeOptions: readonly OptionSpec[] = [
  { flag: 'subscriptionid', env: 'AZURE_SUBSCRIPTION_ID', kind: 'string', help: 'subscription (required)' },
  { flag: 'region', env: 'AZURE_REGION', kind: 'string', help: 'region (required)' },
  {
    flag: 'zone',
    env: 'AZURE_ZONES',
    kind: 'list',
    help: 'availability zones, tried in turn when one has no room; absent: wherever Azure puts the VM',
  },
  { flag: 'resourcegroup', env: 'AZURE_RESOURCE_GROUP', kind: 'string', help: 'resource group (required)' },
  { flag: 'subnetid', env: 'AZURE_SUBNET_ID', kind: 'string', help: 'resource id of the subnet (required)' },
  { flag: 'securitygroupid', env: 'AZURE_NSG_ID', kind: 'string', help: 'resource id of a network security group' },
  {
    flag: 'use-public-ip',
    env: 'USE_PUBLIC_IP',
    kind: 'boolean',
    default: 'false',
    help: 'reach pod VMs by public addresses',
  },
];

const machineOptions: readonly OptionSpec[] = [
  {
    flag: 'instance-size',
    env: 'AZURE_INSTANCE_SIZE',
    kind: 'string',
    default: 'Standard_DC2as_v5',
    help: 'VM size of pods that ask for no size',
  },
  {
    flag: 'instance-sizes',
    env: 'AZURE_INSTANCE_SIZES',
    kind: 'list',
    help: 'VM sizes that pods may ask for or be sized to; absent: the default size only',
  },
  {
    flag: 'instance-fit-one-dimension',
    env: 'PODVM_INSTANCE_FIT_ONE_DIMENSION',
    kind: 'boolean',
    default: 'false',
    help: 'size pods that ask for CPU or memory alone; false gives those the default size',
  },
  {
    flag: 'imageid',
    env: 'AZURE_IMAGE_ID',
    kind: 'string',
    help: 'image of the pod VMs: resource id of an image or gallery version, or a /CommunityGalleries/ id (required)',
  },
  {
    flag: 'ssh-key-path',
    kind: 'string',
    help: 'public key for SSH, in OpenSSH form, mode 0600; absent: a key that nobody has',
  },
  { flag: 'ssh-username', env: 'SSH_USERNAME', kind: 'string', default: 'peerpod', help: 'user of that key' },
  {
    flag: 'disable-cvm',
    env: 'DISABLECVM',
    kind: 'boolean',
    default: 'false',
    help: 'make ordinary VMs instead of confidential ones (SEV-SNP or TDX, as the size has it)',
  },
  {
    flag: 'enable-secure-boot',
    env: 'ENABLE_SECURE_BOOT',
    kind: 'boolean',
    default: 'false',
    help: 'UEFI secure boot of confidential VMs',
  },
  {
    flag: 'root-volume-size',
    env: 'ROOT_VOLUME_SIZE',
    kind: 'integer',
    default: '0',
    min: 0,
    max: 4095,
    help: "size of the OS disk in GiB, at least the image's; 0: the image's",
  },
  {
    flag: 'azure-capacity-types',
    env: 'AZURE_CAPACITY_TYPES',
    kind: 'list',
    default: 'on-demand',
    help: 'how VMs are paid for, in order of preference: spot, on-demand',
  },
  {
    flag: 'azure-rate-percent',
    env: 'AZURE_RATE_PERCENT',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
    help: "part of the principal's API rate limits that this worker uses; less when many workers share a principal",
  },
  { flag: 'tags', env: 'TAGS', kind: 'key-value', help: 'tags for everything that is made' },
];

export const options: readonly OptionSpec[] = [...credentialOptions, ...placeOptions, ...machineOptions];

export interface AzureSettings {
  readonly credential: CredentialSettings;
  readonly resourceManager: string;
  readonly subscription: string;
  readonly region: string;
  /** Empty: no zone is asked for. */
  readonly zones: readonly string[];
  readonly resourceGroup: string;
  readonly subnetId: string;
  readonly securityGroupId: string | undefined;
  readonly publicAddress: boolean;
  readonly defaultSize: string;
  readonly sizes: readonly string[];
  readonly fitOneDimension: boolean;
  readonly imageId: string;
  readonly sshKeyPath: string | undefined;
  readonly sshUser: string;
  readonly confidential: boolean;
  readonly secureBoot: boolean;
  readonly rootVolumeGiB: number;
  readonly capacityTypes: readonly CapacityType[];
  /** Part of the principal's rate limits, in (0, 1]. */
  readonly rateShare: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface CredentialSettings {
  readonly tenant: string | undefined;
  readonly client: string | undefined;
  readonly secret: string | undefined;
  readonly tokenFile: string | undefined;
  readonly authorityHost: string;
}

/** Throws `invalid-configuration` for what can never work. */
export function azureSettings(values: OptionValues): AzureSettings {
  const read = new OptionReader(values);
  const required = (flag: string) =>
    read.text(flag) ?? refuse(`-${flag} (${options.find((one) => one.flag === flag)?.env}) is required`);
  return {
    credential: {
      tenant: read.text('tenantid'),
      client: read.text('clientid'),
      secret: read.text('secret'),
      tokenFile: read.text('azure-federated-token-file'),
      authorityHost: httpsUrl('azure-authority-host', read.text('azure-authority-host')),
    },
    resourceManager: httpsUrl('azure-resource-manager', read.text('azure-resource-manager')),
    subscription: required('subscriptionid'),
    region: required('region').replaceAll(' ', '').toLowerCase(),
    zones: [...new Set(read.list('zone'))],
    resourceGroup: required('resourcegroup'),
    subnetId: checkedSubnet(required('subnetid')),
    securityGroupId: checkedSecurityGroup(read.text('securitygroupid')),
    publicAddress: read.flag('use-public-ip'),
    defaultSize: read.text('instance-size') ?? 'Standard_DC2as_v5',
    sizes: read.list('instance-sizes'),
    fitOneDimension: read.flag('instance-fit-one-dimension'),
    imageId: required('imageid'),
    sshKeyPath: read.text('ssh-key-path'),
    sshUser: read.text('ssh-username') ?? 'peerpod',
    confidential: !read.flag('disable-cvm'),
    secureBoot: read.flag('enable-secure-boot'),
    rootVolumeGiB: read.number('root-volume-size') ?? 0,
    capacityTypes: capacityTypes(read.list('azure-capacity-types')),
    rateShare: (read.number('azure-rate-percent') ?? 100) / 100,
    tags: checkedTags(read.pairs('tags')),
  };
}

/** The SDK sends no token over plain HTTP; say so at the start, not at the first call. */
function httpsUrl(flag: string, text: string | undefined): string {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined;
  if (url?.protocol !== 'https:') refuse(`-${flag}: ${JSON.stringify(text ?? '')} is no https URL`);
  return url.href.replace(/\/+$/, '');
}

function checkedSubnet(id: string): string {
  if (!parseSubnetId(id)) refuse(`-subnetid: ${JSON.stringify(id)} is no resource id of a subnet`);
  return id;
}

function checkedSecurityGroup(id: string | undefined): string | undefined {
  if (id !== undefined && !parseTypedId(id, 'Microsoft.Network', 'networkSecurityGroups')) {
    refuse(`-securitygroupid: ${JSON.stringify(id)} is no resource id of a network security group`);
  }
  return id;
}

function capacityTypes(given: readonly string[]): readonly CapacityType[] {
  const unknown = given.find((one) => one !== 'spot' && one !== 'on-demand');
  if (unknown !== undefined) refuse(`-azure-capacity-types: ${JSON.stringify(unknown)} is neither spot nor on-demand`);
  return given.length === 0 ? ['on-demand'] : ([...new Set(given)] as CapacityType[]);
}

/** Names of tags are compared without case, so a name of ours in other letters would overwrite ours. */
function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(tags);
  if (entries.length > tagsMax - 10) refuse(`-tags: ${entries.length} tags, at most ${tagsMax - 10} fit beside ours`);
  for (const [key, value] of entries) {
    const named = `-tags: ${JSON.stringify(key)}`;
    if (key === '' || key.length > tagKeyCharactersMax)
      refuse(`${named}: a name has 1 to ${tagKeyCharactersMax} characters`);
    if (/[<>%&\\?/]/.test(key)) refuse(`${named}: a name has none of < > % & \\ ? /`);
    if (value.length > tagValueCharactersMax)
      refuse(`${named}: a value has at most ${tagValueCharactersMax} characters`);
    if (/^(peerpods-|microsoft|azure|windows)/i.test(key)) refuse(`${named}: this name is reserved`);
  }
  return tags;
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
