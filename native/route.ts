/** Routes. */

import { formatIp, formatPrefix, ipVersion, networkOf, type Prefix, parseIp } from './addresses.ts';
import {
  type Attribute,
  align,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  hostIsLittle,
  nested,
  rawAttribute,
  readNested,
  readU32,
  u32,
} from './attribute.ts';
import {
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  RT_SCOPE_LINK,
  RT_SCOPE_NOWHERE,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_MAIN,
  RTA_DST,
  RTA_GATEWAY,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_OIF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_TABLE,
  RTA_VIA,
  RTAX_MTU,
  RTM_DELROUTE,
  RTM_F_CLONED,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  RTN_UNICAST,
  RTNH_F_ONLINK,
  RTPROT_BOOT,
} from './constants.ts';
import { NetlinkDecodeError } from './errors.ts';
import { anyAddress, familyNumber, familyVersion, ip, readIp } from './ip-attribute.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';

export interface NewRoute {
  /** 0.0.0.0/0 or ::/0 is the default route. */
  readonly destination: Prefix;
  readonly gateway?: string | undefined;
  readonly linkIndex?: number | undefined;
  /** Preferred source address. */
  readonly source?: string | undefined;
  readonly metric?: number | undefined;
  /** Path MTU (RTAX_MTU). */
  readonly mtu?: number | undefined;
  /** The gateway is on the link, whatever the addresses say. */
  readonly onlink?: boolean | undefined;
  /** Default main. */
  readonly table?: number | undefined;
  /** Default boot. */
  readonly protocol?: number | undefined;
  /** Default universe with a gateway (and for IPv6), link without. */
  readonly scope?: number | undefined;
  /** Default unicast. */
  readonly type?: number | undefined;
  /** Next hops as the kernel gave them (struct rtnexthop …), for copying. */
  readonly multipath?: Uint8Array | undefined;
}

export interface Route extends NewRoute {
  readonly version: 4 | 6;
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly type: number;
  readonly onlink: boolean;
  readonly attributes: readonly Attribute[];
}

const headerBytes = 12;

/** Fails with EEXIST when there is one with the same destination and metric, unless `replace`. */
export function addRoute(route: NewRoute, options: { replace?: boolean } = {}): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_NEWROUTE,
    flags: NLM_F_CREATE | (options.replace ? NLM_F_REPLACE : NLM_F_EXCL),
    payload: payloadOf(route, route.protocol ?? RTPROT_BOOT, defaultScope(route), route.type ?? RTN_UNICAST),
    attempted: `add route ${routeText(route)}`,
  });
}

/** What is given must match, what is absent may be anything; ESRCH when no route does. */
export function delRoute(route: NewRoute): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_DELROUTE,
    payload: payloadOf(route, route.protocol ?? 0, route.scope ?? RT_SCOPE_NOWHERE, route.type ?? 0),
    attempted: `delete route ${routeText(route)}`,
  });
}

/** Routes of all tables unless one is named; without the kernel's cached clones. */
export function getRoutes(filter: { version?: 4 | 6; table?: number; linkIndex?: number } = {}): NetlinkQuery<Route> {
  return dump({
    family: 'route',
    type: RTM_GETROUTE,
    payload: joinPayload(headerBytes, (header) => header.setUint8(0, familyNumber(filter.version)), new Uint8Array()),
    attempted: 'list routes',
    decode: (message) => {
      const route = decodeRoute(message);
      if (!route) return undefined;
      if (filter.table !== undefined && route.table !== filter.table) return undefined;
      return filter.linkIndex !== undefined && route.linkIndex !== filter.linkIndex ? undefined : route;
    },
  });
}

export function decodeRoute(message: NetlinkMessage): Route | undefined {
  if (message.type !== RTM_NEWROUTE) return undefined;
  const { header, rest } = splitPayload(message.payload, headerBytes);
  const version = familyVersion(header.getUint8(0));
  const flags = header.getUint32(8, hostIsLittle);
  if (version === undefined || (flags & RTM_F_CLONED) !== 0) return undefined;
  const attributes = decodeAttributes(rest);
  const metrics = readNested(findAttribute(attributes, RTA_METRICS)) ?? [];
  const via = findAttribute(attributes, RTA_VIA);
  return {
    version,
    destination: {
      address: readIp(findAttribute(attributes, RTA_DST)) ?? anyAddress(version),
      length: header.getUint8(1),
    },
    gateway: readIp(findAttribute(attributes, RTA_GATEWAY)) ?? (via && readVia(via)),
    linkIndex: readU32(findAttribute(attributes, RTA_OIF)),
    source: readIp(findAttribute(attributes, RTA_PREFSRC)),
    metric: readU32(findAttribute(attributes, RTA_PRIORITY)),
    mtu: readU32(findAttribute(metrics, RTAX_MTU)),
    onlink: (flags & RTNH_F_ONLINK) !== 0,
    table: readU32(findAttribute(attributes, RTA_TABLE)) ?? header.getUint8(4),
    protocol: header.getUint8(5),
    scope: header.getUint8(6),
    type: header.getUint8(7),
    multipath: findAttribute(attributes, RTA_MULTIPATH),
    attributes,
  };
}

