/** Instance profiles of the settings, as the cloud describes them; and where a pod VM of a size may go. */

import {
  type CapacityType,
  type Clock,
  type ConfidentialTechnology,
  candidateTypes,
  type InstanceType,
  type Offering,
  offeringsOf,
  ProviderError,
  type ProviderLog,
  SingleFlight,
  type Sizing,
} from '@peerpods/provider';
import { architectureOf } from './place.ts';
import type { Vpc } from './vpc.ts';
import type { Amount, Profile } from './vpc-types.ts';

export interface ProfilesOptions {
  readonly vpc: Vpc;
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: ProviderLog;
}

export type ProfileTable = ReadonlyMap<string, InstanceType>;

const freshMs = 3_600_000;

export class Profiles {
  readonly #options: ProfilesOptions;
  readonly #flight = new SingleFlight<ProfileTable>();
  #known: { readonly table: ProfileTable; readonly at: number } | undefined;

  constructor(options: ProfilesOptions) {
    this.#options = options;
  }

  /** In the order of the settings; a profile that does not exist is missing. */
  async table(signal: AbortSignal): Promise<ProfileTable> {
    const { clock } = this.#options;
    if (this.#known && clock.now() - this.#known.at < freshMs) return this.#known.table;
    return await this.#flight.run('', (ending) => this.#read(ending), signal);
  }

  async #read(signal: AbortSignal): Promise<ProfileTable> {
    const { vpc, names, clock, log } = this.#options;
    const found = await Promise.all(
      names.map(async (name) => {
        const profile = await vpc.call('get profile', 'read', (api, ending) => api.profile(name, ending), signal);
        if (!profile) log.warn({ profile: name }, 'there is no such instance profile');
        return profile ? [[name, instanceTypeOf(profile)] as const] : [];
      }),
    );
    const table = new Map(found.flat());
    this.#known = { table, at: clock.now() };
    return table;
  }
}

export function instanceTypeOf(profile: Profile): InstanceType {
  const { name, vcpu_count, memory, vcpu_architecture, gpu_count, gpu_model } = profile;
  const architecture = architectureOf(vcpu_architecture.value);
  const gpuModel = gpu_model?.values[0];
  return {
    name,
    vcpus: amountOf(vcpu_count),
    memoryMiB: amountOf(memory) * 1024,
    gpus: gpu_count === undefined ? 0 : amountOf(gpu_count),
    confidential: technologiesOf(profile),
    ...(gpuModel !== undefined && { gpuModel }),
    ...(architecture !== undefined && { architecture }),
  };
}

export interface OfferingRules {
  readonly names: readonly string[];
  readonly defaultProfile: string;
  readonly fitOneDimension: boolean;
  readonly confidential: boolean;
  readonly zones: readonly string[];
  readonly capacityTypes: readonly CapacityType[];
}

export function offeringsFor(sizing: Sizing, table: ProfileTable, rules: OfferingRules): readonly Offering[] {
  const { confidential, names, defaultProfile, fitOneDimension, zones, capacityTypes } = rules;
  const types = names.flatMap((name) => table.get(name) ?? []);
  const candidates = candidateTypes(sizing, { types, defaultType: defaultProfile, fitOneDimension });
  const fit = candidates.filter((name) => !confidential || table.get(name)?.confidential?.length !== 0);
  if (fit.length === 0) {
    const text = `no confidential VMs in profile ${candidates.join(', ')}; see -disable-cvm`;
    throw new ProviderError('invalid-configuration', text);
  }
  return offeringsOf({ instanceTypes: fit, zones, capacityTypes });
}

/** Of a range, what an instance gets that asks for none of it. */
function amountOf(amount: Amount): number {
  switch (amount.type) {
    case 'fixed':
      return amount.value;
    case 'range':
    case 'enum':
      return amount.default;
    case 'dependent':
      return 0;
  }
}

/** TDX is a mode of a profile. Secure Execution of IBM Z is what some of its profiles are: bz2e-2x8. */
function technologiesOf({ name, confidential_compute_modes: modes }: Profile): readonly ConfidentialTechnology[] {
  return [
    ...(modes?.values.includes('tdx') ? (['tdx'] as const) : []),
    ...(/^[a-z]+z\d+e-/.test(name) ? (['se'] as const) : []),
  ];
}
