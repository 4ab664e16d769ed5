/** The part of Azure Resource Manager that is used, on the SDK: one call each, no retries, and what it throws untranslated. */

import type * as Compute from '@azure/arm-compute';
import type * as Network from '@azure/arm-network';
import type { TokenCredential } from '@azure/identity';
import type { Page } from '@peerpods/provider';
import { type ImageId, type ResourceId, type SubnetId, sameText } from './arm-id.ts';
import { isStatus } from './errors.ts';

export type VirtualMachine = Compute.VirtualMachine;
export type Disk = Compute.Disk;
export type ResourceSku = Compute.ResourceSku;
export type NetworkInterface = Network.NetworkInterface;
export type PublicAddress = Network.PublicIPAddress;

/** A kind of resource that is read by name or by group, and deleted. */
export interface ResourceApi<T> {
  /** Undefined: it does not exist. */
  get(group: string, name: string, signal: AbortSignal): Promise<T | undefined>;
  page(group: string, next: string | undefined, signal: AbortSignal): Promise<Page<T>>;
  delete(group: string, name: string, signal: AbortSignal): Promise<'accepted' | 'gone'>;
}

export interface OperationState {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What an image says of itself, as far as it does. */
export interface ImageFacts {
  readonly generation?: string;
  readonly architecture?: string;
  /** The value of the feature SecurityType. */
  readonly security?: string;
  readonly provisioningState?: string;
  /** Regions that hold it; absent: it is read in the region that it is used in. */
  readonly regions?: readonly string[];
}

export interface ArmApi {
  readonly vms: ResourceApi<VirtualMachine>;
  readonly nics: ResourceApi<NetworkInterface>;
  readonly disks: ResourceApi<Disk>;
  readonly publicAddresses: ResourceApi<PublicAddress>;
  /** Never changes a VM that exists. `operation` is where the outcome is told. */
  createVm(
    id: ResourceId,
    vm: VirtualMachine,
    signal: AbortSignal,
  ): Promise<{ readonly exists: boolean; readonly operation?: string }>;
  replaceUserData(id: ResourceId, userData: string, signal: AbortSignal): Promise<void>;
  /** With what the VM's instance view says of its provisioning. */
  vmWithView(id: ResourceId, signal: AbortSignal): Promise<VirtualMachine | undefined>;
  operation(url: string, signal: AbortSignal): Promise<OperationState | undefined>;
  skuPage(region: string, next: string | undefined, signal: AbortSignal): Promise<Page<ResourceSku>>;
  usagePage(region: string, next: string | undefined, signal: AbortSignal): Promise<Page<Compute.Usage>>;
  image(id: ImageId, region: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  subnet(id: SubnetId, signal: AbortSignal): Promise<Network.Subnet | undefined>;
  securityGroup(id: ResourceId, signal: AbortSignal): Promise<Network.NetworkSecurityGroup | undefined>;
}

export interface ArmApiOptions {
  readonly credential: TokenCredential;
  readonly resourceManager: string;
  readonly subscription: string;
}

/** Loads the SDKs (some tenths of a second, tens of MiB) only now. */
export async function openArmApi({ credential, resourceManager, subscription }: ArmApiOptions): Promise<ArmApi> {
  const [compute, network, pipelines] = await Promise.all([
    import('@azure/arm-compute'),
    import('@azure/arm-network'),
    import('@azure/core-rest-pipeline'),
  ]);
  const clientOptions = {
    endpoint: resourceManager,
    credentials: { scopes: [`${resourceManager}/.default`] },
    retryOptions: { maxRetries: 0 }, // ApiCaller repeats; two layers would multiply
  };
  const computeOf = (id: string) => new compute.ComputeManagementClient(credential, id, clientOptions);
  const client = computeOf(subscription);
  const networks = new network.NetworkManagementClient(credential, subscription, clientOptions);
  const { virtualMachines, disks } = client;
  return {
    vms: {
      get: (group, name, abortSignal) => unlessMissing(virtualMachines.get(group, name, { abortSignal })),
      page: (group, next, abortSignal) => pageOf(virtualMachines.list(group, { abortSignal }), next),
      delete: (group, name, abortSignal) =>
        accepted((onResponse) => virtualMachines.delete(group, name, { abortSignal, onResponse, forceDeletion: true })),
    },
    nics: {
      get: (group, name, abortSignal) => unlessMissing(networks.networkInterfaces.get(group, name, { abortSignal })),
      page: (group, next, abortSignal) => pageOf(networks.networkInterfaces.list(group, { abortSignal }), next),
      delete: (group, name, abortSignal) =>
        accepted((onResponse) => networks.networkInterfaces.delete(group, name, { abortSignal, onResponse })),
    },
    disks: {
      get: (group, name, abortSignal) => unlessMissing(disks.get(group, name, { abortSignal })),
      page: (group, next, abortSignal) => pageOf(disks.listByResourceGroup(group, { abortSignal }), next),
      delete: (group, name, abortSignal) =>
        accepted((onResponse) => disks.delete(group, name, { abortSignal, onResponse })),
    },
    publicAddresses: {
      get: (group, name, abortSignal) => unlessMissing(networks.publicIPAddresses.get(group, name, { abortSignal })),
      page: (group, next, abortSignal) => pageOf(networks.publicIPAddresses.list(group, { abortSignal }), next),
      delete: (group, name, abortSignal) =>
        accepted((onResponse) => networks.publicIPAddresses.delete(group, name, { abortSignal, onResponse })),
    },
    async createVm({ group, name }, vm, abortSignal) {
      let operation: string | undefined;
      const onResponse = (raw: RawResponse) => {
        operation = raw.headers.get('azure-asyncoperation');
      };
      try {
        // The poller is left alone after this: it would lose the code of a failure, and polls for one VM only.
        await virtualMachines
          .createOrUpdate(group, name, vm, { abortSignal, onResponse, ifNoneMatch: '*' })
          .submitted();
      } catch (error) {
        if (isStatus(error, 412)) return { exists: true };
        throw error;
      }
      return { exists: false, ...(operation !== undefined && { operation }) };
    },
    async replaceUserData({ group, name }, userData, abortSignal) {
      await virtualMachines.update(group, name, { userData }, { abortSignal }).submitted();
    },
    vmWithView: ({ group, name }, abortSignal) =>
      unlessMissing(virtualMachines.get(group, name, { abortSignal, expand: 'instanceView' })),
    async operation(url, abortSignal) {
      // Only to where our tokens go anyway: the address came in an answer.
      if (!sameText(new URL(url).origin, new URL(resourceManager).origin)) return undefined;
      const request = pipelines.createPipelineRequest({ url, method: 'GET', abortSignal });
      const { status, bodyAsText } = await client.pipeline.sendRequest(pipelines.createDefaultHttpClient(), request);
      return status === 200 && bodyAsText ? (JSON.parse(bodyAsText) as OperationState) : undefined;
    },
    skuPage: (region, next, abortSignal) =>
      pageOf(client.resourceSkus.list({ abortSignal, filter: `location eq '${region}'` }), next),
    usagePage: (region, next, abortSignal) => pageOf(client.usage.list(region, { abortSignal }), next),
    image: (id, region, abortSignal) =>
      unlessMissing(readImage(id.kind === 'community' ? client : computeOf(id.subscription), id, region, abortSignal)),
    subnet: ({ group, network: parent, name }, abortSignal) =>
      unlessMissing(networks.subnets.get(group, parent, name, { abortSignal })),
    securityGroup: ({ group, name }, abortSignal) =>
      unlessMissing(networks.networkSecurityGroups.get(group, name, { abortSignal })),
  };
}

interface RawResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
}

async function readImage(
  client: Compute.ComputeManagementClient,
  id: ImageId,
  region: string,
  abortSignal: AbortSignal,
): Promise<ImageFacts> {
  if (id.kind === 'image') {
    const { hyperVGeneration, provisioningState, location } = await client.images.get(id.group, id.name, {
      abortSignal,
    });
    return {
      regions: [location],
      ...(hyperVGeneration !== undefined && { generation: hyperVGeneration }),
      ...(provisioningState !== undefined && { provisioningState }),
    };
  }
  if (id.kind === 'community') {
    const { gallery, name, version } = id;
    const definition = await client.communityGalleryImages.get(region, gallery, name, { abortSignal });
    if (version !== undefined) {
      await client.communityGalleryImageVersions.get(region, gallery, name, version, { abortSignal });
    }
    return definitionFacts(definition);
  }
  const { group, gallery, name, version } = id;
  const definition = await client.galleryImages.get(group, gallery, name, { abortSignal });
  if (version === undefined) return definitionFacts(definition);
  const one = await client.galleryImageVersions.get(group, gallery, name, version, { abortSignal });
  const regions = one.publishingProfile?.targetRegions?.map((target) => target.name);
  return {
    ...definitionFacts(definition),
    ...(one.provisioningState !== undefined && { provisioningState: one.provisioningState }),
    ...(regions !== undefined && { regions }),
  };
}

function definitionFacts({
  hyperVGeneration,
  architecture,
  features = [],
}: Pick<Compute.GalleryImage, 'hyperVGeneration' | 'architecture' | 'features'>): ImageFacts {
  const security = features.find(({ name }) => sameText(name, 'SecurityType'))?.value;
  return {
    ...(hyperVGeneration !== undefined && { generation: hyperVGeneration }),
    ...(architecture !== undefined && { architecture }),
    ...(security !== undefined && { security }),
  };
}

interface Pages<T> {
  byPage(settings?: {
    continuationToken?: string;
  }): AsyncIterableIterator<readonly T[] & { continuationToken?: string }>;
}

async function pageOf<T>(list: Pages<T>, next: string | undefined): Promise<Page<T>> {
  const { value } = await list.byPage(next === undefined ? {} : { continuationToken: next }).next();
  const page = value as (readonly T[] & { continuationToken?: string }) | undefined;
  return { items: page ?? [], next: page?.continuationToken };
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The group's absence is a wrong setting, not an absent resource. */
function isMissing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return isStatus(error, 404) && code !== 'ResourceGroupNotFound' && code !== 'SubscriptionNotFound';
}

async function accepted(
  send: (onResponse: (raw: RawResponse) => void) => { submitted(): Promise<void> },
): Promise<'accepted' | 'gone'> {
  let status = 0;
  try {
    await send((raw) => {
      status = raw.status;
    }).submitted();
  } catch (error) {
    if (isMissing(error)) return 'gone';
    throw error;
  }
  return status === 204 ? 'gone' : 'accepted';
}
