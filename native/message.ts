/** The netlink message header, several messages in one buffer, and what a request is before it has a number. */

import { align, hostIsLittle, viewOf } from './attribute.ts';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from './constants.ts';
import { NetlinkDecodeError } from './errors.ts';
import type { Netns } from './netns.ts';

export type NetlinkFamily = 'route' | 'netfilter';

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly port: number;
  readonly payload: Uint8Array;
}

/** Something to ask of the kernel. Built by newLink, addRoute, … */
export interface NetlinkRequest {
  readonly family: NetlinkFamily;
  readonly type: number;
  /** Complete: NLM_F_REQUEST and, where an answer is wanted, NLM_F_ACK or NLM_F_DUMP. */
  readonly flags: number;
  readonly payload: Uint8Array;
  /** For errors: 'create link vxlan1'. */
  readonly attempted: string;
  /** Namespaces whose fd number is in the payload: kept open until the answer is there. */
  readonly holds?: readonly Netns[];
}

/** A request that is answered with values; `decode` gives undefined for answers the caller did not ask for. */
export interface NetlinkQuery<T> extends NetlinkRequest {
  readonly decode: (message: NetlinkMessage) => T | undefined;
}

export const messageHeaderBytes = 16;

/** A change: acknowledged. `flags` such as NLM_F_CREATE | NLM_F_EXCL come on top. */
export function change(request: Omit<NetlinkRequest, 'flags'> & { flags?: number }): NetlinkRequest {
  return { ...request, flags: NLM_F_REQUEST | NLM_F_ACK | (request.flags ?? 0) };
}

export function dump<T>(query: Omit<NetlinkQuery<T>, 'flags'>): NetlinkQuery<T> {
  return { ...query, flags: NLM_F_REQUEST | NLM_F_DUMP };
}

export function isDump(request: NetlinkRequest): boolean {
  return (request.flags & NLM_F_DUMP) === NLM_F_DUMP;
}

export function encodeMessage(message: Omit<NetlinkMessage, 'port'> & { port?: number }): Uint8Array {
  const bytes = new Uint8Array(sizeOf(message));
  writeMessage(viewOf(bytes), bytes, 0, message);
  return bytes;
}

/** Several in one buffer, numbered from `firstSequence`. */
export function encodeRequests(requests: readonly NetlinkRequest[], firstSequence: number): Buffer {
  let length = 0;
  for (const request of requests) length += sizeOf(request);
  const bytes = Buffer.allocUnsafe(length); // a small one costs next to nothing
  const view = viewOf(bytes);
  let at = 0;
  let sequence = firstSequence;
  for (const { type, flags, payload } of requests) {
    at = writeMessage(view, bytes, at, { type, flags, payload, sequence });
    sequence += 1;
  }
  return bytes;
}

function sizeOf({ payload }: { readonly payload: Uint8Array }): number {
  return align(messageHeaderBytes + payload.length);
}

/** Gives where the next one begins. */
function writeMessage(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  message: Omit<NetlinkMessage, 'port'> & { port?: number },
): number {
  view.setUint32(at, messageHeaderBytes + message.payload.length, hostIsLittle);
  view.setUint16(at + 4, message.type, hostIsLittle);
  view.setUint16(at + 6, message.flags, hostIsLittle);
  view.setUint32(at + 8, message.sequence, hostIsLittle);
  view.setUint32(at + 12, message.port ?? 0, hostIsLittle);
  bytes.set(message.payload, at + messageHeaderBytes);
  const end = at + sizeOf(message);
  bytes.fill(0, at + messageHeaderBytes + message.payload.length, end);
  return end;
}

export function decodeMessages(bytes: Uint8Array): NetlinkMessage[] {
  const { messages, damage } = decodeIntact(bytes);
  if (damage) throw damage;
  return messages;
}

/** The messages before the first one that is damaged, and what is wrong with that. */
export function decodeIntact(bytes: Uint8Array): { messages: NetlinkMessage[]; damage?: NetlinkDecodeError } {
  const view = viewOf(bytes);
  const messages: NetlinkMessage[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const left = bytes.length - offset;
    if (left < messageHeaderBytes) {
      return { messages, damage: new NetlinkDecodeError(`message header cut short: ${left} bytes`) };
    }
    const length = view.getUint32(offset, hostIsLittle);
    if (length < messageHeaderBytes || length > left) {
      return { messages, damage: new NetlinkDecodeError(`message length ${length} with ${left} bytes left`) };
    }
    messages.push({
      type: view.getUint16(offset + 4, hostIsLittle),
      flags: view.getUint16(offset + 6, hostIsLittle),
      sequence: view.getUint32(offset + 8, hostIsLittle),
      port: view.getUint32(offset + 12, hostIsLittle),
      payload: bytes.subarray(offset + messageHeaderBytes, offset + length),
    });
    offset += align(length);
  }
  return { messages };
}

/** Splits a payload into the family's fixed header and its attributes' bytes. */
export function splitPayload(payload: Uint8Array, headerBytes: number): { header: DataView; rest: Uint8Array } {
  if (payload.length < headerBytes) {
    throw new NetlinkDecodeError(`payload of ${payload.length} bytes where a header of ${headerBytes} belongs`);
  }
  return { header: viewOf(payload.subarray(0, headerBytes)), rest: payload.subarray(align(headerBytes)) };
}

/** A fixed header followed by attributes. */
export function joinPayload(headerBytes: number, fill: (header: DataView) => void, rest: Uint8Array): Uint8Array {
  const payload = new Uint8Array(align(headerBytes) + rest.length);
  fill(viewOf(payload.subarray(0, headerBytes)));
  payload.set(rest, align(headerBytes));
  return payload;
}
