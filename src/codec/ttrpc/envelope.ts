/** The Request and Response messages inside frames, on the wire level: payloads are slices, never copies. */

import { PeerPodError } from '#base/errors.ts';
import { bytesFieldLength, encodeVarint, fieldBytes, fieldString, WireWriter, wireFields } from '../protobuf-wire.ts';
import { dataBytesMax, type FrameHeader, headerBytes, writeHeader } from './frame.ts';
import type { RpcStatus } from './status.ts';

export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
}

export interface RpcRequest {
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  /** Budget in ns from the moment of sending; 0: none; negative: already over. */
  readonly timeoutNano: bigint;
  /** Several values for one key are several entries; order is kept. */
  readonly metadata: readonly MetadataEntry[];
}

export interface RpcResponse {
  /** Absent for OK: a status with code 0, as Rust servers send it, decodes to the same. */
  readonly status: RpcStatus | undefined;
  readonly payload: Uint8Array;
}

const empty = new Uint8Array(0);

function encodeEntry(entry: MetadataEntry): Uint8Array {
  return encodeStrings([entry.key, entry.value]);
}

/** Fields 1, 2, … as strings, empty ones left out as proto3 does. */
function encodeStrings(values: readonly string[]): Uint8Array {
  const parts = values.map((value) => Buffer.from(value, 'utf8'));
  const length = parts.reduce((sum, part, at) => sum + (part.length ? bytesFieldLength(at + 1, part.length) : 0), 0);
  const bytes = Buffer.allocUnsafe(length);
  const writer = new WireWriter(bytes);
  parts.forEach((part, at) => {
    if (part.length > 0) writer.bytesField(at + 1, part);
  });
  return bytes;
}

/** A frame with the fields `fields` (number, bytes) and one optional varint as its data, in one allocation. */
function encodeEnvelope(
  header: FrameHeader,
  fields: readonly (readonly [number, Uint8Array])[],
  varint?: readonly [number, bigint],
): Buffer {
  let length = varint ? 1 + encodeVarint(varint[1]).length : 0;
  for (const [number, value] of fields) length += bytesFieldLength(number, value.length);
  if (length > dataBytesMax) {
    throw new PeerPodError('E_FRAME_TOO_LARGE', `message of ${length} bytes, the limit is ${dataBytesMax}`);
  }
  const bytes = Buffer.allocUnsafe(headerBytes + length);
  writeHeader(bytes, 0, length, header);
  const writer = new WireWriter(bytes, headerBytes);
  for (const [number, value] of fields) writer.bytesField(number, value);
  if (varint) writer.varintField(varint[0], varint[1]);
  return bytes;
}

/** The whole request frame. Throws E_FRAME_TOO_LARGE before anything is allocated. */
export function encodeRequestFrame(header: FrameHeader, request: RpcRequest): Buffer {
  const fields: [number, Uint8Array][] = [
    [1, Buffer.from(request.service, 'utf8')],
    [2, Buffer.from(request.method, 'utf8')],
  ];
  if (request.payload.length > 0) fields.push([3, request.payload]);
  for (const entry of request.metadata) fields.push([5, encodeEntry(entry)]);
  return encodeEnvelope(header, fields, request.timeoutNano === 0n ? undefined : [4, request.timeoutNano]);
}

/** The whole response frame. Throws E_FRAME_TOO_LARGE before anything is allocated. */
export function encodeResponseFrame(header: FrameHeader, response: RpcResponse): Buffer {
  const fields: [number, Uint8Array][] = [];
  if (response.status) fields.push([1, encodeStatus(response.status)]);
  if (response.payload.length > 0) fields.push([2, response.payload]);
  return encodeEnvelope(header, fields);
}

function encodeStatus(status: RpcStatus): Uint8Array {
  const message = Buffer.from(status.message, 'utf8');
  const code = encodeVarint(BigInt(status.code));
  let length = 1 + code.length + (message.length ? bytesFieldLength(2, message.length) : 0);
  for (const detail of status.details) length += bytesFieldLength(3, detail.length);
  const bytes = Buffer.allocUnsafe(length);
  const writer = new WireWriter(bytes);
  writer.varintField(1, BigInt(status.code));
  if (message.length > 0) writer.bytesField(2, message);
  for (const detail of status.details) writer.bytesField(3, detail);
  return bytes;
}

function decodeEntry(bytes: Uint8Array): MetadataEntry {
  let [key, value] = ['', ''];
  for (const field of wireFields(bytes)) {
    if (field.number === 1) key = fieldString(bytes, field);
    if (field.number === 2) value = fieldString(bytes, field);
  }
  return { key, value };
}

/** Throws E_DECODE; unknown fields are skipped. */
export function decodeRequest(bytes: Uint8Array): RpcRequest {
  let [service, method, timeoutNano] = ['', '', 0n];
  let payload: Uint8Array = empty;
  const metadata: MetadataEntry[] = [];
  for (const field of wireFields(bytes)) {
    if (field.number === 1) service = fieldString(bytes, field);
    else if (field.number === 2) method = fieldString(bytes, field);
    else if (field.number === 3) payload = fieldBytes(bytes, field);
    else if (field.number === 4) timeoutNano = BigInt.asIntN(64, field.varint);
    else if (field.number === 5) metadata.push(decodeEntry(fieldBytes(bytes, field)));
  }
  return { service, method, payload, timeoutNano, metadata };
}

function decodeStatus(bytes: Uint8Array): RpcStatus {
  let [code, message] = [0, ''];
  const details: Uint8Array[] = [];
  for (const field of wireFields(bytes)) {
    if (field.number === 1) code = Number(BigInt.asIntN(32, field.varint));
    else if (field.number === 2) message = fieldString(bytes, field);
    else if (field.number === 3) details.push(fieldBytes(bytes, field));
  }
  return { code, message, details };
}

/** Throws E_DECODE; unknown fields are skipped. */
export function decodeResponse(bytes: Uint8Array): RpcResponse {
  let status: RpcStatus | undefined;
  let payload: Uint8Array = empty;
  for (const field of wireFields(bytes)) {
    if (field.number === 1) status = decodeStatus(fieldBytes(bytes, field));
    else if (field.number === 2) payload = fieldBytes(bytes, field);
  }
  return { status: status?.code === 0 ? undefined : status, payload };
}
