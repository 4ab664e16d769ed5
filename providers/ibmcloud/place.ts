/** Where pod VMs are put: what the settings say, and what the cloud and Kubernetes tell where they say nothing. */

import {
  type Architecture,
  type KubernetesFacts,
  ProviderError,
  type ProviderLog,
  SingleFlight,
} from '@peerpods/provider';
import type { IbmSettings } from './options.ts';
import type { Vpc } from './vpc.ts';
import type { VpcApi } from './vpc-api.ts';
import type { Image, Placed, Subnet } from './vpc-types.ts';

export interface Place {
  /** By zone, in the order of the settings. */
  readonly zones: ReadonlyMap<string, ZonePlace>;
  readonly vpcId: string;
  readonly resourceGroupId: string;
  readonly securityGroupIds: readonly string[];
  readonly images: readonly { readonly id: string; readonly architecture: Architecture | undefined }[];
  /** Of IBM's Kubernetes service. */
  readonly clusterId: string | undefined;
}

export interface ZonePlace {
  readonly subnetIds: readonly string[];
  /** Dedicated host, then group; [undefined]: anywhere. */
  readonly targets: readonly (string | undefined)[];
}

export interface PlacesOptions {
  readonly vpc: Vpc;
  readonly settings: IbmSettings;
  readonly kubernetes: KubernetesFacts | undefined;
  readonly log: ProviderLog;
}

const architectures: Readonly<Record<string, Architecture>> = { amd64: 'x86_64', s390x: 's390x', arm64: 'aarch64' };

export function architectureOf(word: string): Architecture | undefined {
  return architectures[word];
}

/** Labels of IBM's Kubernetes service and of a self-managed cluster, the first of them that is there. */
const subnetLabels = ['ibm-cloud.kubernetes.io/subnet-id', 'ibm-provider.kubernetes.io/subnet-id'];
const regionLabel = 'topology.kubernetes.io/region';
const zoneLabel = 'topology.kubernetes.io/zone';

export class Places {
  readonly #options: PlacesOptions;
  readonly #flight = new SingleFlight<Place>();
  #known: Place | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** What was found out, without a call. */
  get known(): Place | undefined {
    return this.#known;
  }

  /** Found out once; a failure is found out anew. */
  async place(signal: AbortSignal): Promise<Place> {
    return this.#known ?? (await this.#flight.run('', (ending) => this.#resolve(ending), signal));
  }

  async #resolve(signal: AbortSignal): Promise<Place> {
    const { settings } = this.#options;
    const { zones: labelled, subnets: ids } = await this.#labelled(signal);
    const subnets = await Promise.all(ids.map((id) => this.#subnet(id, signal)));
    const inZones = subnets.filter(({ zone }) => labelled.length === 0 || labelled.includes(zone.name));
    const [first] = inZones;
    if (!first) refuse(`none of the subnets ${ids.join(', ')} is in zone ${labelled.join(', ')}`);
    const vpcId = settings.vpcId ?? first.vpc.id;
    const stray = inZones.find(({ vpc }) => vpc.id !== vpcId);
    if (stray) refuse(`subnet ${stray.id} is in VPC ${stray.vpc.id}, not in ${vpcId}`);
    const clusterId = settings.clusterId ?? (await this.#clusterId(signal));
    const [securityGroupIds, images, targets] = await Promise.all([
      this.#securityGroups(clusterId, signal),
      this.#images(signal),
      this.#targets(signal),
    ]);
    // In the order of the zones asked for, else of the subnets.
    const names = new Set([...labelled, ...inZones.map(({ zone }) => zone.name)]);
    const zones = new Map(
      [...names].flatMap((name): [string, ZonePlace][] => {
        const subnetIds = inZones.filter(({ zone }) => zone.name === name).map(({ id }) => id);
        const here = targets?.filter(({ zone }) => zone.name === name).map(({ id }) => id) ?? [undefined];
        return subnetIds.length > 0 && here.length > 0 ? [[name, { subnetIds, targets: here }]] : [];
      }),
    );
    if (zones.size === 0) refuse('no dedicated host or group is in a zone that has a subnet');
    const resourceGroupId = settings.resourceGroupId ?? first.resource_group.id;
    this.#known = { zones, vpcId, resourceGroupId, securityGroupIds, images, clusterId };
    return this.#known;
  }

  async #labelled(
    signal: AbortSignal,
  ): Promise<{ readonly zones: readonly string[]; readonly subnets: readonly string[] }> {
    const { settings, kubernetes } = this.#options;
    const { zones, subnetIds } = settings;
    if (subnetIds.length > 0) return { zones, subnets: subnetIds };
    const labels = (await kubernetes?.nodeLabels({ signal })) ?? {};
    const subnet = subnetLabels.map((label) => labels[label]).find((one) => one !== undefined);
    if (subnet === undefined) {
      refuse(`-primary-subnet-id (IBMCLOUD_VPC_SUBNET_ID) is not set, and no label of the node tells it`);
    }
    const zone = labels[zoneLabel];
    return { zones: zones.length === 0 && zone !== undefined ? [zone] : zones, subnets: [subnet] };
  }

  async #subnet(id: string, signal: AbortSignal): Promise<Subnet> {
    const subnet = await this.#read('get subnet', (api, ending) => api.subnet(id, ending), signal);
    return subnet ?? refuse(`-primary-subnet-id: there is no subnet ${id}`);
  }

