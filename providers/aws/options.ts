/** The settings of provider aws: names, variables and defaults as existing deployments know them, and a few more. */

import { type CapacityType, OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';

export const options: readonly OptionSpec[] = [
  { flag: 'aws-access-key-id', env: 'AWS_ACCESS_KEY_ID', kind: 'string', secret: true, help: 'access key' },
  {
    flag: 'aws-secret-key',
    env: 'AWS_SECRET_ACCESS_KEY',
    kind: 'string',
    secret: true,
    help: 'secret of the access key',
  },
  {
    flag: 'aws-session-token',
    env: 'AWS_SESSION_TOKEN',
    kind: 'string',
    secret: true,
    help: 'session token, for temporary access keys',
  },
  { flag: 'aws-region', env: 'AWS_REGION', kind: 'string', help: "region; absent: the worker's, from its metadata" },
  { flag: 'aws-profile', kind: 'string', help: 'profile of the shared AWS configuration files' },
  {
    flag: 'aws-endpoint',
    env: 'AWS_ENDPOINT_URL_EC2',
    kind: 'string',
    help: "URL of the EC2 API; absent: the region's public endpoint",
  },
  {
    flag: 'aws-metadata-endpoint',
    env: 'AWS_EC2_METADATA_SERVICE_ENDPOINT',
    kind: 'string',
    default: 'http://169.254.169.254',
    help: "URL of the worker's instance metadata, which fills in absent settings; empty: never asked",
  },
  {
    flag: 'instance-type',
    env: 'PODVM_INSTANCE_TYPE',
    kind: 'string',
    default: 'm6a.large',
    help: 'instance type of pods that ask for no size',
  },
  {
    flag: 'instance-types',
    env: 'PODVM_INSTANCE_TYPES',
    kind: 'list',
    help: 'instance types that pods may ask for or be sized to; absent: the default type only',
  },
  {
    flag: 'instance-fit-one-dimension',
    env: 'PODVM_INSTANCE_FIT_ONE_DIMENSION',
    kind: 'boolean',
    default: 'false',
    help: 'size pods that ask for CPU or memory alone; false gives those the default type',
  },
  { flag: 'imageid', env: 'PODVM_AMI_ID', kind: 'string', help: 'AMI of the pod VMs (required)' },
  {
    flag: 'subnetid',
    env: 'AWS_SUBNET_ID',
    kind: 'list',
    help: "subnets, tried in turn when one has no room; absent: the worker's, from its metadata",
  },
  {
    flag: 'securitygroupids',
    env: 'AWS_SG_IDS',
    kind: 'list',
    help: "security groups; absent: the worker's, from its metadata",
  },
  {
    flag: 'keyname',
    env: 'SSH_KP_NAME',
    kind: 'string',
    help: "key pair for SSH; absent: the worker's, from its metadata, if it has one",
  },
  {
    flag: 'use-lt',
    env: 'USE_PODVM_LAUNCHTEMPLATE',
    kind: 'boolean',
    default: 'false',
    help: 'take image, type, subnet and security groups from a launch template; pods cannot choose theirs then',
  },
  {
    flag: 'aws-lt-name',
    env: 'PODVM_LAUNCHTEMPLATE_NAME',
    kind: 'string',
    default: 'kata',
    help: 'name of the launch template',
  },
  {
    flag: 'use-public-ip',
    env: 'USE_PUBLIC_IP',
    kind: 'boolean',
    default: 'false',
    help: 'reach pod VMs by public addresses',
  },
  {
    flag: 'root-volume-size',
    env: 'ROOT_VOLUME_SIZE',
    kind: 'integer',
    default: '30',
    min: 0,
    max: 65_536,
    help: "size of the root volume in GiB, at least the image's; 0: the image's",
  },
  {
    flag: 'disable-cvm',
    env: 'DISABLECVM',
    kind: 'boolean',
    default: 'false',
    help: 'make ordinary VMs instead of confidential ones (AMD SEV-SNP)',
  },
  {
    flag: 'aws-capacity-types',
    env: 'AWS_CAPACITY_TYPES',
    kind: 'list',
    default: 'on-demand',
    help: 'how VMs are paid for, in order of preference: spot, on-demand',
  },
  {
    flag: 'aws-rate-percent',
    env: 'AWS_RATE_PERCENT',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
    help: "part of the account's default API rate limits that this worker uses; less when many workers share an account",
  },
  { flag: 'tags', env: 'TAGS', kind: 'key-value', help: 'tags for everything that is made' },
];

export interface AwsSettings {
  readonly credentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly metadataEndpoint: string | undefined;
  readonly defaultType: string;
  readonly types: readonly string[];
  readonly fitOneDimension: boolean;
  readonly imageId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly keyName: string | undefined;
  /** Absent: none is used. */
  readonly launchTemplate: string | undefined;
  readonly publicAddress: boolean;
  readonly rootVolumeGiB: number;
  readonly confidential: boolean;
  readonly capacityTypes: readonly CapacityType[];
  /** Part of the account's rate limits, in (0, 1]. */
  readonly rateShare: number;
  readonly tags: Readonly<Record<string, string>>;
}

const capacityTypesKnown: readonly string[] = ['spot', 'on-demand'] satisfies readonly CapacityType[];
/** EC2 takes 50 on a resource; the owner's and the name need some. */
const tagsMax = 40;

/** Throws `invalid-configuration` for what can never work. */
export function awsSettings(values: OptionValues): AwsSettings {
  const read = new OptionReader(values);
  const accessKeyId = read.text('aws-access-key-id');
  const secretAccessKey = read.text('aws-secret-key');
  const sessionToken = read.text('aws-session-token');
  return {
    credentials:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
        : undefined,
    profile: read.text('aws-profile'),
    region: read.text('aws-region'),
    endpoint: read.text('aws-endpoint'),
    metadataEndpoint: read.text('aws-metadata-endpoint'),
    defaultType: read.text('instance-type') ?? 'm6a.large',
    types: read.list('instance-types'),
    fitOneDimension: read.flag('instance-fit-one-dimension'),
    imageId: read.text('imageid') ?? refuse('-imageid (PODVM_AMI_ID) is required'),
    subnetIds: read.list('subnetid'),
    securityGroupIds: read.list('securitygroupids'),
    keyName: read.text('keyname'),
    launchTemplate: read.flag('use-lt') ? read.text('aws-lt-name') : undefined,
    publicAddress: read.flag('use-public-ip'),
    rootVolumeGiB: read.number('root-volume-size') ?? 30,
    confidential: !read.flag('disable-cvm'),
    capacityTypes: capacityTypes(read.list('aws-capacity-types')),
    rateShare: (read.number('aws-rate-percent') ?? 100) / 100,
    tags: checkedTags(read.pairs('tags')),
  };
}

function capacityTypes(given: readonly string[]): readonly CapacityType[] {
  const unknown = given.find((one) => !capacityTypesKnown.includes(one));
  if (unknown !== undefined) refuse(`-aws-capacity-types: ${JSON.stringify(unknown)} is neither spot nor on-demand`);
  return given.length === 0 ? ['on-demand'] : ([...new Set(given)] as CapacityType[]);
}

function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(tags);
  if (entries.length > tagsMax) refuse(`-tags: ${entries.length} tags, at most ${tagsMax} fit beside our own`);
  for (const [key, value] of entries) {
    const named = `-tags: ${JSON.stringify(key)}`;
    if (key === '' || key.length > 128) refuse(`${named}: a key has 1 to 128 characters`);
    if (value.length > 256) refuse(`${named}: a value has at most 256 characters`);
    if (/^aws:/i.test(key)) refuse(`${named}: keys that begin with aws: are reserved`);
    if (/^peerpods-/i.test(key) || key === 'Name') refuse(`${named}: this key is ours`);
  }
  return tags;
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
