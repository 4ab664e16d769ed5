/** What the region's VM sizes are, from Azure's list of SKUs, read once in a while. */

import {
  type Architecture,
  type CapacityType,
  type Clock,
  type ConfidentialTechnology,
  candidateTypes,
  type InstanceType,
  type Offering,
  offeringsOf,
  type Page,
  ProviderError,
  SingleFlight,
  type Sizing,
} from '@peerpods/provider';
import type { ResourceSku } from './arm-api.ts';
import { sameText } from './arm-id.ts';

export interface SizeFacts {
  readonly type: InstanceType;
  readonly family: string;
  /** Zones of the region that have it, for this subscription. */
  readonly zones: readonly string[];
  /** Why this subscription can not have it in the region at all. */
  readonly restriction?: string;
  readonly dataDisksMax?: number;
}

/** By name, in the letters of the settings. */
export type SizeTable = ReadonlyMap<string, SizeFacts>;

export interface SizesOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly names: readonly string[];
  readonly page: (next: string | undefined, signal: AbortSignal) => Promise<Page<ResourceSku>>;
}

const freshMs = 3_600_000;

export class Sizes {
  readonly #options: SizesOptions;
  readonly #flight = new SingleFlight<SizeTable>();
  #known: { readonly table: SizeTable; readonly at: number } | undefined;

  constructor(options: SizesOptions) {
    this.#options = options;
  }

  /** What was read last, however old, without a call. */
  get known(): SizeTable | undefined {
    return this.#known?.table;
  }

  async table(signal: AbortSignal): Promise<SizeTable> {
    const { clock } = this.#options;
    if (this.#known && clock.now() - this.#known.at < freshMs) return this.#known.table;
    return await this.#flight.run('', (ending) => this.#read(ending), signal);
  }

  async #read(signal: AbortSignal): Promise<SizeTable> {
    const { clock, page, names, region } = this.#options;
    const table = new Map<string, SizeFacts>();
    let next: string | undefined;
    do {
      const { items, next: following } = await page(next, signal);
      for (const sku of items) {
        if (sku.resourceType !== 'virtualMachines') continue;
        for (const name of names) if (sameText(name, sku.name)) table.set(name, sizeFacts(name, sku, region));
      }
      next = following;
    } while (next !== undefined);
    // In the order of the settings.
    const known = new Map(
      names.flatMap((name) => ((facts) => (facts ? [[name, facts] as const] : []))(table.get(name))),
    );
    this.#known = { table: known, at: clock.now() };
    return known;
  }
}

export function sizeFacts(name: string, sku: ResourceSku, region: string): SizeFacts {
  const capability = (wanted: string) => sku.capabilities?.find((one) => one.name === wanted)?.value;
  const architecture = architectureOf(capability('CpuArchitectureType'));
  const gpuModel = gpuModelOf(name);
  const dataDisksMax = capability('MaxDataDiskCount');
  const restrictions = sku.restrictions ?? [];
  const closed = restrictions.find(({ type }) => type === 'Location');
  const closedZones = restrictions.flatMap(({ type, restrictionInfo }) =>
    type === 'Zone' ? (restrictionInfo?.zones ?? []) : [],
  );
  const place = sku.locationInfo?.find(({ location }) => sameText(location, region));
  return {
    type: {
      name,
      vcpus: Number(capability('vCPUsAvailable') ?? capability('vCPUs') ?? 0),
      memoryMiB: Math.floor(Number(capability('MemoryGB') ?? 0) * 1024),
      gpus: Number(capability('GPUs') ?? 0),
      confidential: technologiesOf(capability('ConfidentialComputingType')),
      ...(gpuModel !== undefined && { gpuModel }),
      ...(architecture !== undefined && { architecture }),
    },
    family: sku.family ?? '',
    zones: (place?.zones ?? []).filter((zone) => !closedZones.includes(zone)),
    ...(closed && { restriction: closed.reasonCode ?? 'restricted' }),
    ...(dataDisksMax !== undefined && { dataDisksMax: Number(dataDisksMax) }),
  };
}

export interface PlaceRules {
  readonly names: readonly string[];
  readonly defaultSize: string;
  readonly fitOneDimension: boolean;
  readonly confidential: boolean;
  readonly zones: readonly string[];
  readonly capacityTypes: readonly CapacityType[];
}

/** Where a pod VM of this size may go, best first. Of sizes that the table does not know nothing is ruled out. */
export function placesFor(sizing: Sizing, table: SizeTable | undefined, rules: PlaceRules): readonly Offering[] {
  const unknown = (name: string): InstanceType => ({ name, vcpus: 0, memoryMiB: 0, gpus: 0 });
  const types = rules.names.map((name) => table?.get(name)?.type ?? unknown(name));
  const candidates = candidateTypes(sizing, {
    types,
    defaultType: rules.defaultSize,
    fitOneDimension: rules.fitOneDimension,
  });
  const fit = candidates.filter((name) => !rules.confidential || table?.get(name)?.type.confidential?.length !== 0);
  if (fit.length === 0) {
    const names = candidates.join(', ');
    throw new ProviderError('invalid-configuration', `no confidential VMs in size ${names}; see -disable-cvm`);
  }
  const offerings = offeringsOf({
    instanceTypes: fit,
    zones: rules.zones.length === 0 ? [''] : rules.zones,
    capacityTypes: rules.capacityTypes,
  }).filter(({ instanceType, zone }) => isOffered(table?.get(instanceType), zone));
  if (offerings.length > 0) return offerings;
  const zones = rules.zones.length === 0 ? 'the region' : `zones ${rules.zones.join(', ')}`;
  throw new ProviderError('invalid-configuration', `${fit.join(', ')}: not offered to this subscription in ${zones}`);
}

export function asksSize({ vcpus = 0, memoryMiB = 0, gpus = 0 }: Sizing): boolean {
  return vcpus > 0 || memoryMiB > 0 || gpus > 0;
}

function isOffered(facts: SizeFacts | undefined, zone: string): boolean {
  if (!facts) return true;
  return facts.restriction === undefined && (zone === '' || facts.zones.includes(zone));
}

function technologiesOf(text: string | undefined): readonly ConfidentialTechnology[] {
  if (sameText(text, 'SNP')) return ['sev-snp'];
  return sameText(text, 'TDX') ? ['tdx'] : [];
}

function architectureOf(text: string | undefined): Architecture | undefined {
  if (sameText(text, 'x64')) return 'x86_64';
  return sameText(text, 'Arm64') ? 'aarch64' : undefined;
}

/** The list of SKUs does not say; the names of newer sizes do: Standard_NC24ads_A100_v4. */
function gpuModelOf(name: string): string | undefined {
  return /^Standard_N[A-Z]+\d+[a-z-\d]*_([A-Z]+\d+[A-Z]*)_v\d+$/.exec(name)?.[1];
}
