/** One caller's calls on their way to a far side and back, kept so that a lost far side can be replaced. */

import { isPeerPodError, type StatusName } from '#base/errors.ts';
import { decodeRequest, encodeResponseFrame, type RpcRequest } from '../ttrpc/envelope.ts';
import { type FrameHeader, headerBytes, messageTypes } from '../ttrpc/frame.ts';
import { type DecodedFrame, FrameDecoder } from '../ttrpc/frame-decoder.ts';
import { type FrameSpan, FrameSpans } from '../ttrpc/frame-spans.ts';
import { rpcStatus } from '../ttrpc/status.ts';
import { StreamIds, type StreamIdsState } from '../ttrpc/stream-ids.ts';
import { decodeAcknowledge, isOfConnection, sessionFrames } from '../ttrpc-session/session-frames.ts';
import { CallsInFlight, type Lying } from './calls-in-flight.ts';

/** Which calls are more than bytes. Methods are named 'SERVICE/METHOD'. */
export interface PassagePolicy {
  /** What the far side's stream ids are higher by: even, and 0 where nobody used the connection before. */
  readonly streamOffset: number;
  /** May be asked again when the far side was lost; everything else may have had its effect already. */
  readonly repeats: (method: string) => boolean;
  /** Taken out of the stream whole, to be edited before it goes on. */
  readonly edits: (method: string) => boolean;
}

export const passageLimits = {
  pendingMax: 1024,
  /** A larger request is answered UNAVAILABLE when the far side is lost. */
  keptRequestBytesMax: 64 * 1024,
  /** All kept requests of a caller together. */
  keptBytesMax: 1024 * 1024,
  /** A request is kept where it lies when what came together with it is not longer; else it is copied. */
  borrowedChunkBytesMax: 8 * 1024,
  /** What may be held in that way beside the requests themselves. */
  borrowedBytesMax: 256 * 1024,
} as const;

const streamIdMax = 0xffff_ffff;

/** A request that is to be edited; its frame is made anew. */
export interface HeldRequest {
  /** The caller's. */
  readonly streamId: number;
  /** For the frame to the far side. */
  readonly header: FrameHeader;
  readonly request: RpcRequest;
}

/** What goes to the far side, in this order. */
export type Outgoing = Buffer | HeldRequest;

/** Hears of what comes from a far side that keeps a session. */
export interface PassageSession {
  received(frameBytes: number): void;
  acknowledged(position: number): void;
}

/** What another process needs to go on with a caller's calls. */
export interface PassageState {
  readonly streamIds: StreamIdsState;
  /** In flight: the caller's stream id, and the frame to repeat if it may be repeated. */
  readonly pending: readonly (readonly [number, Buffer | undefined])[];
}

export interface PassageOutput {
  toFar(item: Outgoing): void;
  toCaller(bytes: Buffer): void;
  /** A call was let in. */
  onCall?(): void;
  /** A call was refused, there being too many, or too much of it. */
  onLimit?(): void;
}

export class Passage {
  readonly #policy: PassagePolicy;
  readonly #output: PassageOutput;
  readonly #fromCaller: FrameSpans;
  #fromFar: FrameSpans;
  /** By the caller's stream ids, with the frames to repeat, under the far side's ids. */
  readonly #pending = new CallsInFlight();
  #callerIds = new StreamIds();
  /** Set while the far side keeps a session: then nothing is lost with a connection. */
  session: PassageSession | undefined;

