/** The frame around nftables requests: struct nfgenmsg, and batches that the kernel applies as a whole or not at all. */

import { type Attribute, decodeAttributes, encodeAttributes, findAttribute, readU32be, u32be } from './attribute.ts';
import {
  NFNETLINK_V0,
  NFNL_BATCH_GENID,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFNL_SUBSYS_NFTABLES,
  NFPROTO_INET,
  NFPROTO_IPV4,
  NFPROTO_IPV6,
  NFPROTO_NETDEV,
  NFT_MSG_GETGEN,
  NFT_MSG_NEWGEN,
  NFTA_GEN_ID,
  NLM_F_ACK,
  NLM_F_REQUEST,
} from './constants.ts';
import { change, joinPayload, type NetlinkQuery, type NetlinkRequest, splitPayload } from './message.ts';

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

/**
 * nftables changes are accepted only in a batch: any refusal leaves everything as it was. With `generation` (of
 * getGeneration) the batch is refused with ERESTART when anybody changed any ruleset of the namespace since.
 */
export function nftBatch(changes: readonly NetlinkRequest[], options: { generation?: number } = {}): NetlinkRequest[] {
  const { generation } = options;
  const edge = (type: number, attempted: string, attributes: readonly Attribute[] = []): NetlinkRequest => ({
    family: 'netfilter',
    type,
    flags: NLM_F_REQUEST,
    payload: nftPayload(0, attributes, NFNL_SUBSYS_NFTABLES),
    attempted,
  });
  const condition = generation === undefined ? [] : [u32be(NFNL_BATCH_GENID, generation)];
  return [
    edge(NFNL_MSG_BATCH_BEGIN, 'begin an nftables batch', condition),
    ...changes,
    edge(NFNL_MSG_BATCH_END, 'end an nftables batch'),
  ];
}

/** A number that changes with every change of a ruleset in the namespace. */
export function getGeneration(): NetlinkQuery<number> {
  return {
    family: 'netfilter',
    type: nftType(NFT_MSG_GETGEN),
    flags: NLM_F_REQUEST | NLM_F_ACK,
    payload: nftPayload(0, []),
    attempted: 'read the nftables generation',
    decode: (message) => {
      if (message.type !== nftType(NFT_MSG_NEWGEN)) return undefined;
      return readU32be(findAttribute(decodeAttributes(splitPayload(message.payload, nfHeaderBytes).rest), NFTA_GEN_ID));
    },
  };
}
