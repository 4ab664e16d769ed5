/** Netlink attributes (type, length, value, padded to 4): read with bounds checked, written from plain values. */

import { endianness } from 'node:os';
import { NLA_F_NESTED, NLA_F_NET_BYTEORDER } from './constants.ts';
import { NetlinkDecodeError } from './errors.ts';

/** Netlink is in the machine's byte order except where an attribute says otherwise (names ending in `be`). */
export const hostIsLittle = endianness() === 'LE';

export interface Attribute {
  /** Without the flag bits. */
  readonly type: number;
  /** NLA_F_NESTED and NLA_F_NET_BYTEORDER as found: the kernel is not consistent, so they are kept. */
  readonly flags: number;
  readonly value: Uint8Array;
}

const headerBytes = 4;
const flagBits = NLA_F_NESTED | NLA_F_NET_BYTEORDER;

export function align(length: number): number {
  return (length + 3) & ~3;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function decodeAttributes(bytes: Uint8Array): Attribute[] {
  const view = viewOf(bytes);
  const attributes: Attribute[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < headerBytes) throw new NetlinkDecodeError(`attribute header cut short at ${offset}`);
    const length = view.getUint16(offset, hostIsLittle);
    const type = view.getUint16(offset + 2, hostIsLittle);
    if (length < headerBytes || length > bytes.length - offset) {
      throw new NetlinkDecodeError(`attribute ${type} at ${offset}: length ${length} of ${bytes.length - offset}`);
    }
    attributes.push({
      type: type & ~flagBits,
      flags: type & flagBits,
      value: bytes.subarray(offset + headerBytes, offset + length),
    });
    offset += align(length);
  }
  return attributes;
}

export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  let total = 0;
  for (const { value } of attributes) total += align(headerBytes + value.length);
  const bytes = new Uint8Array(total);
  const view = viewOf(bytes);
  let offset = 0;
  for (const { type, flags, value } of attributes) {
    const length = headerBytes + value.length;
    if (length > 0xffff) throw new RangeError(`attribute ${type} is longer than 65535 bytes`);
    view.setUint16(offset, length, hostIsLittle);
    view.setUint16(offset + 2, type | flags, hostIsLittle);
    bytes.set(value, offset + headerBytes);
    offset += align(length);
  }
  return bytes;
}

export function findAttribute(attributes: readonly Attribute[], type: number): Uint8Array | undefined {
  return attributes.find((attribute) => attribute.type === type)?.value;
}

// Reading a value that may be absent

export function readU8(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : checked(value, 1).getUint8(0);
}

export function readU16be(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : checked(value, 2).getUint16(0);
}

export function readU32(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : checked(value, 4).getUint32(0, hostIsLittle);
}

export function readU32be(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : checked(value, 4).getUint32(0);
}

export function readU64be(value: Uint8Array | undefined): bigint | undefined {
  return value === undefined ? undefined : checked(value, 8).getBigUint64(0);
}

/** Above 2^53 it is rounded. */
export function readU64(value: Uint8Array | undefined): number | undefined {
  return value === undefined ? undefined : Number(checked(value, 8).getBigUint64(0, hostIsLittle));
}

export function readText(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const end = value.indexOf(0);
  return Buffer.from(end < 0 ? value : value.subarray(0, end)).toString('utf8');
}

export function readNested(value: Uint8Array | undefined): Attribute[] | undefined {
  return value === undefined ? undefined : decodeAttributes(value);
}

function checked(value: Uint8Array, length: number): DataView {
  if (value.length < length) throw new NetlinkDecodeError(`attribute of ${value.length} bytes where ${length} belong`);
  return viewOf(value);
}

// Writing

export function rawAttribute(type: number, value: Uint8Array): Attribute {
  return { type, flags: 0, value };
}

export function u8(type: number, value: number): Attribute {
  return rawAttribute(type, Uint8Array.of(value));
}

export function u16be(type: number, value: number): Attribute {
  return written(type, 2, (view) => view.setUint16(0, value));
}

export function u32(type: number, value: number): Attribute {
  return written(type, 4, (view) => view.setUint32(0, value, hostIsLittle));
}

export function u32be(type: number, value: number): Attribute {
  return written(type, 4, (view) => view.setUint32(0, value));
}

export function u64be(type: number, value: bigint): Attribute {
  return written(type, 8, (view) => view.setBigUint64(0, value));
}

/** With the terminating NUL that the kernel wants. */
export function text(type: number, value: string): Attribute {
  return rawAttribute(type, Buffer.from(`${value}\0`, 'utf8'));
}

export function nested(type: number, attributes: readonly Attribute[]): Attribute {
  return { type, flags: NLA_F_NESTED, value: encodeAttributes(attributes) };
}

function written(type: number, length: number, write: (view: DataView) => void): Attribute {
  const value = new Uint8Array(length);
  write(viewOf(value));
  return rawAttribute(type, value);
}
