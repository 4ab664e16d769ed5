/** Azure Resource Manager ids. They are compared without case: Azure gives them back in other letters than it got. */

export interface ResourceId {
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
}

export interface SubnetId extends ResourceId {
  readonly network: string;
}

export type ImageId =
  | { readonly kind: 'image'; readonly subscription: string; readonly group: string; readonly name: string }
  | {
      readonly kind: 'gallery';
      readonly subscription: string;
      readonly group: string;
      readonly gallery: string;
      readonly name: string;
      /** Absent: the latest. */
      readonly version?: string;
    }
  | { readonly kind: 'community'; readonly gallery: string; readonly name: string; readonly version?: string };

export function parseTypedId(id: string, namespace: string, type: string): ResourceId | undefined {
  const [, subscription, group, givenNamespace, givenType, name, ...rest] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/([^/]+)\/([^/]+)$/i.exec(id) ?? [];
  if (!subscription || !group || !name || rest.length > 0) return undefined;
  if (!sameText(givenNamespace, namespace) || !sameText(givenType, type)) return undefined;
  return { subscription, group, name };
}

export function vmId({ subscription, group, name }: ResourceId): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
}

export function parseVmId(id: string): ResourceId | undefined {
  return parseTypedId(id, 'Microsoft.Compute', 'virtualMachines');
}

export function parseDiskId(id: string): ResourceId | undefined {
  return parseTypedId(id, 'Microsoft.Compute', 'disks');
}

export function parseSubnetId(id: string): SubnetId | undefined {
  const [, network, name] = /^(.*)\/subnets\/([^/]+)$/i.exec(id) ?? [];
  const parent = network === undefined ? undefined : parseTypedId(network, 'Microsoft.Network', 'virtualNetworks');
  return parent && name ? { ...parent, network: parent.name, name } : undefined;
}

export function parseImageId(id: string): ImageId | undefined {
  const image = parseTypedId(id, 'Microsoft.Compute', 'images');
  if (image) return { kind: 'image', ...image };
  const community = /^\/communityGalleries\/([^/]+)\/images\/([^/]+)(?:\/versions\/([^/]+))?$/i.exec(id);
  if (community?.[1] && community[2]) {
    return { kind: 'community', gallery: community[1], name: community[2], ...versionOf(community[3]) };
  }
  const inGallery = /^(.*\/galleries\/[^/]+)\/images\/([^/]+)(?:\/versions\/([^/]+))?$/i.exec(id);
  const gallery =
    inGallery?.[1] === undefined ? undefined : parseTypedId(inGallery[1], 'Microsoft.Compute', 'galleries');
  if (!gallery || !inGallery?.[2]) return undefined;
  const { subscription, group, name } = gallery;
  return { kind: 'gallery', subscription, group, gallery: name, name: inGallery[2], ...versionOf(inGallery[3]) };
}

/** The last part of a resource id. */
export function nameOfId(id: string | undefined): string | undefined {
  return id?.split('/').at(-1) || undefined;
}

export function sameText(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}

function versionOf(version: string | undefined): { readonly version?: string } {
  return version === undefined || sameText(version, 'latest') ? {} : { version };
}
