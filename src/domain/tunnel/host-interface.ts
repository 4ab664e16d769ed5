/** Finds the underlay interface of a host: the one named, or the one of the best default route. */

import {
  getAddresses,
  getLink,
  getRoutes,
  type InterfaceAddress,
  isDefaultRoute,
  isNetlinkError,
  type Netlink,
  type Netns,
  nextHopsOf,
  query,
  type Route,
} from '@peerpods/netlink';
import { PeerPodError } from '#base/errors.ts';

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

export async function findHostInterface(
  netlink: Netlink,
  netns: Netns | undefined,
  wanted: WantedInterface = {},
): Promise<HostInterface> {
  const found = await lookForHostInterface(netlink, netns, wanted);
  if (!found) throw new PeerPodError('E_POD_NETWORK', `no host interface ${describeWanted(wanted)}`);
  return found;
}

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
    const [link] = await query(netlink, netns, getLink(ref));
    if (!link) return undefined;
    const addresses = await query(netlink, netns, getAddresses({ linkIndex: link.index }));
    return { name: link.name, index: link.index, mtu: link.mtu, addresses: usableAddresses(addresses) };
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
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
