/** Neighbours: which MAC address an IP address on a link has. */

import { parseMac } from './addresses.ts';
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  hostIsLittle,
  rawAttribute,
} from './attribute.ts';
import {
  NDA_DST,
  NDA_LLADDR,
  NLM_F_CREATE,
  NLM_F_REPLACE,
  NUD_PERMANENT,
  RTM_GETNEIGH,
  RTM_NEWNEIGH,
} from './constants.ts';
import { addressFamily, familyNumber, familyVersion, ip, readIp, readMac } from './ip-attribute.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';

export interface NewNeighbour {
  readonly linkIndex: number;
  readonly address: string;
  readonly mac: string;
  /** NUD_*; default permanent. */
  readonly state?: number;
}

export interface Neighbour {
  readonly version: 4 | 6;
  readonly linkIndex: number;
  readonly address: string;
  readonly mac: string | undefined;
  readonly state: number;
  readonly attributes: readonly Attribute[];
}

const headerBytes = 12;

/** Adds or replaces. */
export function addNeighbour(neighbour: NewNeighbour): NetlinkRequest {
  const attributes = [ip(NDA_DST, neighbour.address), rawAttribute(NDA_LLADDR, parseMac(neighbour.mac))];
  return change({
    family: 'route',
    type: RTM_NEWNEIGH,
    flags: NLM_F_CREATE | NLM_F_REPLACE,
    // struct ndmsg
    payload: joinPayload(
      headerBytes,
      (header) => {
        header.setUint8(0, addressFamily(neighbour.address));
        header.setInt32(4, neighbour.linkIndex, hostIsLittle);
        header.setUint16(8, neighbour.state ?? NUD_PERMANENT, hostIsLittle);
      },
      encodeAttributes(attributes),
    ),
    attempted: `add neighbour ${neighbour.address} to link #${neighbour.linkIndex}`,
  });
}

export function getNeighbours(filter: { version?: 4 | 6; linkIndex?: number } = {}): NetlinkQuery<Neighbour> {
  return dump({
    family: 'route',
    type: RTM_GETNEIGH,
    payload: joinPayload(headerBytes, (header) => header.setUint8(0, familyNumber(filter.version)), new Uint8Array()),
    attempted: 'list neighbours',
    decode: (message) => {
      const neighbour = decodeNeighbour(message);
      return filter.linkIndex !== undefined && neighbour?.linkIndex !== filter.linkIndex ? undefined : neighbour;
    },
  });
}

export function decodeNeighbour(message: NetlinkMessage): Neighbour | undefined {
  if (message.type !== RTM_NEWNEIGH) return undefined;
  const { header, rest } = splitPayload(message.payload, headerBytes);
  const version = familyVersion(header.getUint8(0));
  const attributes = decodeAttributes(rest);
  const address = readIp(findAttribute(attributes, NDA_DST));
  if (version === undefined || address === undefined) return undefined;
  return {
    version,
    linkIndex: header.getInt32(4, hostIsLittle),
    address,
    mac: readMac(findAttribute(attributes, NDA_LLADDR)),
    state: header.getUint16(8, hostIsLittle),
    attributes,
  };
}
