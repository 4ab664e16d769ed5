/** Links (network devices): create, change, delete, list. */

import { parseMac } from './addresses.ts';
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  hostIsLittle,
  nested,
  rawAttribute,
  readNested,
  readText,
  readU8,
  readU32,
  readU64,
  text,
  u32,
} from './attribute.ts';
import {
  IFF_LOOPBACK,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_EXT_MASK,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINK_NETNSID,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NET_NS_FD,
  IFLA_OPERSTATE,
  IFLA_STATS64,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REQUEST,
  RTEXT_FILTER_SKIP_STATS,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
  RTM_SETLINK,
  VETH_INFO_PEER,
} from './constants.ts';
import { readMac } from './ip-attribute.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';
import type { Netns } from './netns.ts';
import { decodeVxlan, encodeVxlan, type Vxlan } from './vxlan.ts';

/** How to name an existing link. */
export type LinkRef = { readonly index: number } | { readonly name: string };

interface LinkCommon {
  readonly name: string;
  /** Chosen by the caller, so that later requests of the same batch can name the link before it exists. */
  readonly index?: number;
  readonly mac?: string;
  readonly mtu?: number;
  readonly up?: boolean;
  /** Where it appears; a VXLAN's UDP socket stays where the request was sent. */
  readonly netns?: Netns;
}

export type NewLink =
  | (LinkCommon & { readonly kind: 'dummy' | 'bridge' })
  /** The kernel refuses to bring the peer up in the same message (ENOTCONN). */
  | (LinkCommon & { readonly kind: 'veth'; readonly peer: Omit<LinkCommon, 'up'> })
  | (LinkCommon & { readonly kind: 'vxlan'; readonly vxlan: Vxlan });

export interface LinkChanges {
  readonly name?: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly up?: boolean;
  readonly netns?: Netns;
  /** ifindex of the bridge; 0 takes the link out of it. */
  readonly masterIndex?: number;
  /** A note on the link, kept when it changes its namespace; '' removes it. At most 255 bytes. */
  readonly alias?: string;
}

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly loopback: boolean;
  /** undefined when the link has none of 6 bytes. */
  readonly mac: string | undefined;
  readonly mtu: number;
  /** 'vxlan', 'veth', …; undefined for hardware and lo. */
  readonly kind: string | undefined;
  readonly masterIndex: number | undefined;
  /** The link it is stacked on, or a veth's peer. */
  readonly lowerIndex: number | undefined;
  /** The namespace of `lowerIndex`, when it is another one (the kernel's id for it). */
  readonly lowerNetnsId: number | undefined;
  readonly alias: string | undefined;
  /** IF_OPER_*: 6 is up. */
  readonly operState: number;
  readonly vxlan: Vxlan | undefined;
  /** All that the kernel told. */
  readonly attributes: readonly Attribute[];
}

const headerBytes = 16;

/** Fails with EEXIST when the name, the index, or a VXLAN's VNI + port is taken. */
export function newLink(link: NewLink): NetlinkRequest {
  const info = [text(IFLA_INFO_KIND, link.kind)];
  if (link.kind === 'vxlan') info.push(nested(IFLA_INFO_DATA, encodeVxlan(link.vxlan)));
  if (link.kind === 'veth') {
    const peer = rawAttribute(VETH_INFO_PEER, linkPayload(link.peer, commonAttributes(link.peer)));
    info.push(nested(IFLA_INFO_DATA, [peer]));
  }
  const peerNetns = link.kind === 'veth' ? link.peer.netns : undefined;
  return change({
    family: 'route',
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: linkPayload(link, [...commonAttributes(link), nested(IFLA_LINKINFO, info)]),
    attempted: `create ${link.kind} link ${link.name}`,
    holds: [link.netns, peerNetns].filter((netns) => netns !== undefined),
  });
}

export function setLink(link: LinkRef, changes: LinkChanges): NetlinkRequest {
  // With an index the name is a new one; without, it says which link is meant and cannot be changed.
  const index = 'index' in link ? link.index : undefined;
  if ('name' in link && changes.name !== undefined) throw new TypeError('rename a link by its index');
  const attributes = commonAttributes({ ...changes, name: 'name' in link ? link.name : changes.name });
  if (changes.masterIndex !== undefined) attributes.push(u32(IFLA_MASTER, changes.masterIndex));
  // Its length counts: a terminating NUL would be part of it
  if (changes.alias !== undefined) attributes.push(rawAttribute(IFLA_IFALIAS, Buffer.from(changes.alias)));
  return change({
    family: 'route',
    type: RTM_SETLINK,
    payload: linkPayload(
      { ...(index !== undefined && { index }), ...(changes.up !== undefined && { up: changes.up }) },
      attributes,
    ),
    attempted: `change link ${refText(link)}`,
    holds: changes.netns ? [changes.netns] : [],
  });
}

