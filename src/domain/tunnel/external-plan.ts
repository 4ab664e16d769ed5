/** The pod VM's second interface, given to the pod for its way out: which one, and what moves with it. Pure. */

import {
  addAddress,
  addRoute,
  copyAddress,
  delRoute,
  type InterfaceAddress,
  type Link,
  type NetlinkRequest,
  type Netns,
  type NewRoute,
  type Route,
  setLink,
} from '@peerpods/netlink';
import { formatPrefix, type Prefix, parsePrefix, prefixContains } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import type { Operation, Step } from './apply.ts';
import { defaultRoutes, mainTable } from './host-interface.ts';

export interface ExternalNic {
  /** Its name in the VM's own namespace. */
  readonly name: string;
  readonly addresses: readonly (Prefix | InterfaceAddress)[];
  /** What leads out of the pod. */
  readonly defaults: readonly NewRoute[];
  /** What goes back with it to the VM's own namespace. */
  readonly routes: readonly NewRoute[];
}

export interface SeenHost {
  readonly links: readonly Link[];
  readonly addresses: readonly InterfaceAddress[];
  /** Of the main table. */
  readonly routes: readonly Route[];
}

/** Interfaces that no cloud attaches. */
const localNames = ['veth', 'lo', 'docker', 'podman', 'br-', 'cni', 'tunl', 'tun', 'tap'];
const kernelProtocol = 2;
const aliasMark = 'peerpods-external ';
const aliasBytesMax = 255;
const anyIpv4: Prefix = { address: '0.0.0.0', length: 0 };

/**
 * The first that has an IPv4 address and a way out: a default route of its own, or the gateway of the primary
 * interface, being in its subnet. `taken` are the interfaces that the VM and the tunnel need.
 */
export function chooseExternal(seen: SeenHost, taken: readonly number[]): { link: Link; nic: ExternalNic } | undefined {
  const [best] = defaultRoutes(seen.routes, 4);
  const of = (link: Link) =>
    seen.addresses.filter(({ linkIndex, scope, tentative }) => linkIndex === link.index && scope === 0 && !tentative);
  const primarySubnets = seen.addresses
    .filter(({ linkIndex, version, scope }) => linkIndex === best?.linkIndex && version === 4 && scope === 0)
    .map(prefixOf);
  for (const link of seen.links.toSorted((a, b) => a.index - b.index)) {
    if (taken.includes(link.index) || localNames.some((start) => link.name.startsWith(start))) continue;
    const addresses = of(link);
    const ipv4 = addresses.filter(({ version }) => version === 4);
    const own = defaultRoutes(seen.routes).filter(({ linkIndex }) => linkIndex === link.index);
    const shared = ipv4.some(({ address }) => primarySubnets.some((subnet) => prefixContains(subnet, address)));
    const borrowed: NewRoute[] = shared && best?.gateway ? [{ destination: anyIpv4, gateway: best.gateway }] : [];
    const defaults = own.some(({ version }) => version === 4) ? own : borrowed;
    if (ipv4.length === 0 || defaults.length === 0) continue;
    const routes = seen.routes.filter((route) => route.linkIndex === link.index && route.protocol !== kernelProtocol);
    return { link, nic: { name: link.name, addresses, defaults, routes } };
  }
  return undefined;
}

/** A note on the link itself, for whoever finds it in the pod's namespace after a crash. */
export function encodeAlias({ name, addresses, defaults, routes }: ExternalNic): string {
  const plain = (route: NewRoute) => [formatPrefix(route.destination), route.gateway ?? '', route.metric ?? 0];
  const own = routes.length > 0 ? 1 : 0;
  const note = { n: name, a: addresses.map((one) => formatPrefix(prefixOf(one))), d: defaults.map(plain), o: own };
  const alias = `${aliasMark}${JSON.stringify(note)}`;
  if (Buffer.byteLength(alias) > aliasBytesMax) {
    throw new PeerPodError('E_POD_NETWORK', `${name} has too many addresses and default routes to be moved`);
  }
  return alias;
}

/** undefined when the alias is not of ours. */
export function parseAlias(alias: string | undefined): ExternalNic | undefined {
  if (!alias?.startsWith(aliasMark)) return undefined;
  try {
    const { n, a, d, o } = JSON.parse(alias.slice(aliasMark.length));
    const defaults = (d as [string, string, number][]).map(([destination, gateway, metric]) => ({
      destination: parsePrefix(destination),
      gateway: gateway || undefined,
      metric,
    }));
    return { name: String(n), addresses: (a as string[]).map(parsePrefix), defaults, routes: o ? defaults : [] };
  } catch {
    return undefined; // whoever may configure the pod's network may write anything there
  }
}

/** In the pod's namespace, where the link has `index`. Its default routes take the place of the pod's. */
export function planInside(nic: ExternalNic, index: number, podRoutes: readonly Route[], pod: Netns): Operation[] {
  const versions = new Set(nic.defaults.map(({ destination }) => (destination.address.includes(':') ? 6 : 4)));
  const replaced = defaultRoutes(podRoutes).filter(
    (route) => versions.has(route.version) && route.linkIndex !== index && route.table === mainTable,
  );
  const tolerate = ['EEXIST'];
  return [
    { netns: pod, request: setLink({ index }, { up: true }) },
    // For good: nobody renews a lease in there
    ...nic.addresses.map((one) => ({ netns: pod, tolerate, request: newAddress(prefixOf(one), index) })),
    ...replaced.map((route) => ({
      netns: pod,
      request: delRoute(route),
      tolerate: ['ESRCH'],
      undo: () => [{ netns: pod, request: addRoute(route), tolerate }],
    })),
    ...nic.defaults.map((route) => ({
      netns: pod,
      tolerate,
      request: addRoute({ ...portable(route), linkIndex: index }),
    })),
  ];
}

/** Back in the VM's own namespace, where the link has `index`. */
export function planRestoration(nic: ExternalNic, index: number, hostNetns: Netns | undefined): Step[] {
  const tolerate = ['EEXIST'];
  const requests: NetlinkRequest[] = [
    setLink({ index }, { up: true }),
    ...nic.addresses.map((one) => ('attributes' in one ? copyAddress(one, index) : newAddress(one, index))),
    ...withoutGatewayFirst(nic.routes).map((route) => addRoute({ ...route, linkIndex: index })),
    setLink({ index }, { alias: '' }),
  ];
  return requests.map((request) => ({ netns: hostNetns, request, tolerate }));
}

function withoutGatewayFirst(routes: readonly NewRoute[]): NewRoute[] {
  return routes.toSorted((a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined));
}

function portable({ destination, gateway, metric, mtu, onlink }: NewRoute): NewRoute {
  return { destination, gateway, metric, mtu, onlink };
}

function newAddress({ address, length }: Prefix, linkIndex: number): NetlinkRequest {
  return addAddress({ linkIndex, address, prefixLength: length, noDad: true });
}

function prefixOf(one: Prefix | InterfaceAddress): Prefix {
  return 'length' in one ? one : { address: one.address, length: one.prefixLength };
}
