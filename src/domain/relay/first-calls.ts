/** The first calls on a connection to a forwarder: they prove it, and take up or begin a session. */

import type { Socket } from 'node:net';
import { PeerPodError } from '#base/errors.ts';
import { decodeResponse, encodeRequestFrame, type RpcResponse } from '#codec/ttrpc/envelope.ts';
import { headerBytes, messageTypes, readHeader } from '#codec/ttrpc/frame.ts';
import { RpcError } from '#codec/ttrpc/status.ts';
import {
  decodeResumeResponse,
  encodeResumeRequest,
  type ResumeResponse,
  resumeMethod,
} from '#codec/ttrpc-session/session-frames.ts';
import type { FarSession, ResumePoint } from './far.ts';

/** Ids of the relay's own calls; the shim's come after. A server insists on ids that rise. */
const resumeStreamId = 1;
const checkStreamId = 3;
/** What the shim's stream ids move up by. */
export const firstCallsOffset = 4;

/** Far more than two short answers take. */
const answersBytesMax = 64 * 1024;
const nanosecondsPerMs = 1_000_000;

export interface FirstCalls {
  /** A new session, or one that an earlier connection had. */
  readonly point: ResumePoint;
  readonly isNew: boolean;
  /** The bound that Health.Check is sent with; ms. */
  readonly checkMs: number;
}

/** Resolves when the far side has proven itself; undefined when it keeps no sessions. Bytes beyond stay unread. */
export async function makeFirstCalls(
  socket: Socket,
  { point, isNew, checkMs }: FirstCalls,
  signal: AbortSignal,
): Promise<FarSession | undefined> {
  const resume = requestFrame(resumeStreamId, { ...resumeMethod, payload: encodeResumeRequest(point) }, checkMs);
  const health = { service: 'grpc.Health', method: 'Check', payload: new Uint8Array(0) };
  const check = requestFrame(checkStreamId, health, checkMs);
  const { sessionId } = point;
  if (!isNew) {
    const [answer] = await ask(socket, [resume], signal);
    const response = resumeResponse(answer);
    // An answer to Resume alone proves the peer and that it accepts us: the agent need not answer for that.
    if (response?.resumed) return { sessionId, resumedAt: response.receivedBytes, sentBytes: 0, receivedBytes: 0 };
    const [checked] = await ask(socket, [check], signal);
    return proven(response, checked, sessionId, check.length);
  }
  const [answer, checked] = await ask(socket, [resume, check], signal);
  return proven(resumeResponse(answer), checked, sessionId, check.length);
}

interface Answer extends RpcResponse {
  readonly frameBytes: number;
}

function requestFrame(
  streamId: number,
  call: { readonly service: string; readonly method: string; readonly payload: Uint8Array },
  timeoutMs: number,
): Buffer {
  const header = { streamId, type: messageTypes.request, flags: 0 };
  return encodeRequestFrame(header, { ...call, timeoutNano: BigInt(timeoutMs * nanosecondsPerMs), metadata: [] });
}

/** Undefined: answered with an error, as by a forwarder that knows no sessions. */
function resumeResponse(answer: Answer | undefined): ResumeResponse | undefined {
  return answer && !answer.status ? decodeResumeResponse(answer.payload) : undefined;
}

function proven(
  response: ResumeResponse | undefined,
  checked: Answer | undefined,
  sessionId: Buffer,
  sentBytes: number,
): FarSession | undefined {
  if (checked?.status) throw new RpcError(checked.status);
  return response && { sessionId, resumedAt: undefined, sentBytes, receivedBytes: checked?.frameBytes ?? 0 };
}

/** Sends the frames and waits for as many answers, in the order of their stream ids. */
function ask(socket: Socket, frames: readonly Buffer[], signal: AbortSignal): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const answers = new Map<number, Answer>();
    let held: Buffer = Buffer.alloc(0);
    const settle = (error?: unknown) => {
      socket.off('data', onData);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      if (held.length > 0 && error === undefined) socket.unshift(held);
      if (error !== undefined) return reject(error);
      resolve([...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer));
    };
    const onAbort = () => settle(signal.reason);
    const onClose = () => settle(new PeerPodError('E_RELAY_LOST', 'closed before the first call was answered'));
    const onData = (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      try {
        held = takeAnswers(held, answers, frames.length);
      } catch (error) {
        return settle(error);
      }
      if (answers.size === frames.length) settle();
      else if (held.length > answersBytesMax) settle(new PeerPodError('E_RPC_PROTOCOL', 'no answer, but much else'));
    };
    if (signal.aborted) return settle(signal.reason);
    socket.on('data', onData);
    socket.on('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.write(Buffer.concat(frames));
    socket.resume();
  });
}

/** Moves whole answers out of `bytes` until `wanted` are there; gives back the rest. */
function takeAnswers(bytes: Buffer, answers: Map<number, Answer>, wanted: number): Buffer {
  let rest = bytes;
  while (answers.size < wanted && rest.length >= headerBytes) {
    const { length, streamId, type } = readHeader(rest, 0);
    const frameBytes = headerBytes + length;
    if (rest.length < frameBytes) return rest;
    if (type === messageTypes.response) {
      answers.set(streamId, { ...decodeResponse(rest.subarray(headerBytes, frameBytes)), frameBytes });
    }
    rest = rest.subarray(frameBytes);
  }
  return rest;
}