export function delLink(link: LinkRef): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_DELLINK,
    payload: refPayload(link),
    attempted: `delete link ${refText(link)}`,
  });
}

export function getLinks(): NetlinkQuery<Link> {
  const attributes = [u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)];
  return dump({
    family: 'route',
    type: RTM_GETLINK,
    payload: linkPayload({}, attributes),
    attempted: 'list links',
    decode: decodeLink,
  });
}

/** One link; ENODEV when there is none. */
export function getLink(link: LinkRef): NetlinkQuery<Link> {
  return {
    family: 'route',
    type: RTM_GETLINK,
    flags: NLM_F_REQUEST | NLM_F_ACK,
    payload: refPayload(link),
    attempted: `look up link ${refText(link)}`,
    decode: decodeLink,
  };
}

export function decodeLink(message: NetlinkMessage): Link | undefined {
  if (message.type !== RTM_NEWLINK) return undefined;
  const { header, rest } = splitPayload(message.payload, headerBytes);
  const attributes = decodeAttributes(rest);
  const flags = header.getUint32(8, hostIsLittle);
  const info = readNested(findAttribute(attributes, IFLA_LINKINFO)) ?? [];
  const kind = readText(findAttribute(info, IFLA_INFO_KIND));
  const data = findAttribute(info, IFLA_INFO_DATA);
  return {
    index: header.getInt32(4, hostIsLittle),
    name: readText(findAttribute(attributes, IFLA_IFNAME)) ?? '',
    up: (flags & IFF_UP) !== 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    mac: readMac(findAttribute(attributes, IFLA_ADDRESS)),
    mtu: readU32(findAttribute(attributes, IFLA_MTU)) ?? 0,
    kind,
    masterIndex: readU32(findAttribute(attributes, IFLA_MASTER)),
    lowerIndex: readU32(findAttribute(attributes, IFLA_LINK)),
    lowerNetnsId: readU32(findAttribute(attributes, IFLA_LINK_NETNSID)),
    alias: readText(findAttribute(attributes, IFLA_IFALIAS)),
    operState: readU8(findAttribute(attributes, IFLA_OPERSTATE)) ?? 0,
    vxlan: kind === 'vxlan' && data ? decodeVxlan(decodeAttributes(data)) : undefined,
    attributes,
  };
}

/** What went over a link since it was made. */
export interface LinkCounters {
  readonly rxPackets: number;
  readonly txPackets: number;
  readonly rxBytes: number;
  readonly txBytes: number;
  readonly rxDropped: number;
  readonly txDropped: number;
}

/** Undefined for a link of `getLinks`, which asks for none. */
export function linkCounters({ attributes }: Link): LinkCounters | undefined {
  const stats = findAttribute(attributes, IFLA_STATS64);
  if (!stats) return undefined;
  // struct rtnl_link_stats64: packets, bytes, errors, dropped, each first received, then sent
  const at = (index: number) => readU64(stats.subarray(index * 8)) ?? 0;
  return { rxPackets: at(0), txPackets: at(1), rxBytes: at(2), txBytes: at(3), rxDropped: at(6), txDropped: at(7) };
}

function commonAttributes(link: { name?: string | undefined; mac?: string; mtu?: number; netns?: Netns }): Attribute[] {
  const attributes: Attribute[] = [];
  if (link.name !== undefined) attributes.push(text(IFLA_IFNAME, link.name));
  if (link.mac !== undefined) attributes.push(rawAttribute(IFLA_ADDRESS, parseMac(link.mac)));
  if (link.mtu !== undefined) attributes.push(u32(IFLA_MTU, link.mtu));
  if (link.netns !== undefined) attributes.push(u32(IFLA_NET_NS_FD, link.netns.fd));
  return attributes;
}

/** struct ifinfomsg: family, type, index, flags and which of them change. */
function linkPayload(link: { index?: number; up?: boolean }, attributes: readonly Attribute[]): Uint8Array {
  return joinPayload(
    headerBytes,
    (header) => {
      header.setInt32(4, link.index ?? 0, hostIsLittle);
      header.setUint32(8, link.up ? IFF_UP : 0, hostIsLittle);
      header.setUint32(12, link.up === undefined ? 0 : IFF_UP, hostIsLittle);
    },
    encodeAttributes(attributes),
  );
}

function refPayload(link: LinkRef): Uint8Array {
  return 'index' in link ? linkPayload({ index: link.index }, []) : linkPayload({}, [text(IFLA_IFNAME, link.name)]);
}

function refText(link: LinkRef): string {
  return 'index' in link ? `#${link.index}` : link.name;
}
