/** Queueing disciplines, as far as redirects need them: the ingress one, and seeing what is there already. */

import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  findAttribute,
  hostIsLittle,
  readText,
  text,
} from './attribute.ts';
import {
  NLM_F_CREATE,
  NLM_F_EXCL,
  RTM_DELQDISC,
  RTM_GETQDISC,
  RTM_NEWQDISC,
  TC_H_INGRESS,
  TCA_KIND,
} from './constants.ts';
import {
  change,
  dump,
  joinPayload,
  type NetlinkMessage,
  type NetlinkQuery,
  type NetlinkRequest,
  splitPayload,
} from './message.ts';

export interface Qdisc {
  readonly linkIndex: number;
  readonly kind: string;
  readonly handle: number;
  readonly parent: number;
  readonly attributes: readonly Attribute[];
}

/** struct tcmsg: family, ifindex, handle, parent, info. */
export const tcHeaderBytes = 20;

/** Where filters for what comes in hang: ffff:0 of an ingress qdisc, which is also ffff:fff2 of a clsact one. */
export const ingressParent = 0xffff0000;
export const clsactIngressParent = 0xfffffff2;

export function tcPayload(
  tc: { linkIndex: number; handle?: number; parent?: number; info?: number },
  attributes: readonly Attribute[],
): Uint8Array {
  return joinPayload(
    tcHeaderBytes,
    (header) => {
      header.setInt32(4, tc.linkIndex, hostIsLittle);
      header.setUint32(8, tc.handle ?? 0, hostIsLittle);
      header.setUint32(12, tc.parent ?? 0, hostIsLittle);
      header.setUint32(16, tc.info ?? 0, hostIsLittle);
    },
    encodeAttributes(attributes),
  );
}

/** Fails with EEXIST when an ingress or clsact qdisc is there already: look with getQdiscs. */
export function addIngressQdisc(linkIndex: number): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_NEWQDISC,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: tcPayload({ linkIndex, parent: TC_H_INGRESS }, [text(TCA_KIND, 'ingress')]),
    attempted: `add ingress qdisc to link #${linkIndex}`,
  });
}

/** Deletes the ingress or clsact qdisc with all its filters; ENOENT or EINVAL when there is none. */
export function delQdisc(linkIndex: number): NetlinkRequest {
  return change({
    family: 'route',
    type: RTM_DELQDISC,
    payload: tcPayload({ linkIndex, parent: TC_H_INGRESS }, []),
    attempted: `delete ingress qdisc of link #${linkIndex}`,
  });
}

/** Qdiscs of one link, or of all. */
export function getQdiscs(linkIndex?: number): NetlinkQuery<Qdisc> {
  return dump({
    family: 'route',
    type: RTM_GETQDISC,
    payload: tcPayload({ linkIndex: 0 }, []),
    attempted: 'list qdiscs',
    decode: (message) => {
      const qdisc = decodeQdisc(message);
      return linkIndex !== undefined && qdisc?.linkIndex !== linkIndex ? undefined : qdisc;
    },
  });
}

/** The ingress or clsact qdisc among `qdiscs`, if a link has one; both occupy the same place. */
export function findIngress(qdiscs: readonly Qdisc[], linkIndex: number): Qdisc | undefined {
  return qdiscs.find((qdisc) => qdisc.linkIndex === linkIndex && qdisc.parent === TC_H_INGRESS);
}

export function decodeQdisc(message: NetlinkMessage): Qdisc | undefined {
  if (message.type !== RTM_NEWQDISC) return undefined;
  const { header, rest } = splitPayload(message.payload, tcHeaderBytes);
  const attributes = decodeAttributes(rest);
  return {
    linkIndex: header.getInt32(4, hostIsLittle),
    kind: readText(findAttribute(attributes, TCA_KIND)) ?? '',
    handle: header.getUint32(8, hostIsLittle),
    parent: header.getUint32(12, hostIsLittle),
    attributes,
  };
}
