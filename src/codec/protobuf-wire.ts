/** The protobuf wire format, small: enough to read and write envelopes and to find a field inside any message. */

import { PeerPodError } from '#base/errors.ts';

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** One occurrence of a field. `start` to `end` spans tag and value; `valueStart` to `end` the value alone. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  /** With wire type varint. */
  readonly varint: bigint;
}

const varintBytesMax = 10;
const groupDepthMax = 32;

function malformed(what: string): PeerPodError {
  return new PeerPodError('E_DECODE', `protobuf: ${what}`);
}

function readVarint(bytes: Uint8Array, offset: number): { value: bigint; end: number } {
  // Tags and lengths nearly always fit in 28 bits, where plain numbers are much faster than bigint.
  let low = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw malformed('varint cut short');
    low |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value: BigInt(low), end: offset + index + 1 };
  }
  let value = BigInt(low);
  for (let index = 4; index < varintBytesMax; index += 1) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw malformed('varint cut short');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: offset + index + 1 };
  }
  throw malformed('varint longer than 10 bytes');
}

function readTag(bytes: Uint8Array, offset: number): { number: number; wireType: number; end: number } {
  const { value, end } = readVarint(bytes, offset);
  if (value > 0xffff_ffffn || value < 8n) throw malformed(`tag ${value} is out of range`);
  const tag = Number(value);
  return { number: tag >>> 3, wireType: tag & 7, end };
}

function endOfGroup(bytes: Uint8Array, from: number, number: number, depth: number): number {
  if (depth > groupDepthMax) throw malformed('groups nested too deeply');
  let offset = from;
  for (;;) {
    const tag = readTag(bytes, offset);
    if (tag.wireType === wireTypes.groupEnd) {
      if (tag.number !== number) throw malformed(`group ${number} ended as ${tag.number}`);
      return tag.end;
    }
    offset = endOfValue(bytes, tag.end, tag, depth).end;
  }
}

interface Value {
  readonly valueStart: number;
  readonly end: number;
  readonly varint: bigint;
}

function endOfValue(
  bytes: Uint8Array,
  offset: number,
  tag: { number: number; wireType: number },
  depth: number,
): Value {
  const within = (valueStart: number, length: number): Value => {
    if (length > bytes.length - valueStart) throw malformed(`field ${tag.number} cut short`);
    return { valueStart, end: valueStart + length, varint: 0n };
  };
  switch (tag.wireType) {
    case wireTypes.varint: {
      const { value, end } = readVarint(bytes, offset);
      return { valueStart: offset, end, varint: value };
    }
    case wireTypes.fixed64:
      return within(offset, 8);
    case wireTypes.fixed32:
      return within(offset, 4);
    case wireTypes.bytes: {
      const { value, end } = readVarint(bytes, offset);
      if (value > BigInt(bytes.length)) throw malformed(`field ${tag.number} cut short`);
      return within(end, Number(value));
    }
    case wireTypes.groupStart:
      return { valueStart: offset, end: endOfGroup(bytes, offset, tag.number, depth + 1), varint: 0n };
    default:
      throw malformed(`wire type ${tag.wireType} in field ${tag.number}`);
  }
}

/** Every field of a message in wire order, unknown ones and groups included. Throws E_DECODE on malformed bytes. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  let offset = 0;
  while (offset < bytes.length) {
    const tag = readTag(bytes, offset);
    const value = endOfValue(bytes, tag.end, tag, 0);
    yield { number: tag.number, wireType: tag.wireType, start: offset, ...value };
    offset = value.end;
  }
}

/** The value bytes of a length-delimited field; another wire type under this number is an error. */
export function fieldBytes(bytes: Uint8Array, field: WireField): Uint8Array {
  if (field.wireType !== wireTypes.bytes) throw malformed(`field ${field.number} has wire type ${field.wireType}`);
  return bytes.subarray(field.valueStart, field.end);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function fieldString(bytes: Uint8Array, field: WireField): string {
  try {
    return utf8.decode(fieldBytes(bytes, field));
  } catch (error) {
    if (error instanceof PeerPodError) throw error;
    throw malformed(`field ${field.number} is not UTF-8`);
  }
}

export function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Bytes that a length-delimited field of `length` value bytes takes. */
export function bytesFieldLength(number: number, length: number): number {
  return varintLength(number * 8 + wireTypes.bytes) + varintLength(length) + length;
}

/** Writes a message into one buffer of a size known beforehand. */
export class WireWriter {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  #number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#offset++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#offset++] = rest;
  }

  varintField(number: number, value: bigint): void {
    this.#number(number * 8 + wireTypes.varint);
    const encoded = encodeVarint(value);
    this.#bytes.set(encoded, this.#offset);
    this.#offset += encoded.length;
  }

  bytesField(number: number, value: Uint8Array): void {
    this.#number(number * 8 + wireTypes.bytes);
    this.#number(value.length);
    this.#bytes.set(value, this.#offset);
    this.#offset += value.length;
  }
}

/** A length-delimited field as bytes of its own. */
export function encodeBytesField(number: number, value: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(bytesFieldLength(number, value.length));
  new WireWriter(bytes).bytesField(number, value);
  return bytes;
}

export function encodeVarintField(number: number, value: bigint): Uint8Array {
  return Buffer.concat([encodeVarint(BigInt(number * 8 + wireTypes.varint)), encodeVarint(value)]);
}
