/** One shim connection's calls on their way to the pod VM and back, kept so that a lost VM connection can be replaced. */

import { isPeerPodError, type StatusName } from '#base/errors.ts';
import { decodeRequest, encodeResponseFrame } from '../ttrpc/envelope.ts';
import { encodeFrame, type Frame, messageTypes } from '../ttrpc/frame.ts';
import { type DecodedFrame, FrameDecoder } from '../ttrpc/frame-decoder.ts';
import { rpcStatus } from '../ttrpc/status.ts';

/** The relay's own Health.Check is stream 1 of each VM connection, so the shim's streams move up by one odd number. */
export const streamOffset = 2;
const streamIdMax = 0xffff_ffff - streamOffset;
const pendingMax = 1024;
/** Requests worth repeating are small; a larger one is answered UNAVAILABLE when the connection is lost. */
const keptRequestBytesMax = 64 * 1024;

/** Calls that may run twice: long-polls and reads. Everything else may have had its effect already. */
const repeatable: ReadonlySet<string> = new Set([
  'ReadStdout',
  'ReadStderr',
  'WaitProcess',
  'GetOOMEvent',
  'Check',
  'Version',
  'GetGuestDetails',
  'GetMetrics',
  'StatsContainer',
  'ListInterfaces',
  'ListRoutes',
]);

export interface Outgoing {
  readonly toVm: Buffer[];
  readonly toShim: Buffer[];
}

export class Passage {
  #fromShim = new FrameDecoder();
  #fromVm = new FrameDecoder();
  /** In flight, by the shim's stream id; the value is the frame to repeat, if it may be repeated. */
  readonly #pending = new Map<number, Buffer | undefined>();
  #lastStreamId = 0;

  get pendingCount(): number {
    return this.#pending.size;
  }

  fromShim(chunk: Buffer): Outgoing {
    const out: Outgoing = { toVm: [], toShim: [] };
    for (const frame of this.#fromShim.push(chunk)) this.#request(frame, out);
    return out;
  }

  /** Responses under the shim's stream ids; those nobody waits for are dropped. */
  fromVm(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    for (const frame of this.#fromVm.push(chunk)) {
      const streamId = frame.streamId - streamOffset;
      if (frame.type !== messageTypes.response || !this.#pending.delete(streamId)) continue;
      out.push(
        frame.kind === 'oversized'
          ? refusal(streamId, 'resource_exhausted', `response of ${frame.length} bytes is too large`)
          : encodeFrame(streamId, frame.type, frame.flags, frame.data),
      );
    }
    return out;
  }

  /** The VM connection is gone: replies for the calls that cannot be repeated. The others stay in flight. */
  vmLost(): Buffer[] {
    this.#fromVm = new FrameDecoder();
    const out: Buffer[] = [];
    for (const [streamId, frame] of this.#pending) {
      if (frame) continue;
      this.#pending.delete(streamId);
      out.push(refusal(streamId, 'unavailable', 'the connection to the pod VM was lost during this call'));
    }
    return out;
  }

  /** What a new VM connection must be sent first: kept requests in ascending order, as servers demand. */
  repeats(): Buffer[] {
    const kept = [...this.#pending].sort(([a], [b]) => a - b);
    return kept.flatMap(([, frame]) => (frame ? [frame] : []));
  }

  #request(frame: DecodedFrame, out: Outgoing): void {
    const { streamId } = frame;
    const refuse = (status: StatusName, text: string) => out.toShim.push(refusal(streamId, status, text));
    // A data frame never opens a call; forwarding one could end the connection that all calls share.
    if (frame.type === messageTypes.data) return void refuse('invalid_argument', 'streaming is not relayed');
    if (frame.type !== messageTypes.request) return;
    if (streamId % 2 !== 1 || streamId <= this.#lastStreamId || streamId > streamIdMax) {
      return void refuse('invalid_argument', `stream id ${streamId} is not acceptable here`);
    }
    this.#lastStreamId = streamId;
    if (frame.kind === 'oversized') {
      return void refuse('resource_exhausted', `request of ${frame.length} bytes is too large`);
    }
    if (this.#pending.size >= pendingMax) return void refuse('resource_exhausted', 'too many calls in flight');
    const moved = encodeFrame(streamId + streamOffset, frame.type, frame.flags, frame.data);
    this.#pending.set(streamId, isRepeatable(frame) ? moved : undefined);
    out.toVm.push(moved);
  }
}

function isRepeatable(frame: Frame): boolean {
  if (frame.data.length > keptRequestBytesMax) return false;
  try {
    return repeatable.has(decodeRequest(frame.data).method);
  } catch (error) {
    if (isPeerPodError(error, 'E_DECODE')) return false; // the agent's verdict to give
    throw error;
  }
}

function refusal(streamId: number, status: StatusName, text: string): Buffer {
  const header = { streamId, type: messageTypes.response, flags: 0 };
  return encodeResponseFrame(header, { status: rpcStatus(status, text), payload: new Uint8Array(0) });
}
