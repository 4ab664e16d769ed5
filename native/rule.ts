/** Routing policy rules, read to find out what a pod's routing depends on beyond its main table. */

import { ipVersion, type Prefix } from './addresses.ts';
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  readText,
  readU32,
  u32,
} from './attribute.ts';
import {
  FR_ACT_TO_TBL,
  FRA_DST,
  FRA_FWMARK,
  FRA_FWMASK,
  FRA_IIFNAME,
  FRA_OIFNAME,
  FRA_PRIORITY,
  FRA_SRC,
  FRA_TABLE,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_GETRULE,
  RTM_NEWRULE,
} from './constants.ts';
import { familyNumber, familyVersion, ip, readIp } from './ip-attribute.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';

export interface Rule {
  readonly version: 4 | 6;
  readonly priority: number;
  readonly source: Prefix | undefined;
  readonly destination: Prefix | undefined;
  readonly table: number;
  /** FR_ACT_*; 1 is "look up in table". */
  readonly action: number;
  readonly inputLink: string | undefined;
  readonly outputLink: string | undefined;
  readonly mark: number | undefined;
  readonly markMask: number | undefined;
  readonly attributes: readonly Attribute[];
}

const headerBytes = 12;

export function getRules(filter: { version?: 4 | 6 } = {}): NetlinkQuery<Rule> {
  return dump({
    family: 'route',
    type: RTM_GETRULE,
    payload: joinPayload(headerBytes, (header) => header.setUint8(0, familyNumber(filter.version)), new Uint8Array()),
    attempted: 'list rules',
    decode: decodeRule,
  });
}

/** A rule that sends packets from `source` to `table`. */
export function addSourceRule(rule: { source: Prefix; table: number; priority: number }): NetlinkRequest {
  const attributes = [ip(FRA_SRC, rule.source.address), u32(FRA_TABLE, rule.table), u32(FRA_PRIORITY, rule.priority)];
  return change({
    family: 'route',
    type: RTM_NEWRULE,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: joinPayload(
      headerBytes,
      (header) => {
        header.setUint8(0, familyNumber(ipVersion(rule.source.address)));
        header.setUint8(2, rule.source.length);
        header.setUint8(4, rule.table < 256 ? rule.table : 0);
        header.setUint8(7, FR_ACT_TO_TBL);
      },
      encodeAttributes(attributes),
    ),
    attempted: `add rule from ${rule.source.address}/${rule.source.length} to table ${rule.table}`,
  });
}

export function decodeRule(message: NetlinkMessage): Rule | undefined {
  if (message.type !== RTM_NEWRULE) return undefined;
  const { header, rest } = splitPayload(message.payload, headerBytes);
  const version = familyVersion(header.getUint8(0));
  if (version === undefined) return undefined;
  const attributes = decodeAttributes(rest);
  const prefix = (type: number, length: number): Prefix | undefined => {
    const address = readIp(findAttribute(attributes, type));
    return address === undefined ? undefined : { address, length };
  };
  return {
    version,
    priority: readU32(findAttribute(attributes, FRA_PRIORITY)) ?? 0,
    source: prefix(FRA_SRC, header.getUint8(2)),
    destination: prefix(FRA_DST, header.getUint8(1)),
    table: readU32(findAttribute(attributes, FRA_TABLE)) ?? header.getUint8(4),
    action: header.getUint8(7),
    inputLink: readText(findAttribute(attributes, FRA_IIFNAME)),
    outputLink: readText(findAttribute(attributes, FRA_OIFNAME)),
    mark: readU32(findAttribute(attributes, FRA_FWMARK)),
    markMask: readU32(findAttribute(attributes, FRA_FWMASK)),
    attributes,
  };
}
