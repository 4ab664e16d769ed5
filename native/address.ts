/** Addresses on links. */

import { broadcastOf, ipVersion } from './addresses.ts';
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  hostIsLittle,
  readText,
  readU32,
  u32,
  viewOf,
} from './attribute.ts';
import {
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_F_NODAD,
  IFA_F_NOPREFIXROUTE,
  IFA_F_PERMANENT,
  IFA_F_TENTATIVE,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RT_SCOPE_UNIVERSE,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
} from './constants.ts';
import { addressFamily, familyNumber, familyVersion, ip, readIp } from './ip-attribute.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';

export interface NewAddress {
  readonly linkIndex: number;
  readonly address: string;
  readonly prefixLength: number;
  /** Default universe. */
  readonly scope?: number;
  /** No route to the prefix by the kernel. */
  readonly noPrefixRoute?: boolean;
  /** IPv6: usable at once, without looking for duplicates. */
  readonly noDad?: boolean;
}

export interface InterfaceAddress {
  readonly version: 4 | 6;
  readonly linkIndex: number;
  readonly address: string;
  readonly prefixLength: number;
  /** The other end, on a point-to-point link. */
  readonly peer: string | undefined;
  readonly broadcast: string | undefined;
  readonly label: string | undefined;
  readonly scope: number;
  readonly permanent: boolean;
  /** IPv6: not usable yet. */
  readonly tentative: boolean;
  readonly attributes: readonly Attribute[];
}

const headerBytes = 8;

/** IPv4 prefixes below /31 get their broadcast address. */
export function addAddress(address: NewAddress): NetlinkRequest {
  const { prefixLength } = address;
  const attributes = [ip(IFA_LOCAL, address.address), ip(IFA_ADDRESS, address.address)];
  const broadcast = broadcastOf({ address: address.address, length: prefixLength });
  if (broadcast !== undefined) attributes.push(ip(IFA_BROADCAST, broadcast));
  const flags =
    (address.noPrefixRoute ? IFA_F_NOPREFIXROUTE : 0) |
    (address.noDad && ipVersion(address.address) === 6 ? IFA_F_NODAD : 0);
  if (flags !== 0) attributes.push(u32(IFA_FLAGS, flags));
  return change({
    family: 'route',
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: payloadOf(address, attributes),
    attempted: `add address ${address.address}/${prefixLength} to link #${address.linkIndex}`,
  });
}

/** Gives a link an address as another link had it: with label, lifetimes and all else that the kernel told. */
export function copyAddress(address: InterfaceAddress, linkIndex: number): NetlinkRequest {
  const { address: text, prefixLength, scope, version, attributes } = address;
  // What the kernel works out itself; an address that was usable is so at once
  const flags = (readU32(findAttribute(attributes, IFA_FLAGS)) ?? 0) & ~(IFA_F_PERMANENT | IFA_F_TENTATIVE);
  const others = attributes.filter(({ type }) => type !== IFA_FLAGS);
  return change({
    family: 'route',
    type: RTM_NEWADDR,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: payloadOf({ linkIndex, address: text, prefixLength, scope }, [
      ...others,
      u32(IFA_FLAGS, flags | (version === 6 ? IFA_F_NODAD : 0)),
    ]),
    attempted: `add address ${text}/${prefixLength} to link #${linkIndex}`,
  });
}

export function delAddress(address: Pick<NewAddress, 'linkIndex' | 'address' | 'prefixLength'>): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_DELADDR,
    payload: payloadOf(address, [ip(IFA_LOCAL, address.address)]),
    attempted: `remove address ${address.address}/${address.prefixLength} from link #${address.linkIndex}`,
  });
}

export function getAddresses(filter: { version?: 4 | 6; linkIndex?: number } = {}): NetlinkQuery<InterfaceAddress> {
  return dump({
    family: 'route',
    type: RTM_GETADDR,
    payload: joinPayload(headerBytes, (header) => header.setUint8(0, familyNumber(filter.version)), new Uint8Array()),
    attempted: 'list addresses',
    // Filtered here: before strict checking kernels ignored the index in the request.
    decode: (message) => (isOfLink(message, filter.linkIndex) ? decodeAddress(message) : undefined),
  });
}

/** A host with many pods has many addresses: those of other links are not taken apart. */
function isOfLink({ payload }: NetlinkMessage, linkIndex: number | undefined): boolean {
  return (
    linkIndex === undefined || payload.length < headerBytes || viewOf(payload).getUint32(4, hostIsLittle) === linkIndex
  );
}

export function decodeAddress(message: NetlinkMessage): InterfaceAddress | undefined {
  if (message.type !== RTM_NEWADDR) return undefined;
  const { header, rest } = splitPayload(message.payload, headerBytes);
  const version = familyVersion(header.getUint8(0));
  if (version === undefined) return undefined;
  const attributes = decodeAttributes(rest);
  const flags = readU32(findAttribute(attributes, IFA_FLAGS)) ?? header.getUint8(2);
  const far = readIp(findAttribute(attributes, IFA_ADDRESS));
  const address = readIp(findAttribute(attributes, IFA_LOCAL)) ?? far;
  if (address === undefined) return undefined;
  return {
    version,
    linkIndex: header.getUint32(4, hostIsLittle),
    address,
    prefixLength: header.getUint8(1),
    peer: far === address ? undefined : far,
    broadcast: readIp(findAttribute(attributes, IFA_BROADCAST)),
    label: readText(findAttribute(attributes, IFA_LABEL)),
    scope: header.getUint8(3),
    permanent: (flags & IFA_F_PERMANENT) !== 0,
    tentative: (flags & IFA_F_TENTATIVE) !== 0,
    attributes,
  };
}

/** struct ifaddrmsg. */
function payloadOf(address: NewAddress, attributes: readonly Attribute[]): Uint8Array {
  return joinPayload(
    headerBytes,
    (header) => {
      header.setUint8(0, addressFamily(address.address));
      header.setUint8(1, address.prefixLength);
      header.setUint8(3, address.scope ?? RT_SCOPE_UNIVERSE);
      header.setUint32(4, address.linkIndex, hostIsLittle);
    },
    encodeAttributes(attributes),
  );
}
