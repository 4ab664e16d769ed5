/** VXLAN's part of a link (IFLA_INFO_DATA). The port is big endian; a unicast group is the default destination. */

import { parseIp } from './addresses.ts';
import {
  type Attribute,
  findAttribute,
  rawAttribute,
  readU8,
  readU16be,
  readU32,
  u8,
  u16be,
  u32,
} from './attribute.ts';
import {
  IFLA_VXLAN_GROUP,
  IFLA_VXLAN_GROUP6,
  IFLA_VXLAN_ID,
  IFLA_VXLAN_L2MISS,
  IFLA_VXLAN_L3MISS,
  IFLA_VXLAN_LEARNING,
  IFLA_VXLAN_LINK,
  IFLA_VXLAN_LOCAL,
  IFLA_VXLAN_LOCAL6,
  IFLA_VXLAN_PORT,
  IFLA_VXLAN_PROXY,
  IFLA_VXLAN_RSC,
  IFLA_VXLAN_TOS,
  IFLA_VXLAN_TTL,
  IFLA_VXLAN_UDP_ZERO_CSUM6_RX,
  IFLA_VXLAN_UDP_ZERO_CSUM6_TX,
} from './constants.ts';
import { readIp } from './ip-attribute.ts';

export interface Vxlan {
  readonly vni: number;
  /** Every frame goes there (learning is off). */
  readonly remote?: string | undefined;
  /** Source address of the outer packets; undefined leaves it to routing. */
  readonly local?: string | undefined;
  /** UDP destination port. */
  readonly port: number;
  /** Lower device by ifindex; undefined leaves it to routing. */
  readonly lowerIndex?: number | undefined;
  /** Default false. */
  readonly learning?: boolean;
}

export function encodeVxlan(vxlan: Vxlan): Attribute[] {
  const attributes = [u32(IFLA_VXLAN_ID, vxlan.vni)];
  if (vxlan.remote !== undefined) attributes.push(address(vxlan.remote, IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6));
  if (vxlan.local !== undefined) attributes.push(address(vxlan.local, IFLA_VXLAN_LOCAL, IFLA_VXLAN_LOCAL6));
  if (vxlan.lowerIndex !== undefined) attributes.push(u32(IFLA_VXLAN_LINK, vxlan.lowerIndex));
  attributes.push(
    u8(IFLA_VXLAN_TTL, 0),
    u8(IFLA_VXLAN_TOS, 0),
    u8(IFLA_VXLAN_LEARNING, vxlan.learning ? 1 : 0),
    u8(IFLA_VXLAN_PROXY, 0),
    u8(IFLA_VXLAN_RSC, 0),
    u8(IFLA_VXLAN_L2MISS, 0),
    u8(IFLA_VXLAN_L3MISS, 0),
    u8(IFLA_VXLAN_UDP_ZERO_CSUM6_TX, 0),
    u8(IFLA_VXLAN_UDP_ZERO_CSUM6_RX, 0),
    u16be(IFLA_VXLAN_PORT, vxlan.port),
  );
  return attributes;
}

export function decodeVxlan(attributes: readonly Attribute[]): Vxlan {
  const remote = findAttribute(attributes, IFLA_VXLAN_GROUP) ?? findAttribute(attributes, IFLA_VXLAN_GROUP6);
  const local = findAttribute(attributes, IFLA_VXLAN_LOCAL) ?? findAttribute(attributes, IFLA_VXLAN_LOCAL6);
  return {
    vni: readU32(findAttribute(attributes, IFLA_VXLAN_ID)) ?? 0,
    remote: readIp(remote),
    local: readIp(local),
    port: readU16be(findAttribute(attributes, IFLA_VXLAN_PORT)) ?? 0,
    lowerIndex: readU32(findAttribute(attributes, IFLA_VXLAN_LINK)) || undefined,
    learning: readU8(findAttribute(attributes, IFLA_VXLAN_LEARNING)) === 1,
  };
}

function address(text: string, type4: number, type6: number): Attribute {
  const bytes = parseIp(text);
  return rawAttribute(bytes.length === 4 ? type4 : type6, bytes);
}