  constructor(policy: PassagePolicy, output: PassageOutput) {
    this.#policy = policy;
    this.#output = output;
    const toFar = { write: (bytes: Buffer) => output.toFar(bytes) };
    // An output of its own, so that it keeps its place in the order of frames.
    const taken = new FrameDecoder();
    const toEdit = { write: (bytes: Buffer) => taken.push(bytes).forEach((frame) => void this.#hold(frame)) };
    this.#fromCaller = new FrameSpans((span) => {
      const method = this.#admit(span);
      if (method === undefined) return undefined;
      output.onCall?.();
      if (policy.edits(method)) return toEdit;
      const { streamId } = span;
      if (policy.streamOffset > 0) span.setStreamId(streamId + policy.streamOffset);
      if (policy.repeats(method)) this.#keep(streamId, span);
      else this.#pending.add(streamId);
      return toFar;
    });
    this.#fromFar = this.#openFromFar();
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Bytes kept back: unfinished frames and requests that may be repeated. */
  get heldBytes(): number {
    const { requestBytes, othersBytes } = this.#pending;
    return this.#fromCaller.heldBytes + this.#fromFar.heldBytes + requestBytes + othersBytes;
  }

  /** Bytes that an unfinished frame of the caller still lacks. */
  get missingFromCaller(): number {
    return this.#fromCaller.missingBytes;
  }

  get missingFromFar(): number {
    return this.#fromFar.missingBytes;
  }

  fromCaller(chunk: Buffer): void {
    this.#fromCaller.push(chunk);
  }

  /** Whole responses go back under the caller's stream ids; those nobody waits for are dropped. Throws E_DECODE. */
  fromFar(chunk: Buffer): void {
    this.#fromFar.push(chunk);
  }

  /** The connection to the far side broke, its session lives on: only half a frame is dropped, it comes again. */
  farBroke(): void {
    this.#fromFar = this.#openFromFar();
  }

  /**
   * The far side is gone. Calls that cannot be repeated are answered UNAVAILABLE, the others stay in flight; gives how
   * many were of either kind.
   */
  farLost(): { readonly refused: number; readonly kept: number } {
    this.#fromFar = this.#openFromFar();
    let refused = 0;
    for (const [streamId, frame] of this.#pending.entries()) {
      if (frame) continue;
      this.refuse(streamId, 'unavailable', 'the connection was lost during this call');
      refused += 1;
    }
    return { refused, kept: this.#pending.size };
  }

  /** What a new far side must be sent first: kept requests in ascending order, as servers demand. */
  repeats(): readonly Buffer[] {
    return this.#pending.entries().flatMap(([, frame]) => (frame ? [Buffer.from(bytesOf(frame))] : []));
  }

  /** Answers a call in flight; nothing if it is not (any more). */
  refuse(streamId: number, status: StatusName, text: string): void {
    if (this.#pending.delete(streamId)) this.#output.toCaller(refusal(streamId, status, text));
  }

  state(): PassageState {
    return {
      streamIds: this.#callerIds.state,
      pending: this.#pending.entries().map(([id, frame]) => [id, frame && bytesOf(frame)]),
    };
  }

  /** What the caller has sent of a frame that is not whole; undefined when that cannot be moved. */
  heldFromCaller(): Buffer | undefined {
    return this.#fromCaller.held();
  }

  /** Before anything came. */
  restore({ streamIds, pending }: PassageState): void {
    this.#callerIds = new StreamIds(streamIds);
    for (const [streamId, frame] of pending) this.#pending.add(streamId, frame);
  }

  isPending(streamId: number): boolean {
    return this.#pending.has(streamId);
  }

  #openFromFar(): FrameSpans {
    const caller = { write: (bytes: Buffer) => this.#output.toCaller(bytes) };
    return new FrameSpans((span) => (this.#answers(span) ? caller : undefined));
  }

  #answers(span: FrameSpan): boolean {
    if (this.session && !this.#isOfSession(this.session, span)) return false;
    const streamId = span.streamId - this.#policy.streamOffset;
    if (span.type !== messageTypes.response || !this.#pending.delete(streamId)) return false;
    if (span.oversized) {
      const text = `response of ${span.dataLength} bytes is too large`;
      this.#output.toCaller(refusal(streamId, 'resource_exhausted', text));
      return false;
    }
    span.setStreamId(streamId);
    return true;
  }

  /** False: the frame was for the session itself. */
  #isOfSession(session: PassageSession, span: FrameSpan): boolean {
    if (isOfConnection(span.type)) {
      if (span.type === sessionFrames.acknowledge) session.acknowledged(decodeAcknowledge(span.data()));
      return false;
    }
    session.received(headerBytes + span.dataLength);
    return true;
  }

  /** The method of a request that may go on; a frame that may not is answered here. */
  #admit(span: FrameSpan): string | undefined {
    const { streamId } = span;
    const refuse = (status: StatusName, text: string): undefined => {
      if (status === 'resource_exhausted') this.#output.onLimit?.();
      this.#output.toCaller(refusal(streamId, status, text));
    };
    // A data frame never opens a call; passing one on could end the connection that all calls share.
    if (span.type === messageTypes.data) return refuse('invalid_argument', 'streaming is not relayed');
    if (span.type !== messageTypes.request) return undefined;
    const isLegal = streamId % 2 === 1 && streamId <= streamIdMax - this.#policy.streamOffset;
    if (!isLegal || !this.#callerIds.use(streamId)) {
      return refuse('invalid_argument', `stream id ${streamId} is not acceptable here`);
    }
    if (span.oversized) return refuse('resource_exhausted', `request of ${span.dataLength} bytes is too large`);
    if (this.#pending.size >= passageLimits.pendingMax) return refuse('resource_exhausted', 'too many calls in flight');
    return span.peekMethod() ?? decodedMethod(span);
  }

  /** A request that may be repeated. Mostly it is answered soon: then a copy would be in vain. */
  #keep(streamId: number, span: FrameSpan): void {
    const { keptRequestBytesMax, keptBytesMax, borrowedChunkBytesMax, borrowedBytesMax } = passageLimits;
    const pending = this.#pending;
    const { bytes, at } = span;
    const length = headerBytes + span.dataLength;
    const isSmallChunk = !span.pieces && bytes.length <= borrowedChunkBytesMax;
    if (length > keptRequestBytesMax || pending.requestBytes + length > keptBytesMax) {
      pending.add(streamId);
    } else if (isSmallChunk && pending.othersBytes + bytes.length - length <= borrowedBytesMax) {
      pending.add(streamId, bytes, at, length);
    } else {
      pending.add(streamId, span.copy());
    }
  }

  #hold(frame: DecodedFrame): void {
    if (frame.kind === 'oversized') return; // refused before
    const { streamId, type, flags } = frame;
    this.#pending.add(streamId);
    try {
      const header = { streamId: streamId + this.#policy.streamOffset, type, flags };
      this.#output.toFar({ streamId, header, request: decodeRequest(frame.data) });
    } catch (error) {
      if (!isPeerPodError(error, 'E_DECODE')) throw error;
      this.refuse(streamId, 'invalid_argument', error.message);
    }
  }
}

const bytesOf = ({ bytes, at, length }: Lying): Buffer => bytes.subarray(at, at + length);

/** For envelopes in an unusual order; '' when it is not decodable: the far side's verdict to give. */
function decodedMethod(span: FrameSpan): string {
  try {
    const { service, method } = decodeRequest(span.data());
    return `${service}/${method}`;
  } catch (error) {
    if (isPeerPodError(error, 'E_DECODE')) return '';
    throw error;
  }
}

function refusal(streamId: number, status: StatusName, text: string): Buffer {
  const header = { streamId, type: messageTypes.response, flags: 0 };
  return encodeResponseFrame(header, { status: rpcStatus(status, text), payload: new Uint8Array(0) });
}
