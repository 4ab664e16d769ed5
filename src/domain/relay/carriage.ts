/** One caller's connection, carried over as many far connections, one after another, as it takes. */

import type { Socket } from 'node:net';
import { ByteBudget } from '#base/byte-budget.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, isPeerPodError } from '#base/errors.ts';
import { abortable, deadlineSignal } from '#base/signals.ts';
import { encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax } from '#codec/ttrpc/frame.ts';
import {
  type HeldRequest,
  type Outgoing,
  Passage,
  type PassagePolicy,
  type PassageState,
} from '#codec/ttrpc-passage/passage.ts';
import { encodeAcknowledge, encodeSignal } from '#codec/ttrpc-session/session-frames.ts';
import { CarriedSession, type SessionState } from './carried-session.ts';
import { isMovedAway } from './ends.ts';
import type { Far, ResumePoint } from './far.ts';
import { FarWatch } from './far-watch.ts';
import { PiecePlace } from './piece-place.ts';

export interface CarriageCounts {
  calls: number;
  /** Refused, there being too many of one caller, or too large ones. */
  refusedCalls: number;
  bytesToFar: number;
  bytesToCaller: number;
  reconnections: number;
  /** In flight when the far side lost them: answered UNAVAILABLE, and asked again. */
  callsLost: number;
  callsRepeated: number;
}

export interface CarriageOptions {
  readonly policy: PassagePolicy;
  readonly clock: Clock;
  /** A proven connection, dialled until `signal` aborts; `resume` names a session to take up again. */
  readonly connect: (signal: AbortSignal, resume: ResumePoint | undefined) => Promise<Far>;
  /** The payload that a held request goes on with. */
  readonly edit: (held: HeldRequest) => Promise<Uint8Array>;
  /** For frames that come in pieces, of all carriages together. */
  readonly budget: ByteBudget;
  /** Of all carriages of the same listener. */
  readonly counts: CarriageCounts;
  /** The connection broke and is dialled again; `isResumable`: with nothing lost so far. */
  readonly onFarBroken: (pendingCount: number, isResumable: boolean) => void;
  /** What was in flight is lost after all: answered UNAVAILABLE, or asked again where that is harmless. */
  readonly onCallsLost: (refused: number, repeated: number) => void;
}

/** A pod VM that does not finish a large frame it began is broken: it must not hold the memory that others wait for. */
const farFrameMsMax = 30_000;
/** For the last frame of a session to leave. */
const endMsMax = 1000;
/** Answers that come in pieces below this are written together. */
const gatheredBytesMax = 4096;
/** Reading a few small files; later ones of the same caller wait meanwhile. */
const editMsMax = 10_000;

/** Enough for 64 of the largest frames half here at once. */
export function openCarriageBudget(): ByteBudget {
  return new ByteBudget(64 * dataBytesMax);
}

/** All that another process needs, beside the caller's socket itself. */
export interface CarriageState extends PassageState {
  /** Bytes of the caller that were read and not carried. */
  readonly unread: Buffer;
  readonly session?: SessionState;
}

const settlePollMs = 5;

