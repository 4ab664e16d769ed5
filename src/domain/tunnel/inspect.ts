/** Reads the network that the CNI gave a pod: what the pod VM must be told to have the same. */

import {
  getAddresses,
  getLinks,
  getNeighbours,
  getRoutes,
  isDefaultRoute,
  type Link,
  type Netlink,
  type Netns,
  query,
  type Route,
} from '@peerpods/netlink';
import { formatPrefix } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import { type PodNeighbour, type PodNetwork, type PodRoute, routeProtocols, routeScopes } from '#codec/pod-network.ts';
import { findHostInterface } from './host-interface.ts';
import { open } from './node-end.ts';

export interface InspectSettings {
  readonly vni: number;
  readonly port: number;
  /** The name of the pod's interface; undefined: that of its default route. */
  readonly podInterface?: string | undefined;
  readonly hostInterface?: string | undefined;
  readonly externalNetViaPodVm?: boolean;
}

/** VXLAN over IPv4: 14 + 8 + 8 + 20 bytes; over IPv6 20 more. */
export function tunnelMtu(underlayMtu: number, remote: string): number {
  return underlayMtu - (remote.includes(':') ? 70 : 50);
}

const mainTable = 254;
const unicast = 1;
const permanent = 0x80;
const universe = 0;

export async function inspectPodNetwork(
  netnsPath: string,
  settings: InspectSettings,
  { netlink, hostNetns }: { netlink: Netlink; hostNetns?: Netns | undefined },
): Promise<PodNetwork> {
  const host = await findHostInterface(netlink, hostNetns, settings.hostInterface);
  const primary = settings.hostInterface === undefined ? host : await findHostInterface(netlink, hostNetns);
  const [workerNodeIp] = host.addresses;
  if (workerNodeIp === undefined) throw new PeerPodError('E_POD_NETWORK', `no address on host interface ${host.name}`);
  using pod = open(netnsPath);
  const links = await query(netlink, pod, getLinks());
  const routes = (await query(netlink, pod, getRoutes({ table: mainTable }))).filter(
    (route) => route.type === unicast && !route.destination.address.startsWith('fe80:'),
  );
  const link = findPodLink(links, routes, settings.podInterface, netnsPath);
  const addresses = (await query(netlink, pod, getAddresses({ linkIndex: link.index })))
    .filter((address) => address.scope === universe)
    .map((address) => ({ version: address.version, text: `${address.address}/${address.prefixLength}` }));
  const of = (version: 4 | 6) => addresses.filter((entry) => entry.version === version).map(({ text }) => text);
  const [podIp, ...others] = of(4);
  const podIps6 = of(6);
  if (others.length > 0 || (podIp === undefined && podIps6.length === 0)) {
    throw new PeerPodError('E_POD_NETWORK', `${link.name} has ${of(4).length} IPv4 addresses, not exactly one`);
  }
  const neighbours = (await query(netlink, pod, getNeighbours({ linkIndex: link.index }))).filter(
    (neighbour) => neighbour.state === permanent,
  );
  const podRoutes = (version: 4 | 6) =>
    routes
      .filter((route) => route.version === version && route.linkIndex === link.index)
      .map((route) => describeRoute(route, link.name));
  const podNeighbours = (version: 4 | 6): PodNeighbour[] =>
    neighbours
      .filter((neighbour) => neighbour.version === version)
      .map(({ address, mac }) => ({ address, mac, device: link.name, state: 'permanent' }));
  if (link.mac === undefined) throw new PeerPodError('E_POD_NETWORK', `${link.name} has no MAC address`);
  return {
    podIp,
    podIps6,
    podMac: link.mac,
    interface: link.name,
    workerNodeIp,
    routes: podRoutes(4),
    routes6: podRoutes(6),
    neighbours: podNeighbours(4),
    neighbours6: podNeighbours(6),
    mtu: Math.min(link.mtu, tunnelMtu(host.mtu, workerNodeIp)),
    index: 0,
    vxlanPort: settings.port,
    vni: settings.vni,
    dedicated: host.index !== primary.index,
    externalNetViaPodVm: settings.externalNetViaPodVm ?? false,
  };
}

function findPodLink(links: readonly Link[], routes: readonly Route[], name: string | undefined, path: string): Link {
  const byDefault = routes
    .filter((route) => isDefaultRoute(route))
    .toSorted((a, b) => a.version - b.version || (a.metric ?? 0) - (b.metric ?? 0))[0];
  const link = links.find((entry) => (name === undefined ? entry.index === byDefault?.linkIndex : entry.name === name));
  if (!link) throw new PeerPodError('E_POD_NETWORK', `no pod interface ${name ?? 'with a default route'} in ${path}`);
  return link;
}

function describeRoute(route: Route, device: string): PodRoute {
  return {
    destination: formatPrefix(route.destination),
    gateway: route.gateway,
    device,
    // Others (router advertisements, routing daemons) have no name in upstream's file format
    protocol: nameOf(routeProtocols, route.protocol) ?? 'boot',
    scope: nameOf(routeScopes, route.scope),
    metric: route.metric,
    source: route.source,
    onlink: route.onlink,
    mtu: route.mtu,
  };
}

function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, value: number): Name | undefined {
  for (const name in table) if (table[name] === value) return name;
  return undefined;
}
