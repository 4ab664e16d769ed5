/** Finds the underlay interface of a host: the one named, or the one of the best default route. */

import {
  getAddresses,
  getLink,
  getRoutes,
  type InterfaceAddress,
  isDefaultRoute,
  isNetlinkError,
  type Link,
  type LinkRef,
  type Netlink,
  type Netns,
  nextHopsOf,
  query,
  queryAll,
  type Route,
} from '@peerpods/netlink';

export interface HostInterface {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  /** 'ADDRESS/LENGTH', usable global ones only, IPv4 first. */
  readonly addresses: readonly string[];
}

export interface WantedInterface {
  /** undefined: that of the best default route. */
  readonly name?: string | undefined;
  /** Of that default route; undefined: IPv4 before IPv6. */
  readonly version?: 4 | 6 | undefined;
}

export const mainTable = 254;
export const unicast = 1;
const universe = 0;

/** undefined while there is none. */
export async function lookForHostInterface(
  netlink: Netlink,
  netns: Netns | undefined,
  wanted: WantedInterface,
): Promise<HostInterface | undefined> {
  try {
    const ref =
      wanted.name !== undefined
        ? { name: wanted.name }
        : linkOfBestDefault(await query(netlink, netns, getRoutes({ table: mainTable })), wanted.version);
    if (!ref) return undefined;
    const [[link], addresses] = await queryAll(netlink, hostQuestions(netns, ref));
    return link && hostInterfaceOf(link, addresses);
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** What is asked of a link, in an exchange with other questions: hostInterfaceOf makes one of the answers. */
export function hostQuestions(netns: Netns | undefined, ref: LinkRef) {
  const linkIndex = 'index' in ref ? ref.index : undefined;
  return [
    { netns, request: getLink(ref) },
    { netns, request: getAddresses(linkIndex === undefined ? {} : { linkIndex }) },
  ] as const;
}

export function hostInterfaceOf(link: Link, addresses: readonly InterfaceAddress[]): HostInterface {
  const own = addresses.filter(({ linkIndex }) => linkIndex === link.index);
  return { name: link.name, index: link.index, mtu: link.mtu, addresses: usableAddresses(own) };
}

export function describeWanted({ name, version }: WantedInterface): string {
  return name ?? `with ${version ? `an IPv${version}` : 'a'} default route`;
}

/** Of several default routes the one with the least metric, in the kernel's order when equal. Pure. */
export function linkOfBestDefault(routes: readonly Route[], version?: 4 | 6): { index: number } | undefined {
  const [best] = defaultRoutes(routes, version);
  const [hop] = best ? nextHopsOf(best) : [];
  return hop && { index: hop.linkIndex };
}

/** Best first. */
export function defaultRoutes(routes: readonly Route[], version?: 4 | 6): Route[] {
  return routes
    .filter((route) => isDefaultRoute(route) && route.type === unicast && nextHopsOf(route).length > 0)
    .filter((route) => version === undefined || route.version === version)
    .toSorted((a, b) => a.version - b.version || (a.metric ?? 0) - (b.metric ?? 0));
}

export function usableAddresses(addresses: readonly InterfaceAddress[]): string[] {
  return addresses
    .filter(({ scope, tentative }) => scope === universe && !tentative)
    .toSorted((a, b) => a.version - b.version)
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
}
