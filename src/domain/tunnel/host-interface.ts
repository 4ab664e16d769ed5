/** Finds the underlay interface of a host: the one named, or the one of the best default route. */

import { getAddresses, getLinks, getRoutes, isDefaultRoute, type Netlink, type Netns, query } from '@peerpods/netlink';
import { PeerPodError } from '#base/errors.ts';

export interface HostInterface {
  readonly name: string;
  readonly index: number;
  readonly mtu: number;
  /** 'ADDRESS/LENGTH', global ones only, IPv4 first. */
  readonly addresses: readonly string[];
}

const mainTable = 254;
const universe = 0;

export async function findHostInterface(
  netlink: Netlink,
  netns: Netns | undefined,
  name?: string,
): Promise<HostInterface> {
  const links = await query(netlink, netns, getLinks());
  let link = links.find((candidate) => candidate.name === name);
  if (name === undefined) {
    const defaults = (await query(netlink, netns, getRoutes({ table: mainTable })))
      .filter((route) => isDefaultRoute(route) && route.linkIndex !== undefined)
      .toSorted((a, b) => a.version - b.version || (a.metric ?? 0) - (b.metric ?? 0));
    link = links.find((candidate) => candidate.index === defaults[0]?.linkIndex);
  }
  if (!link) throw new PeerPodError('E_POD_NETWORK', `no host interface ${name ?? 'with a default route'}`);
  const addresses = (await query(netlink, netns, getAddresses({ linkIndex: link.index })))
    .filter((address) => address.scope === universe)
    .toSorted((a, b) => a.version - b.version)
    .map((address) => `${address.address}/${address.prefixLength}`);
  return { name: link.name, index: link.index, mtu: link.mtu, addresses };
}