export class Carriage {
  readonly #caller: Socket;
  readonly #options: CarriageOptions;
  readonly #passage: Passage;
  #far: Socket | undefined;
  #session: CarriedSession | undefined;
  #hasSpoken = false;
  #isMoving = false;
  #isGathering = false;
  readonly #endGathering = (): void => {
    this.#isGathering = false;
    this.#caller.uncork();
  };
  #watch: FarWatch | undefined;
  /** What waits for an edit before it; undefined: nothing is held up. */
  #queue: Outgoing[] | undefined;
  readonly #callerPlace: PiecePlace;
  readonly #farPlace: PiecePlace;

  constructor(caller: Socket, options: CarriageOptions) {
    this.#caller = caller;
    this.#options = options;
    const { budget, clock } = options;
    this.#callerPlace = new PiecePlace({ budget, clock, onGranted: () => this.#resumeCaller() });
    this.#farPlace = new PiecePlace({
      budget,
      clock,
      frameMsMax: farFrameMsMax,
      onGranted: () => this.#resumeFar(),
      onTooLong: () => this.#far?.destroy(),
    });
    this.#passage = new Passage(options.policy, {
      toFar: (item) => this.#toFar(item),
      toCaller: (bytes) => this.#toCaller(bytes),
      onCall: () => {
        options.counts.calls += 1;
      },
      onLimit: () => {
        options.counts.refusedCalls += 1;
      },
    });
  }

  /** Goes on where another process was; what the caller sent and was not carried is in front of what comes. */
  restore(state: CarriageState): void {
    this.#passage.restore(state);
    if (state.session) {
      this.#session = CarriedSession.restore(state.session);
      this.#passage.session = this.#session;
    } else {
      this.#loseCalls();
    }
    if (state.unread.length > 0) this.#caller.unshift(state.unread);
    this.#hasSpoken = state.streamIds.last > 0;
  }

  /**
   * Gets ready to be moved: reads nothing more, finishes edits, and has the caller take what is written. False when
   * that did not come about in time; then it goes on here.
   */
  async settle(timeoutMs: number): Promise<boolean> {
    const { clock } = this.#options;
    const until = clock.now() + timeoutMs;
    this.#isMoving = true;
    this.#caller.pause();
    this.#far?.pause();
    while (this.#queue || this.#caller.writableLength > 0) {
      if (clock.now() > until) {
        this.#isMoving = false;
        this.#resumeCaller();
        this.#resumeFar();
        return false;
      }
      await sleep(clock, settlePollMs);
    }
    return true;
  }

  /** After `run` has ended with `movedAway`. Undefined when the caller is in the middle of an oversized frame. */
  state(): CarriageState | undefined {
    const held = this.#passage.heldFromCaller();
    if (!held) return undefined;
    const unread = Buffer.concat([held, this.#caller.read() ?? Buffer.alloc(0)]);
    const session = this.#session?.state();
    return { ...this.#passage.state(), unread, ...(session && { session }) };
  }

  get passage(): Passage {
    return this.#passage;
  }

  /** Carries until `signal` aborts, with its reason: the caller's end is one. */
  async run(signal: AbortSignal): Promise<never> {
    try {
      // A connection that never speaks costs no far connection.
      if (!this.#hasSpoken) await readable(this.#caller, signal);
      for (;;) {
        const far = await this.#options.connect(signal, this.#session?.resumePoint);
        const first = this.#takeUp(far);
        await this.#join(far.socket, first, signal);
        signal.throwIfAborted();
        this.#options.counts.reconnections += 1;
        this.#options.onFarBroken(this.#passage.pendingCount, this.#session !== undefined);
        if (this.#session) this.#passage.farBroke();
        else this.#loseCalls();
      }
    } finally {
      this.#callerPlace.release();
      this.#farPlace.release();
    }
  }

  /** What the far side must be sent first, so that no call is lost, or as few as can be. */
  #takeUp({ session, socket }: Far): readonly Buffer[] {
    const before = this.#session;
    if (before && session?.resumedAt !== undefined) {
      const missing = before.missingSince(session.resumedAt);
      if (missing) return missing;
      socket.destroy(); // it claims what was never sent: begin anew with the next connection
    }
    if (before) this.#loseCalls();
    const begun = session && session.resumedAt === undefined ? new CarriedSession(session) : undefined;
    this.#session = begun;
    this.#passage.session = begun;
    const repeats = this.#passage.repeats();
    if (begun) for (const frame of repeats) begun.sent(frame);
    return repeats;
  }

  #loseCalls(): void {
    this.#session = undefined;
    this.#passage.session = undefined;
    this.#queue = undefined;
    const { refused, kept } = this.#passage.farLost();
    this.#options.counts.callsLost += refused;
    this.#options.counts.callsRepeated += kept;
    this.#options.onCallsLost(refused, kept);
  }

  /** Both ways until the far side ends; each side is read only as fast as the other takes. */
  #join(far: Socket, first: readonly Buffer[], signal: AbortSignal): Promise<void> {
    const caller = this.#caller;
    return new Promise((resolve) => {
      const onCaller = (chunk: Buffer) => this.#fromCaller(chunk);
      const onCallerDrain = () => this.#resumeFar();
      const end = () => {
        signal.removeEventListener('abort', end);
        caller.off('data', onCaller);
        caller.off('drain', onCallerDrain);
        caller.pause(); // what comes meanwhile waits in the kernel, bounded
        this.#far = undefined;
        this.#farPlace.release();
        this.#watch?.stop();
        this.#watch = undefined;
        this.#endFar(far, signal.aborted && !isMovedAway(signal.reason));
        resolve();
      };
      far.once('end', end);
      far.once('close', end);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted || far.destroyed) return end();
      this.#far = far;
      if (this.#session) this.#watch = new FarWatch(far, this.#options.clock);
      for (const bytes of first) far.write(bytes);
      far.on('data', (chunk: Buffer) => this.#fromFar(chunk));
      far.on('drain', () => this.#resumeCaller());
      caller.on('data', onCaller);
      caller.on('drain', onCallerDrain);
      this.#resumeFar();
      this.#resumeCaller();
    });
  }

  /** A caller that hung up ends its session, too: no call of it goes on in the VM. */
  #endFar(far: Socket, onPurpose: boolean): void {
    if (!onPurpose || !this.#session || far.destroyed) return void far.destroy();
    const cancel = this.#options.clock.after(endMsMax, () => far.destroy());
    far.on('close', cancel);
    far.end(encodeSignal('end'), () => far.destroy());
  }

  #fromCaller(chunk: Buffer): void {
    this.#options.counts.bytesToFar += chunk.length;
    this.#passage.fromCaller(chunk);
    this.#callerPlace.update(this.#passage.missingFromCaller);
    if (this.#callerPlace.waits) this.#caller.pause();
  }

  #fromFar(chunk: Buffer): void {
    this.#watch?.heard();
    const passage = this.#passage;
    // Pieces of one frame go out together, and so do small answers that come one by one in the same turn of the loop.
    const isPiece = passage.missingFromFar > 0;
    if (isPiece) this.#caller.cork();
    else if (chunk.length < gatheredBytesMax) this.#gather();
    try {
      passage.fromFar(chunk);
    } catch (error) {
      if (!isPeerPodError(error)) throw error;
      return void this.#far?.destroy(); // it broke the protocol of sessions
    } finally {
      if (isPiece) this.#caller.uncork();
    }
    if (this.#session) this.#regulateSession(this.#session);
    this.#farPlace.update(passage.missingFromFar);
    if (this.#farPlace.waits) this.#far?.pause();
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#caller.cork();
    setImmediate(this.#endGathering);
  }

  #regulateSession(session: CarriedSession): void {
    const due = session.dueAcknowledgement(true);
    if (due !== undefined) this.#far?.write(encodeAcknowledge(due));
    this.#resumeCaller(); // an acknowledgement may have come
  }

  #resumeCaller(): void {
    const far = this.#far;
    if (!far || far.writableNeedDrain || this.#session?.isFull || this.#isMoving) return;
    if (!this.#queue && !this.#callerPlace.waits) this.#caller.resume();
  }

  #resumeFar(): void {
    if (!this.#caller.writableNeedDrain && !this.#farPlace.waits && !this.#isMoving) this.#far?.resume();
  }

  #toCaller(bytes: Buffer): void {
    this.#options.counts.bytesToCaller += bytes.length;
    if (!this.#caller.write(bytes)) this.#far?.pause();
  }

  #toFar(item: Outgoing): void {
    if (this.#queue) {
      this.#queue.push(item);
    } else if (Buffer.isBuffer(item)) {
      this.#send(item);
    } else {
      this.#queue = [item];
      this.#caller.pause();
      void this.#workOff(this.#queue); // never rejects
    }
  }

  #send(bytes: Buffer): void {
    this.#session?.sent(bytes);
    const due = this.#session?.dueAcknowledgement(false);
    const isTaken = due === undefined ? this.#far?.write(bytes) : this.#sendAcknowledging(due, bytes);
    if (!isTaken || this.#session?.isFull) this.#caller.pause();
  }

  /** In one TLS record: one of its own for each acknowledgement costs half as much as the requests. */
  #sendAcknowledging(position: number, bytes: Buffer): boolean {
    const far = this.#far;
    if (!far) return false;
    far.cork();
    far.write(encodeAcknowledge(position));
    const isTaken = far.write(bytes);
    far.uncork();
    return isTaken;
  }

  async #workOff(queue: Outgoing[]): Promise<void> {
    for (let item = queue[0]; item; item = queue[0]) {
      const bytes = Buffer.isBuffer(item) ? item : await this.#edited(item);
      if (this.#queue !== queue) return; // the far side was lost: what could not be repeated has been answered
      if (bytes) this.#send(bytes);
      queue.shift();
    }
    this.#queue = undefined;
    this.#resumeCaller();
  }

  async #edited(held: HeldRequest): Promise<Buffer | undefined> {
    const { header, request, streamId } = held;
    try {
      using limit = deadlineSignal(this.#options.clock, editMsMax, `editing ${request.method}`);
      const payload = await abortable(this.#options.edit(held), limit.signal);
      return this.#passage.isPending(streamId) ? encodeRequestFrame(header, { ...request, payload }) : undefined;
    } catch (error) {
      const { status, message } = asPeerPodError(error, 'E_INTERNAL', `edit ${request.method}`);
      this.#passage.refuse(streamId, status, message);
      return undefined;
    }
  }
}

function readable(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('data', (chunk: Buffer) => {
      signal.removeEventListener('abort', onAbort);
      socket.pause();
      socket.unshift(chunk);
      resolve();
    });
    socket.resume();
  });
}
