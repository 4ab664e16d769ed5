/** nftables tables, chains and rules. Send changes through nftBatch. */

import { decodeAttributes, findAttribute, nested, readText, text, u32be } from './attribute.ts';
import {
  NF_ACCEPT,
  NF_DROP,
  NF_INET_FORWARD,
  NF_INET_LOCAL_IN,
  NF_INET_LOCAL_OUT,
  NF_INET_POST_ROUTING,
  NF_INET_PRE_ROUTING,
  NFT_MSG_DELCHAIN,
  NFT_MSG_DELRULE,
  NFT_MSG_DELTABLE,
  NFT_MSG_DESTROYTABLE,
  NFT_MSG_GETTABLE,
  NFT_MSG_NEWCHAIN,
  NFT_MSG_NEWRULE,
  NFT_MSG_NEWTABLE,
  NFTA_CHAIN_HOOK,
  NFTA_CHAIN_NAME,
  NFTA_CHAIN_POLICY,
  NFTA_CHAIN_TABLE,
  NFTA_CHAIN_TYPE,
  NFTA_HOOK_HOOKNUM,
  NFTA_HOOK_PRIORITY,
  NFTA_RULE_CHAIN,
  NFTA_RULE_EXPRESSIONS,
  NFTA_RULE_TABLE,
  NFTA_TABLE_FLAGS,
  NFTA_TABLE_NAME,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
} from './constants.ts';
import { dump, type NetlinkQuery, type NetlinkRequest, splitPayload } from './message.ts';
import type { NftExpression } from './nftables-expression.ts';
import { type NftTable, nfHeaderBytes, nftChange, nftFamilies, nftPayload, nftType } from './nftables-message.ts';

const hooks = {
  prerouting: NF_INET_PRE_ROUTING,
  input: NF_INET_LOCAL_IN,
  forward: NF_INET_FORWARD,
  output: NF_INET_LOCAL_OUT,
  postrouting: NF_INET_POST_ROUTING,
} as const;

export interface NftChain {
  readonly table: NftTable;
  readonly name: string;
  /** undefined: a chain that is only jumped to. */
  readonly hook?: { readonly at: keyof typeof hooks; readonly priority: number; readonly policy?: 'accept' | 'drop' };
}

/** Priority of the raw table: before connection tracking. */
export const rawPriority = -300;

/** One that is there already is kept with all in it, unless `exclusive` (then EEXIST). */
export function addTable(table: NftTable, options: { exclusive?: boolean } = {}): NetlinkRequest {
  const flags = NLM_F_CREATE | (options.exclusive ? NLM_F_EXCL : 0);
  const attributes = [text(NFTA_TABLE_NAME, table.name), u32be(NFTA_TABLE_FLAGS, 0)];
  return nftChange(table, NFT_MSG_NEWTABLE, flags, attributes, `add table ${tableText(table)}`);
}

/** With all in it; ENOENT when there is none. */
export function delTable(table: NftTable): NetlinkRequest {
  const attributes = [text(NFTA_TABLE_NAME, table.name)];
  return nftChange(table, NFT_MSG_DELTABLE, 0, attributes, `delete table ${tableText(table)}`);
}

/** With all in it; fine when there is none (Linux 6.3 and later). */
export function destroyTable(table: NftTable): NetlinkRequest {
  const attributes = [text(NFTA_TABLE_NAME, table.name)];
  return nftChange(table, NFT_MSG_DESTROYTABLE, 0, attributes, `destroy table ${tableText(table)}`);
}

export function getTables(): NetlinkQuery<NftTable> {
  return dump({
    family: 'netfilter',
    type: nftType(NFT_MSG_GETTABLE),
    payload: nftPayload(0, []),
    attempted: 'list nftables tables',
    decode: (message) => {
      if (message.type !== nftType(NFT_MSG_NEWTABLE)) return undefined;
      const { header, rest } = splitPayload(message.payload, nfHeaderBytes);
      const family = Object.entries(nftFamilies).find(([, number]) => number === header.getUint8(0))?.[0];
      const name = readText(findAttribute(decodeAttributes(rest), NFTA_TABLE_NAME));
      return name === undefined || family === undefined ? undefined : { family: family as NftTable['family'], name };
    },
  });
}

export function addChain(chain: NftChain): NetlinkRequest {
  const attributes = [text(NFTA_CHAIN_TABLE, chain.table.name), text(NFTA_CHAIN_NAME, chain.name)];
  if (chain.hook) {
    const { at, priority, policy } = chain.hook;
    attributes.push(
      nested(NFTA_CHAIN_HOOK, [u32be(NFTA_HOOK_HOOKNUM, hooks[at]), u32be(NFTA_HOOK_PRIORITY, priority)]),
      u32be(NFTA_CHAIN_POLICY, policy === 'drop' ? NF_DROP : NF_ACCEPT),
      text(NFTA_CHAIN_TYPE, 'filter'),
    );
  }
  const attempted = `add chain ${tableText(chain.table)} ${chain.name}`;
  return nftChange(chain.table, NFT_MSG_NEWCHAIN, NLM_F_CREATE, attributes, attempted);
}

/** ENOENT when there is none, EBUSY while it has rules. */
export function delChain(chain: Pick<NftChain, 'table' | 'name'>): NetlinkRequest {
  const attributes = [text(NFTA_CHAIN_TABLE, chain.table.name), text(NFTA_CHAIN_NAME, chain.name)];
  return nftChange(
    chain.table,
    NFT_MSG_DELCHAIN,
    0,
    attributes,
    `delete chain ${tableText(chain.table)} ${chain.name}`,
  );
}

/** Appends to the chain. */
export function addRule(
  chain: Pick<NftChain, 'table' | 'name'>,
  expressions: readonly NftExpression[],
): NetlinkRequest {
  const attributes = [
    text(NFTA_RULE_TABLE, chain.table.name),
    text(NFTA_RULE_CHAIN, chain.name),
    nested(NFTA_RULE_EXPRESSIONS, expressions),
  ];
  const attempted = `add rule to chain ${tableText(chain.table)} ${chain.name}`;
  return nftChange(chain.table, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, attributes, attempted);
}

/** Removes all rules of the chain. */
export function flushChain(chain: Pick<NftChain, 'table' | 'name'>): NetlinkRequest {
  const attributes = [text(NFTA_RULE_TABLE, chain.table.name), text(NFTA_RULE_CHAIN, chain.name)];
  return nftChange(chain.table, NFT_MSG_DELRULE, 0, attributes, `flush chain ${tableText(chain.table)} ${chain.name}`);
}

function tableText(table: NftTable): string {
  return `${table.family} ${table.name}`;
}
