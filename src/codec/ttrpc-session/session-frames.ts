/** The frames of a session that are not ttrpc's: types that a peer without sessions ignores. */

import Long from 'long';
import { PeerPodError } from '#base/errors.ts';
import { peerpods } from '../gen/session.js';
import { encodeFrame } from '../ttrpc/frame.ts';

export const resumeMethod = { service: 'peerpods.session.v1.Session', method: 'Resume' } as const;
export const resumeName = `${resumeMethod.service}/${resumeMethod.method}`;

/** Message types beside ttrpc's 1 to 3. */
export const sessionFrames = {
  /** 8 bytes of data: position up to which the sender has received, big endian. */
  acknowledge: 16,
  /** No data: the session ends on purpose, nothing of it is needed any more. */
  end: 17,
  /** No data: whoever gets it sends `pong`, unless bytes of another frame are under way and tell as much. */
  ping: 18,
  pong: 19,
} as const;

export const sessionIdBytes = 16;
const positionBytes = 8;

export function encodeAcknowledge(position: number): Buffer {
  const data = Buffer.allocUnsafe(positionBytes);
  data.writeBigUInt64BE(BigInt(position));
  return encodeFrame(0, sessionFrames.acknowledge, 0, data);
}

/** Throws E_DECODE. */
export function decodeAcknowledge(data: Uint8Array): number {
  if (data.length !== positionBytes) throw new PeerPodError('E_DECODE', `acknowledgement of ${data.length} bytes`);
  return toPosition(Buffer.from(data.buffer, data.byteOffset, data.length).readBigUInt64BE());
}

/** A frame without data. */
export function encodeSignal(signal: 'end' | 'ping' | 'pong'): Buffer {
  return encodeFrame(0, sessionFrames[signal], 0, Buffer.alloc(0));
}

/** Neither counted nor acknowledged: they are of one connection, not of the session's stream. */
export function isOfConnection(type: number): boolean {
  return type >= sessionFrames.acknowledge && type <= sessionFrames.pong;
}

export interface ResumeRequest {
  readonly sessionId: Buffer;
  readonly receivedBytes: number;
}

export interface ResumeResponse {
  readonly resumed: boolean;
  readonly receivedBytes: number;
}

const { ResumeRequest: RequestMessage, ResumeResponse: ResponseMessage } = peerpods.session.v1;

export function encodeResumeRequest(request: ResumeRequest): Uint8Array {
  const { sessionId, receivedBytes } = request;
  return RequestMessage.encode({ sessionId, receivedBytes: Long.fromNumber(receivedBytes, true) }).finish();
}

/** Throws E_DECODE. */
export function decodeResumeRequest(payload: Uint8Array): ResumeRequest {
  const { sessionId, receivedBytes } = decoded(() => RequestMessage.decode(payload));
  if (sessionId.length !== sessionIdBytes) {
    throw new PeerPodError('E_DECODE', `session id of ${sessionId.length} bytes, not ${sessionIdBytes}`);
  }
  return { sessionId: Buffer.from(sessionId), receivedBytes: toPosition(receivedBytes) };
}

export function encodeResumeResponse(response: ResumeResponse): Uint8Array {
  const { resumed, receivedBytes } = response;
  return ResponseMessage.encode({ resumed, receivedBytes: Long.fromNumber(receivedBytes, true) }).finish();
}

/** Throws E_DECODE. */
export function decodeResumeResponse(payload: Uint8Array): ResumeResponse {
  const { resumed, receivedBytes } = decoded(() => ResponseMessage.decode(payload));
  return { resumed, receivedBytes: toPosition(receivedBytes) };
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new PeerPodError('E_DECODE', 'malformed session message', { cause: error });
  }
}

/** A position is exact: at 1 GB/s it leaves the exact numbers after 100 days. */
function toPosition(value: bigint | number | { toString(): string }): number {
  const position = Number(value.toString());
  if (!Number.isSafeInteger(position)) throw new PeerPodError('E_DECODE', 'a position beyond what can be counted');
  return position;
}
