/** The frame around nftables requests: struct nfgenmsg, and batches that the kernel applies as a whole or not at all. */

import { type Attribute, encodeAttributes } from './attribute.ts';
import {
  NFNETLINK_V0,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NFPROTO_INET,
  NFPROTO_IPV4,
  NFPROTO_IPV6,
  NFPROTO_NETDEV,
  NLM_F_REQUEST,
} from './constants.ts';
import { change, joinPayload, type NetlinkRequest } from './message.ts';

export const nftFamilies = { inet: NFPROTO_INET, ip: NFPROTO_IPV4, ip6: NFPROTO_IPV6, netdev: NFPROTO_NETDEV } as const;
export type NftFamily = keyof typeof nftFamilies;

export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
}

export const nfHeaderBytes = 4;

export function nftType(message: number): number {
  return (NFNL_SUBSYS_NFTABLES << 8) | message;
}

export function nftPayload(family: number, attributes: readonly Attribute[], resource = 0): Uint8Array {
  return joinPayload(
    nfHeaderBytes,
    (header) => {
      header.setUint8(0, family);
      header.setUint8(1, NFNETLINK_V0);
      header.setUint16(2, resource);
    },
    encodeAttributes(attributes),
  );
}

export function nftChange(
  table: NftTable,
  message: number,
  flags: number,
  attributes: readonly Attribute[],
  attempted: string,
): NetlinkRequest {
  const payload = nftPayload(nftFamilies[table.family], attributes);
  return change({ family: 'netfilter', type: nftType(message), flags, payload, attempted });
}

/** nftables changes are accepted only in a batch: any refusal leaves everything as it was. */
export function nftBatch(changes: readonly NetlinkRequest[]): NetlinkRequest[] {
  const edge = (type: number, attempted: string): NetlinkRequest => ({
    family: 'netfilter',
    type,
    flags: NLM_F_REQUEST,
    payload: nftPayload(0, [], NFNL_SUBSYS_NFTABLES),
    attempted,
  });
  return [
    edge(NFNL_MSG_BATCH_BEGIN, 'begin an nftables batch'),
    ...changes,
    edge(NFNL_MSG_BATCH_END, 'end an nftables batch'),
  ];
}
