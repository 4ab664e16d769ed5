/** nftables expressions: the instructions a rule is made of. They work on registers of 4 bytes, numbered from 0 here. */

import { type Attribute, nested, rawAttribute, text, u32be, u64be } from './attribute.ts';
import {
  NF_ACCEPT,
  NF_DROP,
  NFT_CMP_EQ,
  NFT_CMP_NEQ,
  NFT_LOOKUP_F_INV,
  NFT_META_IIFNAME,
  NFT_META_L4PROTO,
  NFT_META_NFPROTO,
  NFT_PAYLOAD_LL_HEADER,
  NFT_PAYLOAD_NETWORK_HEADER,
  NFT_PAYLOAD_TRANSPORT_HEADER,
  NFT_REG_VERDICT,
  NFT_REG32_00,
  NFTA_BITWISE_DREG,
  NFTA_BITWISE_LEN,
  NFTA_BITWISE_MASK,
  NFTA_BITWISE_SREG,
  NFTA_BITWISE_XOR,
  NFTA_CMP_DATA,
  NFTA_CMP_OP,
  NFTA_CMP_SREG,
  NFTA_COUNTER_BYTES,
  NFTA_COUNTER_PACKETS,
  NFTA_DATA_VALUE,
  NFTA_DATA_VERDICT,
  NFTA_EXPR_DATA,
  NFTA_EXPR_NAME,
  NFTA_IMMEDIATE_DATA,
  NFTA_IMMEDIATE_DREG,
  NFTA_LIST_ELEM,
  NFTA_LOOKUP_FLAGS,
  NFTA_LOOKUP_SET,
  NFTA_LOOKUP_SREG,
  NFTA_META_DREG,
  NFTA_META_KEY,
  NFTA_PAYLOAD_BASE,
  NFTA_PAYLOAD_DREG,
  NFTA_PAYLOAD_LEN,
  NFTA_PAYLOAD_OFFSET,
  NFTA_VERDICT_CODE,
} from './constants.ts';

/** One element of a rule's list of expressions, encoded. */
export type NftExpression = Attribute;

const payloadBases = {
  link: NFT_PAYLOAD_LL_HEADER,
  network: NFT_PAYLOAD_NETWORK_HEADER,
  transport: NFT_PAYLOAD_TRANSPORT_HEADER,
} as const;

const metaKeys = {
  /** The layer 4 protocol, 1 byte: 17 is UDP. */
  l4proto: NFT_META_L4PROTO,
  /** NFPROTO_IPV4 or NFPROTO_IPV6, 1 byte; tells them apart in inet tables. */
  nfproto: NFT_META_NFPROTO,
  /** 16 bytes, padded with zeros. */
  iifname: NFT_META_IIFNAME,
} as const;

const verdicts = { accept: NF_ACCEPT, drop: NF_DROP } as const;

/** Loads bytes of the packet; the last register is filled up with zeros. */
export function loadPayload(load: {
  base: keyof typeof payloadBases;
  offset: number;
  length: number;
  register?: number;
}): NftExpression {
  return expression('payload', [
    u32be(NFTA_PAYLOAD_DREG, registerNumber(load.register)),
    u32be(NFTA_PAYLOAD_BASE, payloadBases[load.base]),
    u32be(NFTA_PAYLOAD_OFFSET, load.offset),
    u32be(NFTA_PAYLOAD_LEN, load.length),
  ]);
}

export function loadMeta(key: keyof typeof metaKeys, register?: number): NftExpression {
  return expression('meta', [u32be(NFTA_META_DREG, registerNumber(register)), u32be(NFTA_META_KEY, metaKeys[key])]);
}

/** The rule goes on only when the register's bytes are (not) `value`. */
export function compare(value: Uint8Array, options: { register?: number; negated?: boolean } = {}): NftExpression {
  return expression('cmp', [
    u32be(NFTA_CMP_SREG, registerNumber(options.register)),
    u32be(NFTA_CMP_OP, options.negated ? NFT_CMP_NEQ : NFT_CMP_EQ),
    nested(NFTA_CMP_DATA, [rawAttribute(NFTA_DATA_VALUE, value)]),
  ]);
}

/** Sets the register's bits to zero where the mask's are. */
export function maskRegister(mask: Uint8Array, register = 0): NftExpression {
  return expression('bitwise', [
    u32be(NFTA_BITWISE_SREG, registerNumber(register)),
    u32be(NFTA_BITWISE_DREG, registerNumber(register)),
    u32be(NFTA_BITWISE_LEN, mask.length),
    nested(NFTA_BITWISE_MASK, [rawAttribute(NFTA_DATA_VALUE, mask)]),
    nested(NFTA_BITWISE_XOR, [rawAttribute(NFTA_DATA_VALUE, new Uint8Array(mask.length))]),
  ]);
}

/** The rule goes on only when the key that starts at the register is (not) in the set. */
export function lookUp(set: string, options: { register?: number; negated?: boolean } = {}): NftExpression {
  const attributes = [text(NFTA_LOOKUP_SET, set), u32be(NFTA_LOOKUP_SREG, registerNumber(options.register))];
  if (options.negated) attributes.push(u32be(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV));
  return expression('lookup', attributes);
}

/** Only in chains of raw priority or earlier: the packet is not tracked. */
export function notrack(): NftExpression {
  return expression('notrack', undefined);
}

export function counter(): NftExpression {
  return expression('counter', [u64be(NFTA_COUNTER_BYTES, 0n), u64be(NFTA_COUNTER_PACKETS, 0n)]);
}

export function verdict(which: keyof typeof verdicts): NftExpression {
  const data = nested(NFTA_DATA_VERDICT, [u32be(NFTA_VERDICT_CODE, verdicts[which])]);
  return expression('immediate', [u32be(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT), nested(NFTA_IMMEDIATE_DATA, [data])]);
}

function registerNumber(register = 0): number {
  if (!Number.isInteger(register) || register < 0 || register > 15) throw new RangeError(`no register ${register}`);
  return NFT_REG32_00 + register;
}

function expression(name: string, data: readonly Attribute[] | undefined): NftExpression {
  const attributes = [text(NFTA_EXPR_NAME, name)];
  if (data) attributes.push(nested(NFTA_EXPR_DATA, data));
  return nested(NFTA_LIST_ELEM, attributes);
}
