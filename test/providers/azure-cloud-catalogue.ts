/** What the Azure in memory has that no test makes: sizes, quotas, images, networks, and disks that exist already. */

import { azureError, group, region, subscription } from './azure-place.ts';
import type { CapturedAnswer, CapturedCall } from './capture-server.ts';

type Json = Record<string, unknown>;

interface Size {
  readonly name: string;
  readonly family: string;
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly zones: readonly string[];
  readonly confidential?: 'SNP' | 'TDX';
  readonly gpus?: number;
  readonly dataDisks?: number;
  readonly restrictedZones?: readonly string[];
  readonly restricted?: boolean;
}

const sizes: readonly Size[] = [
  {
    name: 'Standard_DC2as_v5',
    family: 'standardDCASv5Family',
    vcpus: 2,
    memoryGiB: 8,
    zones: ['1', '2'],
    confidential: 'SNP',
    dataDisks: 4,
  },
  {
    name: 'Standard_DC4as_v5',
    family: 'standardDCASv5Family',
    vcpus: 4,
    memoryGiB: 16,
    zones: ['1', '2'],
    confidential: 'SNP',
  },
  {
    name: 'Standard_DC4es_v5',
    family: 'standardDCESv5Family',
    vcpus: 4,
    memoryGiB: 16,
    zones: ['1'],
    confidential: 'TDX',
  },
  {
    name: 'Standard_D2s_v5',
    family: 'standardDSv5Family',
    vcpus: 2,
    memoryGiB: 8,
    zones: ['1', '2', '3'],
    restrictedZones: ['3'],
  },
  {
    name: 'Standard_NC24ads_A100_v4',
    family: 'StandardNCADSA100v4Family',
    vcpus: 24,
    memoryGiB: 220,
    gpus: 1,
    zones: [],
  },
  { name: 'Standard_M208s_v2', family: 'standardMSv2Family', vcpus: 208, memoryGiB: 2850, zones: [], restricted: true },
];

const path = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;

export class AzureCatalogue {
  /** vCPUs allowed by family. */
  readonly quotas = new Map<string, number>(sizes.map(({ family }) => [family, 350]));
  /** Disks made before the test, by name. */
  readonly disks = new Map<string, { readonly zones?: readonly string[]; diskState: string; location: string }>();
  imageSecurity = 'ConfidentialVmSupported';

  answer({ method, url }: CapturedCall, namespace: string, rest: string): CapturedAnswer | undefined {
    if (method !== 'GET') return undefined;
    const [kind = '', name = '', ...more] = rest.split('/');
    switch (kind) {
      case 'skus':
        if (url.searchParams.get('$filter') !== `location eq '${region}'`)
          return azureError(400, 'InvalidFilter', rest);
        return { status: 200, body: { value: [...sizes.map(sku), { resourceType: 'disks', name: 'Premium_LRS' }] } };
      case 'locations':
        return more[0] === 'usages' ? { status: 200, body: { value: this.#usages() } } : undefined;
      case 'galleries':
        return this.#galleryImage(name, more);
      case 'virtualNetworks':
        return name === 'net' && more[1] === 'pods'
          ? {
              status: 200,
              body: { id: `${path}/${namespace}/${rest}`, name: 'pods', properties: { addressPrefix: '10.0.0.0/16' } },
            }
          : azureError(404, 'NotFound', `${rest} was not found`);
      case 'networkSecurityGroups':
        return name === 'pods'
          ? { status: 200, body: { id: `${path}/${namespace}/${rest}`, name, location: region, properties: {} } }
          : azureError(404, 'ResourceNotFound', `${rest} was not found`);
      case 'disks': {
        const disk = this.disks.get(name);
        if (!disk) return undefined;
        const { zones, location, diskState } = disk;
        const properties = { creationData: { createOption: 'Empty' }, diskState };
        return {
          status: 200,
          body: { id: `${path}/${namespace}/${rest}`, name, location, ...(zones && { zones }), properties },
        };
      }
      default:
        return undefined;
    }
  }

  /** What Azure refuses at once, beyond what the model says. */
  refusal({ location, tags, zones = [], properties }: Json): CapturedAnswer | undefined {
    const { hardwareProfile, storageProfile, securityProfile, userData, networkProfile } = properties as {
      readonly hardwareProfile: { readonly vmSize: string };
      readonly storageProfile: {
        readonly osDisk: { readonly managedDisk: Json };
        readonly dataDisks?: readonly DataDisk[];
      };
      readonly securityProfile?: {
        readonly securityType?: string;
        readonly uefiSettings?: { readonly vTpmEnabled?: boolean };
      };
      readonly userData: string;
      readonly networkProfile: Json;
    };
    const size = sizes.find(({ name }) => name === hardwareProfile.vmSize);
    if (location !== region) return azureError(400, 'LocationNotAvailable', String(location));
    if (!size) return azureError(400, 'InvalidParameter', `The value ${hardwareProfile.vmSize} of vmSize is invalid.`);
    if (size.restricted || !(zones as string[]).every((zone) => size.zones.includes(zone))) {
      return azureError(409, 'SkuNotAvailable', `${size.name} is not available`);
    }
    if (Object.keys(tags as Json).length > 50) return azureError(400, 'TooManyTags', 'more than 50 tags');
    if (userData.length > 65_536) return azureError(400, 'InvalidParameter', 'userData exceeds 65536 characters');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(userData)) return azureError(400, 'InvalidParameter', 'userData is no base64');
    const confidential = securityProfile?.securityType === 'ConfidentialVM';
    if (confidential !== 'securityProfile' in storageProfile.osDisk.managedDisk) {
      return azureError(
        400,
        'InvalidParameter',
        'securityEncryptionType belongs to confidential VMs, and to all of them',
      );
    }
    if (confidential && (!size.confidential || !securityProfile?.uefiSettings?.vTpmEnabled)) {
      return azureError(400, 'BadRequest', `${size.name} with this security profile is no confidential VM`);
    }
    if (typeof networkProfile.networkApiVersion !== 'string') {
      return azureError(400, 'InvalidParameter', 'networkApiVersion is required with networkInterfaceConfigurations');
    }
    for (const { managedDisk } of storageProfile.dataDisks ?? []) {
      const disk = this.disks.get(managedDisk.id.split('/').at(-1) ?? '');
      if (disk?.diskState !== 'Unattached') return azureError(409, 'AttachDiskWhileBeingDetached', managedDisk.id);
    }
    return undefined;
  }

  #usages(): readonly Json[] {
    const families = [...this.quotas].map(([value, limit]) => ({
      unit: 'Count',
      currentValue: 0,
      limit,
      name: { value },
    }));
    return [{ unit: 'Count', currentValue: 4, limit: 1000, name: { value: 'cores' } }, ...families];
  }

