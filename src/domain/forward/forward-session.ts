/** Carries the calls of one proven connection to the agent: byte for byte, but for the few that are edited. */

import type { Duplex } from 'node:stream';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { deadlineSignal, linkedSignal } from '#base/signals.ts';
import { decodeRequest, encodeRequestFrame, encodeResponseFrame, type RpcRequest } from '#codec/ttrpc/envelope.ts';
import { headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { type FrameSpan, FrameSpans, type SpanOutput } from '#codec/ttrpc/frame-spans.ts';
import { toRpcStatus } from '#codec/ttrpc/status.ts';
import { AgentLane, type LaneOptions } from './agent-lane.ts';
import { ByteAllowance } from './byte-allowance.ts';
import { OutputQueue } from './output-queue.ts';

export interface SessionOptions {
  readonly dial: LaneOptions['dial'];
  /** SERVICE/METHOD of the requests that `edit` is for; every other passes untouched. */
  readonly edited: ReadonlySet<string>;
  /** The payload to send instead. Throwing fails that call alone. */
  readonly edit: (request: RpcRequest, signal: AbortSignal) => Promise<Uint8Array>;
  readonly clock: Clock;
  readonly log: Log;
  /** For the requests of all sessions that wait for an edit or for the agent. */
  readonly allowance?: ByteAllowance;
  /** This session holds more or fewer bytes than before. */
  readonly onHeld?: (session: ForwardSession) => void;
}

/** Calls that wait for something to happen: ended with their caller, and never in the way of the others. */
const longPolls: ReadonlySet<string> = new Set(
  ['ReadStdout', 'ReadStderr', 'WaitProcess', 'GetOOMEvent'].map((method) => `grpc.AgentService/${method}`),
);
const healthService = 'grpc.Health/';

/** See docs/pod-vm.md, "What is held, and for how long". */
export const sessionLimits = {
  streamsMax: 1024,
  /** Requests that wait for an edit or for the agent. */
  waitingBytesMax: 16 * 1024 * 1024,
  /** How long a request without a time of its own waits for an agent that does not accept connections. */
  agentWaitMs: 30_000,
  /** Untaken answers above which the agent's output is not read, and above which no answer and no request is. */
  unsentOutputBytesMax: 512 * 1024,
  unsentBytesMax: 8 * 1024 * 1024,
  /** How long an agent that takes nothing may keep the caller from being read; then what is for it is refused. */
  congestedMs: 5000,
  /** How long calls may go on after the caller's connection ended. */
  afterlifeMs: 60_000,
} as const;

/** A connection, or a stream over many that keeps what it may have to send again. */
export type CallerStream = Duplex & { readonly keptBytes?: number };

export class ForwardSession {
  readonly #stream: CallerStream;
  readonly #options: SessionOptions;
  readonly #requests: FrameSpans;
  readonly #output: OutputQueue;
  readonly #lanes: { readonly polls: AgentLane; readonly calls: AgentLane; readonly health: AgentLane };
  readonly #inFlight = new Set<number>();
  readonly #waiting: ByteAllowance;
  readonly #ended = new AbortController();
  /** Set while a lane is congested: how the wait for it is called off. */
  #cancelCongestion: (() => void) | undefined;
  #isShedding = false;
  /** Resolves when the caller's connection is closed. */
  readonly closed: Promise<void>;

  constructor(stream: CallerStream, options: SessionOptions) {
    const { clock, log } = options;
    this.#stream = stream;
    this.#options = options;
    this.#waiting = new ByteAllowance(sessionLimits.waitingBytesMax, options.allowance);
    this.#requests = new FrameSpans((span) => this.#receive(span));
    const onProgress = () => this.#regulate();
    const onStalled = () => {
      log.warn({}, 'the caller takes no answers, its connection is ended');
      stream.destroy();
    };
    this.#output = new OutputQueue(stream, { clock, onProgress, onStalled });
    this.#lanes = { polls: this.#lane(false), calls: this.#lane(true), health: this.#lane(true) };
    stream.on('data', (chunk: Buffer) => {
      this.#requests.push(chunk);
      this.#regulate();
    });
    stream.on('error', (error) => log.debug({ error: error.message }, 'caller connection broke'));
    stream.on('end', () => stream.destroy());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    stream.on('close', () => {
      this.#close();
      resolve();
    });
    stream.resume(); // whoever looked at its first bytes has paused it
  }

  /** All that is kept in memory for this caller. */
  get heldBytes(): number {
    const { polls, calls, health } = this.#lanes;
    const lanes = polls.heldBytes + calls.heldBytes + health.heldBytes;
    const kept = this.#stream.keptBytes ?? 0;
    return kept + lanes + this.#requests.heldBytes + this.#waiting.heldBytes + this.#output.unsentBytes;
  }

  destroy(): void {
    this.#stream.destroy();
    this.#lanes.calls.destroy();
  }

  #lane(isUrgent: boolean): AgentLane {
    return new AgentLane({
      dial: this.#options.dial,
      clock: this.#options.clock,
      answer: (span) => {
        this.#inFlight.delete(span.streamId);
        return this.#stream.destroyed ? undefined : this.#output.route(span, isUrgent);
      },
      lost: (streamId, error) => this.#refuse(streamId, error),
      changed: () => this.#regulate(),
    });
  }

  #close(): void {
    this.#ended.abort(new PeerPodError('E_ABORTED', 'the caller is gone'));
    this.#cancelCongestion?.();
    this.#output.end();
    this.#lanes.polls.destroy();
    this.#lanes.health.destroy();
    this.#lanes.calls.endWhenIdle(sessionLimits.afterlifeMs);
  }

  /** The verdict on a frame from the caller. Runs in the middle of a chunk: what it starts must not write to a lane. */
  #receive(span: FrameSpan): SpanOutput | undefined {
    const { streamId } = span;
    const isInFlight = this.#inFlight.has(streamId);
    const fault = isInFlight ? undefined : this.#fault(span);
    if (fault) this.#answer(streamId, fault);
    if (isInFlight) {
      // An answer would end the other call; and a data frame could end an agent that takes unary calls only.
      this.#options.log.warn({ streamId, type: span.type }, 'frame for a stream in use dropped');
    }
    if (fault || isInFlight || span.type !== messageTypes.request) return undefined;
    const name = span.peekMethod() ?? this.#decodedName(span);
    if (name === undefined) return undefined;
    this.#inFlight.add(streamId);
    const isEdited = this.#options.edited.has(name);
    const lane = this.#laneOf(name);
    if (this.#isShedding && lane.unsentBytes > sessionLimits.unsentBytesMax) {
      this.#refuse(streamId, new PeerPodError('E_LIMIT', 'the agent takes no requests'));
      return undefined;
    }
    const output = isEdited ? undefined : lane.pass(span);
    if (!output) this.#hold(streamId, lane, span, isEdited);
    return output;
  }

  #fault(span: FrameSpan): PeerPodError | undefined {
    const { streamId, type, dataLength } = span;
    if (type === messageTypes.data) return new PeerPodError('E_ARGUMENT', `stream ${streamId} takes no data frames`);
    if (type !== messageTypes.request) return undefined;
    if (span.oversized) return new PeerPodError('E_FRAME_TOO_LARGE', `a request of ${dataLength} bytes`);
    if (streamId % 2 !== 1) return new PeerPodError('E_ARGUMENT', 'an even stream id');
    const { streamsMax } = sessionLimits;
    if (this.#inFlight.size < streamsMax) return undefined;
    return new PeerPodError('E_LIMIT', `more than ${streamsMax} calls at once`);
  }

  /** For an envelope that is not laid out as usual; a malformed one is answered. */
  #decodedName(span: FrameSpan): string | undefined {
    try {
      const { service, method } = decodeRequest(span.data());
      return `${service}/${method}`;
    } catch (error) {
      this.#answer(span.streamId, error);
      return undefined;
    }
  }

  #laneOf(name: string): AgentLane {
    if (longPolls.has(name)) return this.#lanes.polls;
    return name.startsWith(healthService) ? this.#lanes.health : this.#lanes.calls;
  }

  #hold(streamId: number, lane: AgentLane, span: FrameSpan, isEdited: boolean): void {
    const bytes = headerBytes + span.dataLength;
    if (!this.#waiting.take(bytes)) {
      this.#refuse(streamId, new PeerPodError('E_LIMIT', 'too many bytes wait for the agent'));
      return;
    }
    void this.#sendLater(streamId, lane, span.copy(), isEdited).finally(() => this.#waiting.give(bytes));
  }

  /** Never rejects. */
  async #sendLater(streamId: number, lane: AgentLane, frame: Buffer, isEdited: boolean): Promise<void> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    try {
      const request = decodeRequest(frame.subarray(headerBytes));
      // 0 is no limit; a time that is over already counts as one millisecond.
      const budgetMs = request.timeoutNano === 0n ? undefined : Math.max(1, Number(request.timeoutNano) / 1e6);
      const edited = isEdited ? await this.#edited(streamId, request, budgetMs, startedAt) : frame;
      const leftMs = (budgetMs ?? sessionLimits.agentWaitMs) - (clock.now() - startedAt);
      await lane.request(streamId, edited, Math.max(1, leftMs));
    } catch (error) {
      this.#refuse(streamId, error);
    }
  }

  async #edited(streamId: number, request: RpcRequest, budgetMs: number | undefined, startedAt: number) {
    const { clock, edit } = this.#options;
    const ended = this.#ended.signal;
    using limit =
      budgetMs === undefined
        ? linkedSignal(ended)
        : deadlineSignal(clock, budgetMs, `preparing ${request.method}`, ended);
    const payload = await edit(request, limit.signal);
    limit.signal.throwIfAborted();
    const leftMs = (budgetMs ?? 0) - (clock.now() - startedAt);
    const timeoutNano = budgetMs === undefined ? 0n : BigInt(Math.max(1, Math.round(leftMs * 1e6)));
    const header = { streamId, type: messageTypes.request, flags: 0 };
    return encodeRequestFrame(header, { ...request, payload, timeoutNano });
  }

  /** Reads each side only as fast as the other takes. */
  #regulate(): void {
    if (this.#stream.destroyed) return;
    const { polls, calls, health } = this.#lanes;
    const { unsentOutputBytesMax, unsentBytesMax } = sessionLimits;
    const unsent = this.#output.unsentBytes;
    polls.setPaused(unsent > unsentOutputBytesMax);
    calls.setPaused(unsent > unsentBytesMax);
    health.setPaused(unsent > unsentBytesMax);
    const isCongested = [polls, calls, health].some((lane) => lane.unsentBytes > unsentBytesMax);
    this.#countCongestion(isCongested);
    const isPaused = unsent > unsentBytesMax || (isCongested && !this.#isShedding);
    if (isPaused !== this.#stream.isPaused()) isPaused ? this.#stream.pause() : this.#stream.resume();
    this.#options.onHeld?.(this);
  }

  #countCongestion(isCongested: boolean): void {
    if (isCongested && !this.#cancelCongestion) {
      this.#cancelCongestion = this.#options.clock.after(sessionLimits.congestedMs, () => {
        this.#options.log.warn({}, 'the agent takes no requests, more are refused');
        this.#isShedding = true;
        this.#regulate();
      });
    } else if (!isCongested && this.#cancelCongestion) {
      this.#cancelCongestion();
      this.#cancelCongestion = undefined;
      this.#isShedding = false;
    }
  }

  #refuse(streamId: number, error: unknown): void {
    this.#inFlight.delete(streamId);
    this.#answer(streamId, error);
  }

  #answer(streamId: number, error: unknown): void {
    if (this.#stream.destroyed) return;
    const response = { status: toRpcStatus(error), payload: new Uint8Array(0) };
    this.#output.write([encodeResponseFrame({ streamId, type: messageTypes.response, flags: 0 }, response)], true);
  }
}
