/** A disk with a GUID partition table: where each partition lies, and the table's sectors at both ends. */

import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

export interface Partition {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

export const partitionTypes = {
  efi: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  root: '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  rootVerity: '2c7357ed-ebd2-46d9-aec1-23d437ec2bf5',
} as const;

const sector = 512;
/** Partitions begin at whole MiB, and the disk ends at one: clouds ask for it. */
const alignment = 1024 * 1024;
const entries = 128;
const entryBytes = 128;
const tableSectors = (entries * entryBytes) / sector;

/** GUIDs come from `seed`, so that the same contents give the same disk. What is zero stays a hole in the file. */
export function writeGptDisk(path: string, partitions: readonly Partition[], seed: string): void {
  let next = alignment;
  const placed = partitions.map((partition) => {
    const start = next;
    next = alignedUp(start + partition.content.length);
    return { ...partition, start };
  });
  const bytes = next + alignment; // the backup table is in the last MiB
  const sectors = bytes / sector;
  const table = Buffer.alloc(entries * entryBytes);
  for (const [index, { name, type, start, content }] of placed.entries()) {
    const at = index * entryBytes;
    encodeGuid(type).copy(table, at);
    encodeGuid(guidFrom(`${seed} ${name}`)).copy(table, at + 16);
    table.writeBigUInt64LE(BigInt(start / sector), at + 32);
    table.writeBigUInt64LE(BigInt(Math.ceil((start + content.length) / sector) - 1), at + 40);
    table.write(name, at + 56, 'utf16le');
  }
  const guid = encodeGuid(guidFrom(`${seed} disk`));
  const file = openSync(path, 'w', 0o644);
  try {
    ftruncateSync(file, bytes);
    const put = (content: Buffer, at: number) => writeSync(file, content, 0, content.length, at);
    put(protectiveMbr(sectors), 0);
    put(header(table, guid, sectors, 1, sectors - 1, 2), sector);
    put(table, 2 * sector);
    put(table, (sectors - 1 - tableSectors) * sector);
    put(header(table, guid, sectors, sectors - 1, 1, sectors - 1 - tableSectors), (sectors - 1) * sector);
    for (const { content, start } of placed) writeSparse(put, content, start);
  } finally {
    closeSync(file);
  }
}

function header(table: Buffer, guid: Buffer, sectors: number, own: number, other: number, tableAt: number): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.write('EFI PART', 0, 'latin1');
  bytes.writeUInt32LE(0x0001_0000, 8);
  bytes.writeUInt32LE(92, 12);
  bytes.writeBigUInt64LE(BigInt(own), 24);
  bytes.writeBigUInt64LE(BigInt(other), 32);
  bytes.writeBigUInt64LE(BigInt(2 + tableSectors), 40);
  bytes.writeBigUInt64LE(BigInt(sectors - 2 - tableSectors), 48);
  guid.copy(bytes, 56);
  bytes.writeBigUInt64LE(BigInt(tableAt), 72);
  bytes.writeUInt32LE(entries, 80);
  bytes.writeUInt32LE(entryBytes, 84);
  bytes.writeUInt32LE(crc32(table), 88);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 92)), 16);
  return bytes;
}

/** For tools that know no GPT: one partition of an unknown kind over the whole disk. */
function protectiveMbr(sectors: number): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.write('00000200eeffffff01000000', 446, 'hex');
  bytes.writeUInt32LE(Math.min(sectors - 1, 0xffff_ffff), 458);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function writeSparse(put: (content: Buffer, at: number) => void, content: Buffer, start: number): void {
  const step = 64 * 1024;
  const zeros = Buffer.alloc(step);
  for (let at = 0; at < content.length; at += step) {
    const piece = content.subarray(at, at + step);
    if (!piece.equals(zeros.subarray(0, piece.length))) put(piece, start + at);
  }
}

function guidFrom(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The first three groups are little endian. */
function encodeGuid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function alignedUp(value: number): number {
  return Math.ceil(value / alignment) * alignment;
}