  #galleryImage(gallery: string, [, image, , version]: readonly string[]): CapturedAnswer {
    const id = `${path}/Microsoft.Compute/galleries/${gallery}/images/${image}`;
    if (gallery !== 'images' || image !== 'podvm') return azureError(404, 'ResourceNotFound', `${id} was not found`);
    if (version === undefined) {
      const features = [{ name: 'SecurityType', value: this.imageSecurity }];
      const properties = {
        osType: 'Linux',
        osState: 'Generalized',
        hyperVGeneration: 'V2',
        architecture: 'x64',
        features,
      };
      const identifier = { publisher: 'p', offer: 'o', sku: 's' };
      return { status: 200, body: { id, name: image, location: region, properties: { ...properties, identifier } } };
    }
    if (version !== '1.0.0') return azureError(404, 'ResourceNotFound', `${id}/versions/${version} was not found`);
    const publishingProfile = { targetRegions: [{ name: 'North Europe' }, { name: 'West Europe' }] };
    const properties = { provisioningState: 'Succeeded', publishingProfile, storageProfile: {} };
    return { status: 200, body: { id: `${id}/versions/${version}`, name: version, location: region, properties } };
  }
}

interface DataDisk {
  readonly managedDisk: { readonly id: string };
}

function sku(size: Size): Json {
  const {
    name,
    family,
    vcpus,
    memoryGiB,
    zones,
    confidential,
    gpus = 0,
    dataDisks = 16,
    restricted,
    restrictedZones,
  } = size;
  const capabilities = {
    vCPUs: vcpus,
    MemoryGB: memoryGiB,
    GPUs: gpus,
    MaxDataDiskCount: dataDisks,
    CpuArchitectureType: 'x64',
    HyperVGenerations: 'V1,V2',
    ...(confidential && { ConfidentialComputingType: confidential }),
  };
  const reasonCode = 'NotAvailableForSubscription';
  return {
    resourceType: 'virtualMachines',
    name,
    family,
    locations: [region],
    locationInfo: [{ location: region, zones }],
    capabilities: Object.entries(capabilities).map(([key, value]) => ({ name: key, value: String(value) })),
    restrictions: [
      ...(restricted
        ? [{ type: 'Location', values: [region], reasonCode, restrictionInfo: { locations: [region] } }]
        : []),
      ...(restrictedZones
        ? [
            {
              type: 'Zone',
              values: [region],
              reasonCode,
              restrictionInfo: { locations: [region], zones: restrictedZones },
            },
          ]
        : []),
    ],
  };
}
