/** The ttrpc frame: a 10-byte header and at most 4 MiB of data. See docs/protocol.md. */

import { assert } from '#base/assert.ts';

export const headerBytes = 10;
/** Where in the header the stream id is. */
export const streamIdOffset = 4;
/** Exactly this many bytes of data are legal; one more is not. */
export const dataBytesMax = 4 * 1024 * 1024;

export const messageTypes = { request: 1, response: 2, data: 3 } as const;
export const frameFlags = { remoteClosed: 1, remoteOpen: 2, noData: 4 } as const;

export interface FrameHeader {
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
}

export interface Frame extends FrameHeader {
  readonly kind: 'frame';
  readonly data: Buffer;
}

/** A frame whose data was longer than allowed, and so was not kept. Its stream is known, the connection intact. */
export interface OversizedFrame extends FrameHeader {
  readonly kind: 'oversized';
  readonly length: number;
}

/** Writes a header at `offset`; `length` is that of the data alone. */
export function writeHeader(bytes: Buffer, offset: number, length: number, header: FrameHeader): void {
  assert(length >= 0 && length <= dataBytesMax, `frame data of ${length} bytes`);
  bytes.writeUInt32BE(length, offset);
  bytes.writeUInt32BE(header.streamId, offset + streamIdOffset);
  bytes[offset + 8] = header.type;
  bytes[offset + 9] = header.flags;
}

export function encodeFrame(streamId: number, type: number, flags: number, data: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + data.length);
  writeHeader(bytes, 0, data.length, { streamId, type, flags });
  bytes.set(data, headerBytes);
  return bytes;
}

/** Length field of a frame that refuses to be longer than the limit: what an oversized sender claims. */
export function readHeader(bytes: Buffer, offset: number): FrameHeader & { readonly length: number } {
  return {
    length: bytes.readUInt32BE(offset),
    streamId: bytes.readUInt32BE(offset + streamIdOffset),
    type: bytes[offset + 8] ?? 0,
    flags: bytes[offset + 9] ?? 0,
  };
}
