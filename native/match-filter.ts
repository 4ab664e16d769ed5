/** Filters on a link's ingress: u32 that matches every packet and redirects it, and seeing what is there. */

import {
  type Attribute,
  decodeAttributes,
  findAttribute,
  hostIsLittle,
  nested,
  rawAttribute,
  readNested,
  readText,
  text,
} from './attribute.ts';
import {
  ETH_P_ALL,
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELTFILTER,
  RTM_GETTFILTER,
  RTM_NEWTFILTER,
  TC_U32_TERMINAL,
  TCA_KIND,
  TCA_OPTIONS,
  TCA_U32_ACT,
  TCA_U32_SEL,
} from './constants.ts';
import { ingressParent, tcHeaderBytes, tcPayload } from './ingress-qdisc.ts';
import { change, dump, type NetlinkMessage, type NetlinkQuery, type NetlinkRequest, splitPayload } from './message.ts';
import { decodeMirred, type Mirred, redirectAction } from './mirred-action.ts';

export interface Filter {
  readonly linkIndex: number;
  readonly kind: string;
  readonly handle: number;
  readonly parent: number;
  /** Assigned by the kernel (49152 and down) unless chosen. */
  readonly priority: number;
  /** EtherType; 3 is all. */
  readonly protocol: number;
  /** undefined for what is no redirect of ours: other actions, other kinds, a u32 hash table. */
  readonly redirect: Mirred | undefined;
  readonly attributes: readonly Attribute[];
}

const selectorBytes = 16;
const keyBytes = 16;

/** Everything that comes in on `linkIndex` goes out on `targetIndex`. Needs the ingress (or clsact) qdisc. */
export function addRedirectFilter(filter: {
  linkIndex: number;
  targetIndex: number;
  parent?: number;
  priority?: number;
}): NetlinkRequest {
  // struct tc_u32_sel: flags, offshift, nkeys, …; then one key whose mask 0 matches all
  const selector = new Uint8Array(selectorBytes + keyBytes);
  selector[0] = TC_U32_TERMINAL;
  selector[2] = 1;
  const options = [rawAttribute(TCA_U32_SEL, selector), nested(TCA_U32_ACT, [redirectAction(1, filter.targetIndex)])];
  return change({
    family: 'route',
    type: RTM_NEWTFILTER,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: tcPayload(
      {
        linkIndex: filter.linkIndex,
        parent: filter.parent ?? ingressParent,
        info: infoOf(filter.priority ?? 0, ETH_P_ALL),
      },
      [text(TCA_KIND, 'u32'), nested(TCA_OPTIONS, options)],
    ),
    attempted: `redirect link #${filter.linkIndex} to link #${filter.targetIndex}`,
  });
}

/** Deletes all filters of that priority (0: every one) under the link's ingress. */
export function delFilter(filter: { linkIndex: number; priority?: number; parent?: number }): NetlinkRequest {
  const priority = filter.priority ?? 0;
  return change({
    family: 'route',
    type: RTM_DELTFILTER,
    // With a priority the protocol must be that of the filters; without one the kernel wants none either.
    payload: tcPayload(
      {
        linkIndex: filter.linkIndex,
        parent: filter.parent ?? ingressParent,
        info: infoOf(priority, priority === 0 ? 0 : ETH_P_ALL),
      },
      [],
    ),
    attempted: `delete filters of link #${filter.linkIndex}`,
  });
}

/** Filters under a link's ingress, u32 hash tables included. */
export function getFilters(linkIndex: number, parent: number = ingressParent): NetlinkQuery<Filter> {
  return dump({
    family: 'route',
    type: RTM_GETTFILTER,
    payload: tcPayload({ linkIndex, parent }, []),
    attempted: `list filters of link #${linkIndex}`,
    decode: decodeFilter,
  });
}

export function decodeFilter(message: NetlinkMessage): Filter | undefined {
  if (message.type !== RTM_NEWTFILTER) return undefined;
  const { header, rest } = splitPayload(message.payload, tcHeaderBytes);
  const attributes = decodeAttributes(rest);
  const kind = readText(findAttribute(attributes, TCA_KIND)) ?? '';
  const info = header.getUint32(16, hostIsLittle);
  return {
    linkIndex: header.getInt32(4, hostIsLittle),
    kind,
    handle: header.getUint32(8, hostIsLittle),
    parent: header.getUint32(12, hostIsLittle),
    priority: info >>> 16,
    protocol: swapped(info & 0xffff),
    redirect: kind === 'u32' ? u32Redirect(attributes) : undefined,
    attributes,
  };
}

/** Only a filter that matches everything counts. */
function u32Redirect(attributes: readonly Attribute[]): Mirred | undefined {
  const options = readNested(findAttribute(attributes, TCA_OPTIONS)) ?? [];
  const selector = findAttribute(options, TCA_U32_SEL);
  const actions = readNested(findAttribute(options, TCA_U32_ACT)) ?? [];
  const [first] = actions;
  if (!selector || !first || actions.length !== 1) return undefined;
  const { header, rest } = splitPayload(selector, selectorBytes);
  const keys = header.getUint8(2);
  if (rest.length < keys * keyBytes) return undefined;
  for (let key = 0; key < keys; key++) {
    if (rest.subarray(key * keyBytes, key * keyBytes + 4).some((byte) => byte !== 0)) return undefined;
  }
  return decodeMirred(decodeAttributes(first.value));
}

/** tcm_info: priority in the high half; the protocol in network order in the low half. */
function infoOf(priority: number, protocol: number): number {
  return ((priority << 16) | swapped(protocol)) >>> 0;
}

function swapped(value: number): number {
  return hostIsLittle ? ((value & 0xff) << 8) | (value >>> 8) : value;
}
