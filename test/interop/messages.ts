/** Payloads of interop.Peer, and what its methods are in a server of ours: the same as in go/main.go and rust/src/main.rs. */

import assert from 'node:assert/strict';
import { encodeBytesField, encodeVarintField, fieldBytes, wireFields } from '#codec/protobuf-wire.ts';
import { decodeResponse, encodeResponseFrame, type MetadataEntry } from '#codec/ttrpc/envelope.ts';
import { headerBytes } from '#codec/ttrpc/frame.ts';
import { RpcError, type RpcStatus } from '#codec/ttrpc/status.ts';
import type { ServiceTable } from '#io/ttrpc-server.ts';

/** google.protobuf.StringValue and BytesValue. */
export const wrapped = (value: string | Uint8Array) =>
  encodeBytesField(1, typeof value === 'string' ? Buffer.from(value) : value);

export function unwrapped(payload: Uint8Array): Buffer {
  for (const field of wireFields(payload)) if (field.number === 1) return Buffer.from(fieldBytes(payload, field));
  return Buffer.of();
}

/** google.protobuf.UInt64Value. */
export const wrappedNumber = (value: number) => (value === 0 ? Buffer.of() : encodeVarintField(1, BigInt(value)));

export function unwrappedNumber(payload: Uint8Array): number {
  for (const field of wireFields(payload)) if (field.number === 1) return Number(field.varint);
  return 0;
}

/** google.rpc.Status as a payload. */
export function encodedStatus(status: RpcStatus): Uint8Array {
  const frame = encodeResponseFrame({ streamId: 1, type: 2, flags: 0 }, { status, payload: new Uint8Array(0) });
  return unwrapped(frame.subarray(headerBytes));
}

export const typedDetail = (url: string, value: string) =>
  Buffer.concat([encodeBytesField(1, Buffer.from(url)), encodeBytesField(2, Buffer.from(value))]);

/** As both libraries' servers answer it: sorted by key, values in the order in which they were sent. */
function metadataText(metadata: readonly MetadataEntry[]): string {
  const byKey = new Map<string, string[]>();
  for (const { key, value } of metadata) byKey.set(key, [...(byKey.get(key) ?? []), value]);
  const lines = [...byKey].map(([key, values]) => `${key}=${values.join(',')}`);
  return lines.sort().join('\n');
}

export interface OurPeer {
  readonly services: ServiceTable;
  /** Calls that reached a handler. */
  calls: number;
  /** Waits whose caller left or ran out of time. */
  cancelled: number;
}

export function ourPeer(): OurPeer {
  const peer: OurPeer = { services: {}, calls: 0, cancelled: 0 };
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  const methods: ServiceTable[string] = {
    Echo: async (payload) => payload,
    Metadata: async (_, { metadata }) => wrapped(metadataText(metadata)),
    Fail: async (payload) => {
      const { status } = decodeResponse(encodeBytesField(1, payload));
      assert.ok(status);
      throw new RpcError(status);
    },
    FailPlain: () => Promise.reject(new Error('a plain error')),
    Fill: async (payload) => wrapped(Buffer.alloc(unwrappedNumber(payload))),
    Sleep: async (payload, { signal }) => {
      const slept = new Promise((resolve) => setTimeout(resolve, unwrappedNumber(payload)));
      await Promise.race([slept, untilAborted(signal)]);
      return payload;
    },
    Wait: (_, { signal }) => untilAborted(signal).finally(() => (peer.cancelled += 1)),
    Cancelled: async () => wrappedNumber(peer.cancelled),
  };
  const counted = Object.entries(methods).map(([name, method]) => [
    name,
    (...args: Parameters<typeof method>) => {
      peer.calls += 1;
      return method(...args);
    },
  ]);
  const services = {
    'interop.Peer': Object.fromEntries(counted),
    'grpc.Health': { Check: async () => new Uint8Array(0) },
  };
  return Object.assign(peer, { services });
}
