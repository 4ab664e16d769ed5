/** Verify mode: every credential and resource that the settings name is looked at, and what is wrong is named. */

import {
  asProviderError,
  isProviderError,
  type PodVmSpec,
  ProviderError,
  type ProviderErrorCode,
  throwIfAborted,
} from '@peerpods/provider';
import type { Arm } from './arm.ts';
import type { ArmApi } from './arm-api.ts';
import { parseImageId, parseSubnetId, parseTypedId, sameText } from './arm-id.ts';
import type { AzureSettings } from './options.ts';
import type { Sizes } from './sizes.ts';

export interface VerificationOptions {
  readonly arm: Arm;
  readonly settings: AzureSettings;
  readonly sizes: Sizes;
}

interface Problem {
  readonly code: ProviderErrorCode;
  readonly text: string;
}

type Check = (signal: AbortSignal) => Promise<readonly Problem[]>;

export class Verification {
  readonly #options: VerificationOptions;

  constructor(options: VerificationOptions) {
    this.#options = options;
  }

  /** Looks at everything before it throws, so that one start tells all that is wrong. */
  async run(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    // Alone first: without an identity or a group everything else would fail with the same words.
    const first = await this.#problems(
      `resource group ${this.#options.settings.resourceGroup}`,
      (ending) => this.#group(ending),
      signal,
    );
    if (first.length > 0) throw combined(first);
    const checks: Readonly<Record<string, Check>> = {
      subnet: (ending) => this.#subnet(ending),
      'security group': (ending) => this.#securityGroup(ending),
      image: (ending) => this.#image(ending),
      'VM sizes': (ending) => this.#sizes(ending),
    };
    const found = await Promise.all(Object.entries(checks).map(([what, check]) => this.#problems(what, check, signal)));
    throwIfAborted(signal);
    if (found.flat().length > 0) throw combined(found.flat());
  }

  async #problems(what: string, check: Check, signal: AbortSignal): Promise<readonly Problem[]> {
    try {
      return await check(signal);
    } catch (cause) {
      throwIfAborted(signal);
      const { code, message } = asProviderError(cause, what);
      return [{ code, text: `${what}: ${message}` }];
    }
  }

  /** Also whether we may read VMs at all. Whether we may make them shows only when one is made. */
  async #group(signal: AbortSignal): Promise<readonly Problem[]> {
    const { resourceGroup } = this.#options.settings;
    await this.#read('list virtual machines', (api, ending) => api.vms.page(resourceGroup, undefined, ending), signal);
    return [];
  }

  async #subnet(signal: AbortSignal): Promise<readonly Problem[]> {
    const { subnetId } = this.#options.settings;
    const id = parseSubnetId(subnetId);
    const subnet = id && (await this.#read('get subnet', (api, ending) => api.subnet(id, ending), signal));
    return subnet ? [] : [invalid(`-subnetid: there is no subnet ${subnetId}`)];
  }

  async #securityGroup(signal: AbortSignal): Promise<readonly Problem[]> {
    const { securityGroupId, region } = this.#options.settings;
    if (securityGroupId === undefined) return [];
    const id = parseTypedId(securityGroupId, 'Microsoft.Network', 'networkSecurityGroups');
    const group =
      id && (await this.#read('get security group', (api, ending) => api.securityGroup(id, ending), signal));
    if (!group) return [invalid(`-securitygroupid: there is no network security group ${securityGroupId}`)];
    return sameText(group.location, region)
      ? []
      : [invalid(`-securitygroupid: it is in ${group.location}, not in ${region}`)];
  }

  async #image(signal: AbortSignal): Promise<readonly Problem[]> {
    const { imageId, region, confidential } = this.#options.settings;
    const id = parseImageId(imageId);
    if (!id)
      return [invalid(`-imageid: ${imageId} is neither an image, a gallery image nor a community gallery image`)];
    const facts = await this.#read('get image', (api, ending) => api.image(id, region, ending), signal);
    if (!facts) return [invalid(`-imageid: there is no image ${imageId}`)];
    const { provisioningState, regions, generation, security } = facts;
    const problems: Problem[] = [];
    if (provisioningState !== undefined && provisioningState !== 'Succeeded') {
      problems.push(invalid(`-imageid: the image is ${provisioningState.toLowerCase()}`));
    }
    if (regions?.every((one) => !sameText(one.replaceAll(' ', ''), region))) {
      problems.push(invalid(`-imageid: the image is in ${regions.join(', ')}, not in ${region}`));
    }
    if (confidential && generation === 'V1') {
      problems.push(invalid('-imageid: confidential VMs need an image of generation 2; see -disable-cvm'));
    }
    if (confidential && id.kind !== 'image' && !/confidential/i.test(security ?? '')) {
      problems.push(
        invalid('-imageid: the image definition does not say that it is for confidential VMs; see -disable-cvm'),
      );
    }
    return problems;
  }

  async #sizes(signal: AbortSignal): Promise<readonly Problem[]> {
    const { sizes, settings } = this.#options;
    const { defaultSize, region, confidential, zones } = settings;
    const table = await sizes.table(signal);
    // Not everybody may read quotas, and nobody needs to.
    const quotas = await this.#quotas(signal).catch(onlyAuth);
    const problems: Problem[] = [];
    for (const name of new Set([defaultSize, ...settings.sizes])) {
      const facts = table.get(name);
      if (!facts) {
        problems.push(invalid(`there is no VM size ${name} in ${region}`));
        continue;
      }
      const { restriction, family, type } = facts;
      if (restriction !== undefined) {
        problems.push({
          code: 'no-capacity',
          text: `VM size ${name} is not offered to this subscription: ${restriction}`,
        });
      }
      if (confidential && type.confidential?.length === 0) {
        problems.push(invalid(`VM size ${name} makes no confidential VMs; see -disable-cvm`));
      }
      const closed = zones.filter((zone) => !facts.zones.includes(zone));
      if (closed.length > 0) problems.push(invalid(`VM size ${name} is not offered in zone ${closed.join(', ')}`));
      const limit = quotas.get(family.toLowerCase());
      if (limit !== undefined && limit < type.vcpus) {
        problems.push({
          code: 'quota',
          text: `VM size ${name} has ${type.vcpus} vCPUs, the quota of ${family} is ${limit}`,
        });
      }
    }
    return problems;
  }

  /** vCPUs allowed at all by family; how many are taken changes too fast to say. */
  async #quotas(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { region } = this.#options.settings;
    const limits = new Map<string, number>();
    let next: string | undefined;
    do {
      const token = next;
      const page = await this.#read('list usage', (api, ending) => api.usagePage(region, token, ending), signal);
      for (const { name, limit } of page.items) if (name?.value) limits.set(name.value.toLowerCase(), limit);
      next = page.next;
    } while (next !== undefined);
    return limits;
  }

  #read<T>(name: string, attempt: (api: ArmApi, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#options.arm.call(name, 'read', attempt, signal);
  }
}

/** An image that a pod names itself: only its form can be checked without a call. */
export function checkImage({ image }: Pick<PodVmSpec, 'image'>): void {
  if (image !== undefined && image !== '' && !parseImageId(image)) {
    throw new ProviderError('invalid-configuration', `image ${image} is no resource id of an image`);
  }
}

function onlyAuth(error: unknown): ReadonlyMap<string, number> {
  if (isProviderError(error, 'auth')) return new Map();
  throw error;
}

function invalid(text: string): Problem {
  return { code: 'invalid-configuration', text };
}

function combined(problems: readonly Problem[]): ProviderError {
  const [first = invalid('')] = problems;
  return new ProviderError(first.code, problems.map(({ text }) => text).join('; '));
}
