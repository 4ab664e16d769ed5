/** Carries the calls of one proven connection to the agent: byte for byte, but for the few that are edited. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { decodeRequest, encodeRequestFrame, encodeResponseFrame, type RpcRequest } from '#codec/ttrpc/envelope.ts';
import { encodeFrame, type Frame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { type DecodedFrame, FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { toRpcStatus } from '#codec/ttrpc/status.ts';
import { AgentLane, type LaneOptions } from './agent-lane.ts';

export interface SessionOptions {
  readonly dial: LaneOptions['dial'];
  /** The payload to send instead, or undefined to pass the request as it is. Throwing fails that call alone. */
  readonly edit: (request: RpcRequest, signal: AbortSignal) => Promise<Uint8Array> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls that wait for something to happen: ended with their caller, and never in the way of the others. */
const longPolls: ReadonlySet<string> = new Set(['ReadStdout', 'ReadStderr', 'WaitProcess', 'GetOOMEvent']);
const streamsMax = 1024;
/** How long calls may go on after the caller's connection ended. */
const afterlifeMs = 60_000;

export class ForwardSession {
  readonly #stream: Duplex;
  readonly #options: SessionOptions;
  readonly #decoder = new FrameDecoder();
  readonly #polls: AgentLane;
  readonly #calls: AgentLane;
  readonly #inFlight = new Set<number>();
  readonly #ended = new AbortController();
  /** Resolves when the caller's connection is closed. */
  readonly closed: Promise<void>;

  constructor(stream: Duplex, options: SessionOptions) {
    this.#stream = stream;
    this.#options = options;
    const lane = () =>
      new AgentLane({
        dial: options.dial,
        clock: options.clock,
        deliver: (streamId, frame) => this.#deliver(streamId, frame),
        lost: (streamId, error) => this.#refuse(streamId, error),
        congested: (busy) => (busy ? stream.pause() : stream.resume()),
      });
    this.#polls = lane();
    this.#calls = lane();
    stream.on('data', (chunk: Buffer) => {
      for (const frame of this.#decoder.push(chunk)) this.#receive(frame);
    });
    stream.on('drain', () => {
      this.#polls.resume();
      this.#calls.resume();
    });
    stream.on('error', (error) => options.log.debug({ error: error.message }, 'caller connection broke'));
    stream.on('end', () => stream.destroy());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    stream.on('close', () => {
      this.#ended.abort(new PeerPodError('E_ABORTED', 'the caller is gone'));
      this.#polls.destroy();
      this.#calls.endWhenIdle(afterlifeMs);
      resolve();
    });
  }

  destroy(): void {
    this.#stream.destroy();
    this.#calls.destroy();
  }

  #receive(frame: DecodedFrame): void {
    const { streamId } = frame;
    if (frame.kind === 'oversized') {
      this.#answer(streamId, new PeerPodError('E_FRAME_TOO_LARGE', `a request of ${frame.length} bytes`));
    } else if (frame.type === messageTypes.data) {
      if (!this.#calls.data(frame)) this.#polls.data(frame);
    } else if (frame.type !== messageTypes.request) {
      this.#options.log.debug({ streamId, type: frame.type }, 'frame of an unknown type dropped');
    } else if (streamId % 2 !== 1) {
      this.#answer(streamId, new PeerPodError('E_ARGUMENT', 'an even stream id'));
    } else if (this.#inFlight.has(streamId)) {
      this.#options.log.warn({ streamId }, 'stream id in use, frame dropped'); // an answer would end the other call
    } else if (this.#inFlight.size >= streamsMax) {
      this.#answer(streamId, new PeerPodError('E_LIMIT', `more than ${streamsMax} calls at once`));
    } else {
      this.#inFlight.add(streamId);
      void this.#forward(frame); // #forward never rejects
    }
  }

  async #forward(frame: Frame): Promise<void> {
    try {
      const request = decodeRequest(frame.data);
      const lane = longPolls.has(request.method) ? this.#polls : this.#calls;
      const edited = this.#options.edit(request, this.#ended.signal);
      if (!edited) return await lane.request(frame.streamId, frame.flags, frame.data);
      const payload = await edited;
      const bytes = encodeRequestFrame(frame, { ...request, payload });
      await lane.request(frame.streamId, frame.flags, bytes.subarray(headerBytes));
    } catch (error) {
      this.#refuse(frame.streamId, error);
    }
  }

  #deliver(streamId: number, frame: Frame): boolean {
    if (frame.type === messageTypes.response) this.#inFlight.delete(streamId);
    if (this.#stream.destroyed) return true;
    return this.#stream.write(encodeFrame(streamId, frame.type, frame.flags, frame.data));
  }

  #refuse(streamId: number, error: unknown): void {
    this.#inFlight.delete(streamId);
    this.#answer(streamId, error);
  }

  #answer(streamId: number, error: unknown): void {
    if (this.#stream.destroyed) return;
    const response = { status: toRpcStatus(error), payload: new Uint8Array(0) };
    this.#stream.write(encodeResponseFrame({ streamId, type: messageTypes.response, flags: 0 }, response));
  }
}