  async #clusterId(signal: AbortSignal): Promise<string | undefined> {
    const facts = await this.#options.kubernetes?.configMap('kube-system', 'cluster-info', { signal });
    const { cluster_id: id, 'cluster-config.json': json } = facts ?? {};
    if (id) return id;
    try {
      const { cluster_id } = JSON.parse(json ?? '{}') as { readonly cluster_id?: unknown };
      return typeof cluster_id === 'string' && cluster_id !== '' ? cluster_id : undefined;
    } catch {
      return undefined; // somebody else's config map of that name
    }
  }

  /** Without the cluster's own the pods of an IBM cluster can not reach each other; elsewhere there is none. */
  async #securityGroups(clusterId: string | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const { settings, log } = this.#options;
    const { securityGroupIds } = settings;
    if (clusterId === undefined) return securityGroupIds;
    try {
      const groups = await this.#read(
        'get cluster security groups',
        (api, ending) => api.clusterSecurityGroups(clusterId, ending),
        signal,
      );
      const own = groups.find(({ name }) => name === `kube-${clusterId}`);
      if (own) return [...new Set([...securityGroupIds, own.id])];
      if (securityGroupIds.length === 0) refuse(`cluster ${clusterId} has no security group kube-${clusterId}`);
    } catch (error) {
      if (securityGroupIds.length === 0 || signal.aborted) throw error;
      log.warn({ clusterId, error: String(error) }, 'the security group of the cluster could not be found');
    }
    return securityGroupIds;
  }

  async #images(signal: AbortSignal): Promise<Place['images']> {
    const { settings, log } = this.#options;
    const found = await Promise.all(
      settings.imageIds.map(async (id): Promise<readonly Image[]> => {
        const image = await this.#read('get image', (api, ending) => api.image(id, ending), signal);
        if (!image) log.warn({ image: id }, 'there is no such image');
        return image ? [image] : [];
      }),
    );
    const images = found.flat();
    if (images.length === 0) refuse(`-image-id: there is no image ${settings.imageIds.join(', ')}`);
    return images.map(({ id, operating_system: { architecture } }) => ({
      id,
      architecture: architectureOf(architecture),
    }));
  }

  /** Undefined: VMs go anywhere. */
  async #targets(signal: AbortSignal): Promise<readonly Placed[] | undefined> {
    const { dedicatedHostIds, dedicatedHostGroupIds } = this.#options.settings;
    if (dedicatedHostIds.length + dedicatedHostGroupIds.length === 0) return undefined;
    const find = async (
      ids: readonly string[],
      what: string,
      get: (api: VpcApi, id: string, ending: AbortSignal) => Promise<Placed | undefined>,
    ) =>
      await Promise.all(
        ids.map(
          async (id) =>
            (await this.#read(`get ${what}`, (api, ending) => get(api, id, ending), signal)) ??
            refuse(`there is no ${what} ${id}`),
        ),
      );
    const hosts = await find(dedicatedHostIds, 'dedicated host', (api, id, ending) => api.dedicatedHost(id, ending));
    const groups = await find(dedicatedHostGroupIds, 'dedicated host group', (api, id, ending) =>
      api.dedicatedHostGroup(id, ending),
    );
    return [...hosts, ...groups];
  }

  #read<T>(name: string, attempt: (api: VpcApi, signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#options.vpc.call(name, 'read', attempt, signal);
  }
}

/** A zone is named after its region: eu-de-1 is in eu-de. */
export async function vpcUrlOf(
  { vpcUrl, zones }: Pick<IbmSettings, 'vpcUrl' | 'zones'>,
  kubernetes: KubernetesFacts | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (vpcUrl !== undefined) return vpcUrl;
  const region = zones[0]?.replace(/-\d+$/, '') ?? (await kubernetes?.nodeLabels({ signal }))?.[regionLabel];
  if (region === undefined || !/^[a-z0-9-]+$/.test(region)) {
    refuse('-vpc-service-url (IBMCLOUD_VPC_ENDPOINT) or -zone-name (IBMCLOUD_ZONE) is required');
  }
  return `https://${region}.iaas.cloud.ibm.com/v1`;
}

function refuse(message: string): never {
  throw new ProviderError('invalid-configuration', message);
}
