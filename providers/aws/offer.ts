/** What the settings' types, images and subnets are, as EC2 describes them; read rarely and kept for a while. */

import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import {
  type Architecture,
  type Clock,
  type InstanceType,
  isProviderError,
  ProviderError,
  SingleFlight,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import type { AwsSettings } from './options.ts';

export interface ImageFacts {
  readonly id: string;
  readonly state: string;
  readonly architecture: Architecture | undefined;
  /** `uefi`, `uefi-preferred`, `legacy-bios`; absent: the instance type's default. */
  readonly bootMode: string | undefined;
  /** Absent: the root is no EBS volume, so its size cannot be set. */
  readonly root: { readonly device: string; readonly sizeGiB: number } | undefined;
}

export interface SubnetFacts {
  readonly id: string;
  readonly zone: string;
  readonly vpc: string;
  readonly freeAddresses: number;
}

const keptMs = 300_000;
const typesPerCall = 100;

const architectures: Readonly<Record<string, Architecture>> = { x86_64: 'x86_64', arm64: 'aarch64' };

/** Types and images do not change under us; five minutes bound how long a mistake stays. */
class Kept<T> {
  readonly #clock: Clock;
  readonly #read: (key: string, signal: AbortSignal) => Promise<T>;
  readonly #entries = new Map<string, { readonly value: T; readonly at: number }>();
  readonly #reading = new SingleFlight<T>();

  constructor(clock: Clock, read: (key: string, signal: AbortSignal) => Promise<T>) {
    this.#clock = clock;
    this.#read = read;
  }

  async get(key: string, signal: AbortSignal): Promise<T> {
    const found = this.#entries.get(key);
    if (found && this.#clock.now() - found.at < keptMs) return found.value;
    // Pods come in bursts, and the first of them find nothing kept.
    const value = await this.#reading.run(key, (work) => this.#read(key, work), signal);
    if (this.#entries.size >= 1000) this.#entries.clear();
    this.#entries.set(key, { value, at: this.#clock.now() });
    return value;
  }
}

export class Offer {
  readonly #ec2: Ec2;
  readonly #settings: AwsSettings;
  readonly #images: Kept<ImageFacts>;
  readonly #types: Kept<readonly InstanceType[]>;
  readonly #subnets: Kept<SubnetFacts>;
  readonly #templates: Kept<string | undefined>;

  constructor(ec2: Ec2, settings: AwsSettings, clock: Clock) {
    this.#ec2 = ec2;
    this.#settings = settings;
    this.#images = new Kept(clock, (id, signal) => this.#readImage(id, signal));
    this.#types = new Kept(clock, (_key, signal) => this.#readTypes(signal));
    this.#subnets = new Kept(clock, (id, signal) => this.#readSubnet(id, signal));
    this.#templates = new Kept(clock, (name, signal) => this.#readTemplateImage(name, signal));
  }

  /** In the settings' order; without a list of types, the default type alone. Throws when EC2 does not know one. */
  types(signal: AbortSignal): Promise<readonly InstanceType[]> {
    return this.#types.get('', signal);
  }

  image(id: string, signal: AbortSignal): Promise<ImageFacts> {
    return this.#images.get(id, signal);
  }

  subnet(id: string, signal: AbortSignal): Promise<SubnetFacts> {
    return this.#subnets.get(id, signal);
  }

  /** The image of a launch template's default version; undefined when it has none of its own, or one by parameter. */
  templateImage(name: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#templates.get(name, signal);
  }

  async #readTypes(signal: AbortSignal): Promise<readonly InstanceType[]> {
    const { types, defaultType } = this.#settings;
    const names = [...new Set(types.length > 0 ? types : [defaultType])];
    const infos = new Map<string, InstanceTypeInfo>();
    for (let at = 0; at < names.length; at += typesPerCall) {
      const InstanceTypes = names.slice(at, at + typesPerCall) as NonNullable<InstanceTypeInfo['InstanceType']>[];
      const answer = await this.#ec2.call('DescribeInstanceTypes', { InstanceTypes }, { signal });
      for (const info of answer.InstanceTypes ?? []) infos.set(info.InstanceType ?? '', info);
    }
    return names.map((name) => {
      const info = infos.get(name);
      if (!info) throw new ProviderError('invalid-configuration', `instance type ${name} does not exist here`);
      return instanceTypeOf(name, info);
    });
  }

  async #readImage(id: string, signal: AbortSignal): Promise<ImageFacts> {
    const { Images } = await this.#ec2.call('DescribeImages', { ImageIds: [id] }, { signal });
    const image = Images?.[0];
    if (!image) throw new ProviderError('invalid-configuration', `image ${id} does not exist here`);
    // By the root's name: the first mapping may be another disk.
    const mapping = image.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === image.RootDeviceName);
    const root =
      image.RootDeviceName !== undefined && mapping?.Ebs
        ? { device: image.RootDeviceName, sizeGiB: mapping.Ebs.VolumeSize ?? 0 }
        : undefined;
    const { State: state = 'unknown', BootMode: bootMode } = image;
    return { id, state, bootMode, root, architecture: architectures[image.Architecture ?? ''] };
  }

  async #readSubnet(id: string, signal: AbortSignal): Promise<SubnetFacts> {
    const { Subnets } = await this.#ec2.call('DescribeSubnets', { SubnetIds: [id] }, { signal });
    const subnet = Subnets?.[0];
    if (!subnet) throw new ProviderError('invalid-configuration', `subnet ${id} does not exist here`);
    const { AvailabilityZone: zone = '', VpcId: vpc = '', AvailableIpAddressCount: freeAddresses = 0 } = subnet;
    return { id, zone, vpc, freeAddresses };
  }

  async #readTemplateImage(LaunchTemplateName: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const input = { LaunchTemplateName, Versions: ['$Default'] };
      const { LaunchTemplateVersions } = await this.#ec2.call('DescribeLaunchTemplateVersions', input, { signal });
      const image = LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId;
      return image?.startsWith('ami-') ? image : undefined;
    } catch (error) {
      // The policies of older deployments do not allow this look; then the image of the settings stands in.
      if (isProviderError(error, 'auth')) return undefined;
      throw error;
    }
  }
}

export function instanceTypeOf(name: string, info: InstanceTypeInfo): InstanceType {
  const gpus = info.GpuInfo?.Gpus ?? [];
  const architecture = (info.ProcessorInfo?.SupportedArchitectures ?? [])
    .map((one) => architectures[one])
    .find((one) => one !== undefined);
  const gpuModel = gpus[0]?.Name;
  return {
    name,
    vcpus: info.VCpuInfo?.DefaultVCpus ?? 0,
    memoryMiB: info.MemoryInfo?.SizeInMiB ?? 0,
    gpus: gpus.reduce((sum, { Count = 0 }) => sum + Count, 0),
    confidential: info.ProcessorInfo?.SupportedFeatures?.includes('amd-sev-snp') ? ['sev-snp'] : [],
    ...(gpuModel !== undefined && { gpuModel }),
    ...(architecture !== undefined && { architecture }),
  };
}
