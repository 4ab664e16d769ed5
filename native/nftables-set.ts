/** nftables sets and their elements; a key may be several values next to each other, each padded to 4 bytes. */

import { align, decodeAttributes, findAttribute, nested, rawAttribute, readNested, text, u32be } from './attribute.ts';
import {
  NFT_MSG_DELSETELEM,
  NFT_MSG_GETSETELEM,
  NFT_MSG_NEWSET,
  NFT_MSG_NEWSETELEM,
  NFT_SET_CONCAT,
  NFTA_DATA_VALUE,
  NFTA_LIST_ELEM,
  NFTA_SET_DESC,
  NFTA_SET_DESC_CONCAT,
  NFTA_SET_ELEM_KEY,
  NFTA_SET_ELEM_LIST_ELEMENTS,
  NFTA_SET_ELEM_LIST_SET,
  NFTA_SET_ELEM_LIST_TABLE,
  NFTA_SET_FIELD_LEN,
  NFTA_SET_FLAGS,
  NFTA_SET_ID,
  NFTA_SET_KEY_LEN,
  NFTA_SET_KEY_TYPE,
  NFTA_SET_NAME,
  NFTA_SET_TABLE,
  NLM_F_CREATE,
  NLM_F_EXCL,
} from './constants.ts';
import { dump, type NetlinkQuery, type NetlinkRequest, splitPayload } from './message.ts';
import { type NftTable, nfHeaderBytes, nftChange, nftFamilies, nftPayload, nftType } from './nftables-message.ts';

/** Lengths in bytes, and the number by which the program nft knows how to print it. */
const keyTypes = {
  ipv4: { bytes: 4, nftType: 7 },
  ipv6: { bytes: 16, nftType: 8 },
  port: { bytes: 2, nftType: 13 },
  /** Any four bytes. */
  word: { bytes: 4, nftType: 19 },
} as const;

export interface NftSet {
  readonly table: NftTable;
  readonly name: string;
  readonly key: readonly (keyof typeof keyTypes)[];
}

/** Unique within a batch: rules of the same batch could refer to it. */
let nextSetId = 1;

export function addSet(set: NftSet): NetlinkRequest {
  const types = set.key.map((type) => keyTypes[type]);
  const attributes = [
    text(NFTA_SET_TABLE, set.table.name),
    text(NFTA_SET_NAME, set.name),
    u32be(NFTA_SET_FLAGS, types.length > 1 ? NFT_SET_CONCAT : 0),
    u32be(
      NFTA_SET_KEY_TYPE,
      types.reduce((joined, type) => (joined << 6) | type.nftType, 0),
    ),
    u32be(
      NFTA_SET_KEY_LEN,
      types.reduce((total, type) => total + (types.length > 1 ? align(type.bytes) : type.bytes), 0),
    ),
    u32be(NFTA_SET_ID, nextSetId++),
  ];
  if (types.length > 1) {
    const fields = types.map((type) => nested(NFTA_LIST_ELEM, [u32be(NFTA_SET_FIELD_LEN, type.bytes)]));
    attributes.push(nested(NFTA_SET_DESC, [nested(NFTA_SET_DESC_CONCAT, fields)]));
  }
  return nftChange(set.table, NFT_MSG_NEWSET, NLM_F_CREATE, attributes, `add set ${setText(set)}`);
}

/** Adds elements; one that is there already is fine, unless `exclusive` (then EEXIST). */
export function addElements(
  set: NftSet,
  keys: readonly (readonly Uint8Array[])[],
  options: { exclusive?: boolean } = {},
): NetlinkRequest {
  const flags = NLM_F_CREATE | (options.exclusive ? NLM_F_EXCL : 0);
  return nftChange(set.table, NFT_MSG_NEWSETELEM, flags, elements(set, keys), `add elements to set ${setText(set)}`);
}

/** ENOENT when one of them is not there. */
export function delElements(set: NftSet, keys: readonly (readonly Uint8Array[])[]): NetlinkRequest {
  return nftChange(set.table, NFT_MSG_DELSETELEM, 0, elements(set, keys), `delete elements of set ${setText(set)}`);
}

/** Empties the set. */
export function flushSet(set: NftSet): NetlinkRequest {
  return nftChange(set.table, NFT_MSG_DELSETELEM, 0, setNames(set), `flush set ${setText(set)}`);
}

/** Lists of keys, several a message: flatten them. */
export function getElements(set: NftSet): NetlinkQuery<Uint8Array[][]> {
  return dump({
    family: 'netfilter',
    type: nftType(NFT_MSG_GETSETELEM),
    payload: nftPayload(nftFamilies[set.table.family], setNames(set)),
    attempted: `list elements of set ${setText(set)}`,
    decode: (message) => {
      if (message.type !== nftType(NFT_MSG_NEWSETELEM)) return undefined;
      const { rest } = splitPayload(message.payload, nfHeaderBytes);
      const list = readNested(findAttribute(decodeAttributes(rest), NFTA_SET_ELEM_LIST_ELEMENTS)) ?? [];
      return list.map((element) => splitKey(set, elementKey(element.value)));
    },
  });
}

function elements(set: NftSet, keys: readonly (readonly Uint8Array[])[]) {
  const list = keys.map((key) => {
    const data = nested(NFTA_SET_ELEM_KEY, [rawAttribute(NFTA_DATA_VALUE, joinKey(set, key))]);
    return nested(NFTA_LIST_ELEM, [data]);
  });
  return [...setNames(set), nested(NFTA_SET_ELEM_LIST_ELEMENTS, list)];
}

function setNames(set: NftSet) {
  return [text(NFTA_SET_ELEM_LIST_TABLE, set.table.name), text(NFTA_SET_ELEM_LIST_SET, set.name)];
}

function elementKey(element: Uint8Array): Uint8Array {
  const data = readNested(findAttribute(decodeAttributes(element), NFTA_SET_ELEM_KEY)) ?? [];
  return findAttribute(data, NFTA_DATA_VALUE) ?? new Uint8Array();
}

function joinKey(set: NftSet, key: readonly Uint8Array[]): Uint8Array {
  const parts = set.key.map((type, index) => {
    const part = key[index];
    if (part?.length !== keyTypes[type].bytes)
      throw new RangeError(`key of set ${set.name}: field ${index} is ${type}`);
    return set.key.length > 1 ? Buffer.concat([part, new Uint8Array(align(part.length) - part.length)]) : part;
  });
  return Buffer.concat(parts);
}

function splitKey(set: NftSet, key: Uint8Array): Uint8Array[] {
  let offset = 0;
  return set.key.map((type) => {
    const { bytes } = keyTypes[type];
    const part = key.subarray(offset, offset + bytes);
    offset += align(bytes);
    return part;
  });
}

function setText(set: NftSet): string {
  return `${set.table.family} ${set.table.name} ${set.name}`;
}
