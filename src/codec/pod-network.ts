/** The pod-network object of apf.json: upstream's shape for IPv4, with keys of ours that upstream ignores. */

import { formatPrefix, parseIp, parseMac, parsePrefix } from '@peerpods/netlink/addresses';
import { errorText, PeerPodError } from '#base/errors.ts';
import { foldKeys } from './go-json.ts';

export const routeProtocols = { kernel: 2, boot: 3, static: 4, dhcp: 16 } as const;
export const routeScopes = { universe: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export const neighbourStates = {
  none: 0,
  incomplete: 0x01,
  reachable: 0x02,
  stale: 0x04,
  delay: 0x08,
  probe: 0x10,
  failed: 0x20,
  noarp: 0x40,
  permanent: 0x80,
} as const;

export type RouteProtocol = keyof typeof routeProtocols;
export type RouteScope = keyof typeof routeScopes;
export type NeighbourState = keyof typeof neighbourStates;

export interface PodRoute {
  readonly destination: string;
  readonly gateway: string | undefined;
  readonly device: string | undefined;
  readonly protocol: RouteProtocol | undefined;
  readonly scope: RouteScope | undefined;
  readonly metric: number | undefined;
  readonly source: string | undefined;
  readonly onlink: boolean;
  readonly mtu: number | undefined;
}

export interface PodNeighbour {
  readonly address: string;
  readonly mac: string | undefined;
  readonly device: string | undefined;
  readonly state: NeighbourState | undefined;
}

export interface PodNetwork {
  /** undefined in a pod with IPv6 only. */
  readonly podIp: string | undefined;
  readonly podIps6: readonly string[];
  readonly podMac: string;
  readonly interface: string;
  readonly workerNodeIp: string;
  readonly routes: readonly PodRoute[];
  readonly routes6: readonly PodRoute[];
  readonly neighbours: readonly PodNeighbour[];
  readonly neighbours6: readonly PodNeighbour[];
  readonly mtu: number;
  readonly index: number;
  readonly vxlanPort: number;
  readonly vni: number;
  readonly dedicated: boolean;
  readonly externalNetViaPodVm: boolean;
}

/** The JSON value to put under `pod-network`. */
export function encodePodNetwork(pod: PodNetwork): Record<string, unknown> {
  return {
    podip: pod.podIp ?? '',
    'pod-hw-addr': pod.podMac,
    interface: pod.interface,
    'worker-node-ip': pod.workerNodeIp,
    'tunnel-type': 'vxlan',
    routes: pod.routes.map(encodeRoute),
    neighbors: pod.neighbours.length > 0 ? pod.neighbours.map(encodeNeighbour) : null,
    mtu: pod.mtu,
    index: pod.index,
    ...(pod.vxlanPort !== 0 && { 'vxlan-port': pod.vxlanPort }),
    ...(pod.vni !== 0 && { 'vxlan-id': pod.vni }),
    dedicated: pod.dedicated,
    'external-net-via-pod-vm': pod.externalNetViaPodVm,
    ...(pod.podIps6.length > 0 && { podips6: pod.podIps6 }),
    ...(pod.routes6.length > 0 && { routes6: pod.routes6.map(encodeRoute) }),
    ...(pod.neighbours6.length > 0 && { neighbors6: pod.neighbours6.map(encodeNeighbour) }),
  };
}

/** As tolerant as Go's parser: keys in any case, null for absent, unknown keys ignored. */
export function parsePodNetwork(value: unknown): PodNetwork {
  if (value === null || value === undefined) throw new PeerPodError('E_POD_NETWORK', 'there is no pod-network');
  try {
    const keys = objectKeys(value, 'pod-network');
    const tunnelType = text(keys, 'tunnel-type');
    if (tunnelType !== undefined && tunnelType !== 'vxlan') throw new Error(`tunnel-type ${tunnelType} is not vxlan`);
    const podIp = text(keys, 'podip');
    const podMac = needed(text(keys, 'pod-hw-addr'), 'pod-hw-addr');
    parseMac(podMac);
    return {
      podIp: podIp && formatPrefix(parsePrefix(podIp)),
      podIps6: list(keys, 'podips6').map((entry) => formatPrefix(parsePrefix(String(entry)))),
      podMac,
      interface: needed(text(keys, 'interface'), 'interface'),
      workerNodeIp: formatPrefix(parsePrefix(needed(text(keys, 'worker-node-ip'), 'worker-node-ip'))),
      routes: list(keys, 'routes').map((entry) => parseRoute(entry, '0.0.0.0/0')),
      routes6: list(keys, 'routes6').map((entry) => parseRoute(entry, '::/0')),
      neighbours: list(keys, 'neighbors').map(parseNeighbour),
      neighbours6: list(keys, 'neighbors6').map(parseNeighbour),
      mtu: number(keys, 'mtu') ?? 0,
      index: number(keys, 'index') ?? 0,
      vxlanPort: number(keys, 'vxlan-port') ?? 0,
      vni: number(keys, 'vxlan-id') ?? 0,
      dedicated: keys.get('dedicated') === true,
      externalNetViaPodVm: keys.get('external-net-via-pod-vm') === true,
    };
  } catch (error) {
    throw new PeerPodError('E_POD_NETWORK', `pod-network: ${errorText(error)}`, { cause: error });
  }
}

function encodeRoute(route: PodRoute): Record<string, unknown> {
  return {
    dst: route.destination,
    gw: route.gateway ?? '',
    ...(route.device !== undefined && { dev: route.device }),
    ...(route.protocol !== undefined && { protocol: route.protocol }),
    // universe is value 0, which upstream's writer leaves out
    ...(route.scope !== undefined && route.scope !== 'universe' && { scope: route.scope }),
    ...(route.metric !== undefined && { metric: route.metric }),
    ...(route.source !== undefined && { src: route.source }),
    ...(route.onlink && { onlink: true }),
    ...(route.mtu !== undefined && { mtu: route.mtu }),
  };
}

function encodeNeighbour(neighbour: PodNeighbour): Record<string, unknown> {
  return {
    ip: neighbour.address,
    ...(neighbour.mac !== undefined && { 'hw-addr': neighbour.mac }),
    ...(neighbour.device !== undefined && { dev: neighbour.device }),
    ...(neighbour.state !== undefined && { state: neighbour.state }),
  };
}

function parseRoute(value: unknown, defaultRoute: string): PodRoute {
  const keys = objectKeys(value, 'route');
  const dst = text(keys, 'dst');
  const destination = dst && formatPrefix(parsePrefix(dst));
  const gateway = text(keys, 'gw');
  const source = text(keys, 'src');
  if (gateway !== undefined) parseIp(gateway);
  if (source !== undefined) parseIp(source);
  if (destination === undefined && gateway === undefined) throw new Error('a route without dst needs a gw');
  // Three spellings of the IPv4 default route exist: empty, 0.0.0.0/0 and this mapped one.
  const isDefault = destination === undefined || destination === '::ffff:0.0.0.0/0';
  return {
    destination: isDefault ? defaultRoute : destination,
    gateway,
    device: text(keys, 'dev'),
    protocol: oneOf(keys, 'protocol', routeProtocols),
    scope: oneOf(keys, 'scope', routeScopes),
    metric: number(keys, 'metric'),
    source,
    onlink: keys.get('onlink') === true,
    mtu: number(keys, 'mtu'),
  };
}

function parseNeighbour(value: unknown): PodNeighbour {
  const keys = objectKeys(value, 'neighbour');
  const address = needed(text(keys, 'ip'), 'ip of a neighbour');
  const mac = text(keys, 'hw-addr');
  parseIp(address);
  if (mac !== undefined) parseMac(mac);
  return { address, mac, device: text(keys, 'dev'), state: oneOf(keys, 'state', neighbourStates) };
}

function objectKeys(value: unknown, what: string): ReadonlyMap<string, unknown> {
  const keys = foldKeys(value);
  if (!keys) throw new Error(`${what} is not an object`);
  return keys;
}

function text(keys: ReadonlyMap<string, unknown>, key: string): string | undefined {
  const value = keys.get(key) ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw new Error(`${key} is not a string`);
  return value === '' ? undefined : value;
}

function number(keys: ReadonlyMap<string, unknown>, key: string): number | undefined {
  const value = keys.get(key) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`${key} is no whole number`);
  return value;
}

function list(keys: ReadonlyMap<string, unknown>, key: string): readonly unknown[] {
  const value = keys.get(key) ?? [];
  if (!Array.isArray(value)) throw new Error(`${key} is not a list`);
  return value;
}

function oneOf<Name extends string>(
  keys: ReadonlyMap<string, unknown>,
  key: string,
  table: Readonly<Record<Name, number>>,
): Name | undefined {
  const value = text(keys, key);
  if (value === undefined) return undefined;
  if (!Object.hasOwn(table, value)) throw new Error(`${key} ${JSON.stringify(value)} is unknown`);
  return value as Name;
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
