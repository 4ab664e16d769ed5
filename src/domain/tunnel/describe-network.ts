/** From what the kernel tells of a pod's network to what the pod VM is told of it. Pure. */

import { type InterfaceAddress, type Link, type Neighbour, nextHopsOf, type Route, type Rule } from '@peerpods/netlink';
import { formatPrefix } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import { type PodNeighbour, type PodNetwork, type PodRoute, routeProtocols, routeScopes } from '#codec/pod-network.ts';
import { defaultRoutes, unicast, usableAddresses } from './host-interface.ts';
import { routesToSubnets } from './pod-subnets.ts';

/** What was read inside the pod's network namespace. */
export interface SeenPod {
  readonly link: Link;
  readonly addresses: readonly InterfaceAddress[];
  /** Of the main table. */
  readonly routes: readonly Route[];
  readonly neighbours: readonly Neighbour[];
  readonly rules: readonly Rule[];
  /** Names of further interfaces with an address. */
  readonly furtherLinks: readonly string[];
}

export type PodSide = Pick<
  PodNetwork,
  'podIp' | 'podIps6' | 'podMac' | 'interface' | 'routes' | 'routes6' | 'neighbours' | 'neighbours6'
>;

const permanent = 0x80;
/** The rules that every namespace has: tables local, main and default. */
const ordinaryTables: readonly number[] = [255, 254, 253];

/** E_POD_NETWORK unless the pod has exactly one IPv4 address, or IPv6 ones only. */
export function describePod(seen: SeenPod, podSubnets: readonly string[]): PodSide {
  const { link } = seen;
  const addresses = usableAddresses(seen.addresses);
  const podIps6 = addresses.filter((address) => address.includes(':'));
  const [podIp, ...others] = addresses.filter((address) => !address.includes(':'));
  if (others.length > 0 || (podIp === undefined && podIps6.length === 0)) {
    const count = others.length + (podIp === undefined ? 0 : 1);
    throw new PeerPodError('E_POD_NETWORK', `${link.name} has ${count} IPv4 addresses, not exactly one`);
  }
  if (link.mac === undefined) throw new PeerPodError('E_POD_NETWORK', `${link.name} has no MAC address`);
  const routes = (version: 4 | 6, present: boolean): PodRoute[] => {
    const own = carriedRoutes(seen, version).map((route) => describeRoute(route, link.name));
    return present ? [...own, ...routesToSubnets(podSubnets, own, version, link.name)] : own;
  };
  return {
    podIp,
    podIps6,
    podMac: link.mac,
    interface: link.name,
    routes: routes(4, podIp !== undefined),
    routes6: routes(6, podIps6.length > 0),
    neighbours: describeNeighbours(seen, 4),
    neighbours6: describeNeighbours(seen, 6),
  };
}

/** The pod's interface by name, or that of its best default route. */
export function findPodLink(links: readonly Link[], routes: readonly Route[], name: string | undefined): Link {
  const [best] = defaultRoutes(routes);
  const index = best && nextHopsOf(best)[0]?.linkIndex;
  const link = links.find((entry) => (name === undefined ? entry.index === index : entry.name === name));
  if (!link) throw new PeerPodError('E_POD_NETWORK', `the pod has no interface ${name ?? 'with a default route'}`);
  return link;
}

/** Those that a second network attachment made; what the kernel puts into each namespace has no address. */
export function furtherLinks(links: readonly Link[], own: Link, addresses: readonly InterfaceAddress[]): string[] {
  return links
    .filter(({ index, loopback }) => index !== own.index && !loopback)
    .filter(({ index }) => usableAddresses(addresses.filter(({ linkIndex }) => linkIndex === index)).length > 0)
    .map(({ name }) => name);
}

/** In words, what the pod has on the worker and will not have in the VM. */
export function leftBehind({ link, routes, rules, furtherLinks }: SeenPod): string[] {
  const elsewhere = routes.filter((route) => route.type !== unicast || route.linkIndex !== link.index);
  return [
    ...furtherLinks.map((name) => `interface ${name}`),
    ...elsewhere.map((route) => `route to ${formatPrefix(route.destination)}`),
    ...rules
      .filter(({ table, source, action }) => source !== undefined || action !== 1 || !ordinaryTables.includes(table))
      .map(({ priority }) => `rule ${priority}`),
  ];
}

function carriedRoutes({ routes, link }: SeenPod, version: 4 | 6): Route[] {
  return routes
    .filter((route) => route.version === version && route.type === unicast && route.linkIndex === link.index)
    .filter((route) => !route.destination.address.startsWith('fe80:')); // the VM's kernel has its own
}

export function describeRoute(route: Route, device: string): PodRoute {
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

function describeNeighbours({ neighbours, link }: SeenPod, version: 4 | 6): PodNeighbour[] {
  return neighbours
    .filter((neighbour) => neighbour.version === version && neighbour.state === permanent)
    .map(({ address, mac }) => ({ address, mac, device: link.name, state: 'permanent' }));
}

function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, value: number): Name | undefined {
  for (const name in table) if (table[name] === value) return name;
  return undefined;
}
