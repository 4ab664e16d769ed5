/** Verify mode: every credential and resource that the settings name is looked at, and what is wrong is named. */

import { asProviderError, ProviderError, type ProviderErrorCode, throwIfAborted } from '@peerpods/provider';
import type { IbmSettings } from './options.ts';
import type { Place, Places } from './place.ts';
import type { Profiles } from './profiles.ts';
import type { Vpc } from './vpc.ts';
import type { VpcApi } from './vpc-api.ts';

export interface VerificationOptions {
  readonly vpc: Vpc;
  readonly settings: IbmSettings;
  readonly places: Places;
  readonly profiles: Profiles;
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
    const { vpc, places } = this.#options;
    // Alone first: without a token or an address everything else would fail with the same words.
    await vpc.call('list instances', 'read', (api, ending) => api.instancePage({}, undefined, ending), signal);
    const checks: Readonly<Record<string, Check>> = {
      place: async (ending) => this.#images(await places.place(ending), ending),
      'security groups': (ending) => this.#securityGroups(ending),
      profiles: (ending) => this.#profiles(ending),
      'SSH key': (ending) => this.#key(ending),
      VPC: (ending) => this.#vpc(ending),
      'second interface': (ending) => this.#second(ending),
    };
    const found = await Promise.all(Object.entries(checks).map(([what, check]) => problemsOf(what, check, signal)));
    throwIfAborted(signal);
    const [first, ...others] = found.flat();
    if (!first) return;
    throw new ProviderError(first.code, [first, ...others].map(({ text }) => text).join('; '));
  }

  async #images({ images }: Place, signal: AbortSignal): Promise<readonly Problem[]> {
    const { imageIds } = this.#options.settings;
    const missing = imageIds.filter((id) => !images.some((image) => image.id === id));
    const found = await Promise.all(
      images.map(async ({ id }) => {
        const image = await this.#read('get image', (api, ending) => api.image(id, ending), signal);
        const sound = image?.status === 'available' || image?.status === 'deprecated';
        return sound ? [] : [invalid(`-image-id: image ${id} is ${image?.status ?? 'gone'}`)];
      }),
    );
    return [...missing.map((id) => invalid(`-image-id: there is no image ${id}`)), ...found.flat()];
  }

  async #securityGroups(signal: AbortSignal): Promise<readonly Problem[]> {
    const { securityGroupIds, secondarySecurityGroupId } = this.#options.settings;
    const ids = [...securityGroupIds, ...(secondarySecurityGroupId === undefined ? [] : [secondarySecurityGroupId])];
    const found = await Promise.all(
      ids.map(async (id) => {
        const group = await this.#read('get security group', (api, ending) => api.securityGroup(id, ending), signal);
        return group ? [] : [invalid(`there is no security group ${id}`)];
      }),
    );
    return found.flat();
  }

  async #profiles(signal: AbortSignal): Promise<readonly Problem[]> {
    const { settings, profiles } = this.#options;
    const table = await profiles.table(signal);
    return [...new Set([settings.defaultProfile, ...settings.profiles])].flatMap((name) => {
      const type = table.get(name);
      if (!type) return [invalid(`there is no instance profile ${name}`)];
      const plain = settings.confidential && type.confidential?.length === 0;
      return plain ? [invalid(`profile ${name} makes no confidential VMs; see -disable-cvm`)] : [];
    });
  }

  async #key(signal: AbortSignal): Promise<readonly Problem[]> {
    const { keyId } = this.#options.settings;
    if (keyId === undefined) return [];
    const key = await this.#read('get key', (api, ending) => api.key(keyId, ending), signal);
    return key ? [] : [invalid(`-key-id: there is no key ${keyId}`)];
  }

  async #vpc(signal: AbortSignal): Promise<readonly Problem[]> {
    const { vpcId } = this.#options.settings;
    if (vpcId === undefined) return [];
    const vpc = await this.#read('get VPC', (api, ending) => api.vpc(vpcId, ending), signal);
    return vpc ? [] : [invalid(`-vpc-id: there is no VPC ${vpcId}`)];
  }

  async #second(signal: AbortSignal): Promise<readonly Problem[]> {
    const { secondarySubnetId } = this.#options.settings;
    if (secondarySubnetId === undefined) return [];
    const subnet = await this.#read('get subnet', (api, ending) => api.subnet(secondarySubnetId, ending), signal);
    return subnet ? [] : [invalid(`-secondary-subnet-id: there is no subnet ${secondarySubnetId}`)];
  }

  #read<T>(name: string, attempt: (api: VpcApi, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#options.vpc.call(name, 'read', attempt, signal);
  }
}

async function problemsOf(what: string, check: Check, signal: AbortSignal): Promise<readonly Problem[]> {
  try {
    return await check(signal);
  } catch (cause) {
    throwIfAborted(signal);
    const { code, message } = asProviderError(cause, what);
    return [{ code, text: message }];
  }
}

function invalid(text: string): Problem {
  return { code: 'invalid-configuration', text };
}