export function isDefaultRoute(route: NewRoute): boolean {
  return route.destination.length === 0;
}

export interface NextHop {
  readonly linkIndex: number;
  readonly gateway: string | undefined;
}

const hopHeaderBytes = 8;

/** Where a route leads: one next hop, or those of a multipath route in order; none for a blackhole and its kin. */
export function nextHopsOf(route: Route): NextHop[] {
  if (route.multipath === undefined) {
    return route.linkIndex === undefined ? [] : [{ linkIndex: route.linkIndex, gateway: route.gateway }];
  }
  const hops: NextHop[] = [];
  for (let rest = route.multipath; rest.length > 0; ) {
    // struct rtnexthop: length, flags, hops, ifindex; then attributes
    const { header } = splitPayload(rest, hopHeaderBytes);
    const length = header.getUint16(0, hostIsLittle);
    if (length < hopHeaderBytes || length > rest.length) throw new NetlinkDecodeError(`a next hop of ${length} bytes`);
    const attributes = decodeAttributes(rest.subarray(hopHeaderBytes, length));
    const via = findAttribute(attributes, RTA_VIA);
    const gateway = readIp(findAttribute(attributes, RTA_GATEWAY)) ?? (via && readVia(via));
    hops.push({ linkIndex: header.getInt32(4, hostIsLittle), gateway });
    rest = rest.subarray(align(length));
  }
  return hops;
}

/** struct rtmsg. */
function payloadOf(route: NewRoute, protocol: number, scope: number, type: number): Uint8Array {
  const version = ipVersion(route.destination.address);
  const table = route.table ?? RT_TABLE_MAIN;
  const attributes: Attribute[] = [];
  if (route.destination.length > 0) attributes.push(ip(RTA_DST, networkOf(route.destination).address));
  if (route.gateway !== undefined) attributes.push(gatewayAttribute(version, route.gateway));
  if (route.linkIndex !== undefined) attributes.push(u32(RTA_OIF, route.linkIndex));
  if (route.source !== undefined) attributes.push(ip(RTA_PREFSRC, route.source));
  if (route.metric !== undefined) attributes.push(u32(RTA_PRIORITY, route.metric));
  if (route.mtu !== undefined) attributes.push(nested(RTA_METRICS, [u32(RTAX_MTU, route.mtu)]));
  if (route.multipath !== undefined) attributes.push(rawAttribute(RTA_MULTIPATH, route.multipath));
  attributes.push(u32(RTA_TABLE, table));
  return joinPayload(
    headerBytes,
    (header) => {
      header.setUint8(0, familyNumber(version));
      header.setUint8(1, route.destination.length);
      header.setUint8(4, table < 256 ? table : 0); // larger ones are in RTA_TABLE only
      header.setUint8(5, protocol);
      header.setUint8(6, scope);
      header.setUint8(7, type);
      header.setUint32(8, route.onlink ? RTNH_F_ONLINK : 0, hostIsLittle);
    },
    encodeAttributes(attributes),
  );
}

function defaultScope(route: NewRoute): number {
  if (route.scope !== undefined) return route.scope;
  const direct =
    route.gateway === undefined && route.multipath === undefined && (route.type ?? RTN_UNICAST) === RTN_UNICAST;
  return direct && ipVersion(route.destination.address) === 4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
}

/** An IPv4 route may go through an IPv6 gateway: struct rtvia, a family and an address. */
function gatewayAttribute(version: 4 | 6, gateway: string): Attribute {
  const bytes = parseIp(gateway);
  if (ipVersion(gateway) === version) return rawAttribute(RTA_GATEWAY, bytes);
  const via = new Uint8Array(2 + bytes.length);
  new DataView(via.buffer).setUint16(0, familyNumber(ipVersion(gateway)), hostIsLittle);
  via.set(bytes, 2);
  return rawAttribute(RTA_VIA, via);
}

function readVia(value: Uint8Array): string {
  const bytes = value.subarray(2);
  if (bytes.length !== 4 && bytes.length !== 16) throw new NetlinkDecodeError(`RTA_VIA of ${value.length} bytes`);
  return formatIp(bytes);
}

function routeText(route: NewRoute): string {
  const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  return `${formatPrefix(route.destination)}${via}${route.linkIndex === undefined ? '' : ` link #${route.linkIndex}`}`;
}
