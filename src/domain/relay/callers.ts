/** The accepted connections of one listening socket, each carried until it ends, or moved to another process. */

import { Socket } from 'node:net';
import type { ByteBudget } from '#base/byte-budget.ts';
import { errorText, type PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { socketFd } from '#io/socket-fd.ts';
import { Carriage, type CarriageOptions, type CarriageState } from './carriage.ts';
import type { RelayTraffic } from './control.ts';
import { callerGone, isMovedAway, movedAway } from './ends.ts';

export interface CallersOptions extends Omit<CarriageOptions, 'budget' | 'counts' | 'onFarBroken' | 'onCallsLost'> {
  readonly budget: ByteBudget;
  readonly log: Log;
  readonly callersMax: number;
  /** A caller hung up; what of it is not answered can still be read from its carriage. */
  readonly onGone?: (carriage: Carriage) => void;
}

/** A caller on its way to another process: `socket` is open until `done` is called, and nothing is read from it. */
export interface MovingCaller {
  readonly state: CarriageState;
  readonly fd: number;
  done(): void;
}

interface Caller {
  readonly socket: Socket;
  readonly carriage: Carriage;
  readonly end: AbortController;
}

/** For a caller to take what was written to it. */
const settleMsMax = 10_000;

export class Callers {
  readonly #options: CallersOptions;
  readonly #callers = new Set<Caller>();
  readonly #counts = {
    calls: 0,
    refusedCalls: 0,
    bytesToFar: 0,
    bytesToCaller: 0,
    reconnections: 0,
    callsLost: 0,
    callsRepeated: 0,
  };
  #refused = 0;

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#callers.size;
  }

  get traffic(): RelayTraffic {
    let callsInFlight = 0;
    for (const { carriage } of this.#callers) callsInFlight += carriage.passage.pendingCount;
    const { bytesToFar: bytesToVm, bytesToCaller: bytesToShim, refusedCalls: _, ...counts } = this.#counts;
    return { ...counts, callsInFlight, bytesToVm, bytesToShim };
  }

  /** Calls that were refused, there being too many of one caller, or too large ones. */
  get refusedCalls(): number {
    return this.#counts.refusedCalls;
  }

  /** Connections that were refused, there being too many. */
  get refusedCount(): number {
    return this.#refused;
  }

  accept(socket: Socket): void {
    const { callersMax, log } = this.#options;
    if (this.#callers.size >= callersMax) {
      this.#refused += 1;
      log.warn({ callersMax }, 'too many connections, one is refused');
      return void socket.destroy();
    }
    this.#carry(socket);
  }

  /** Goes on with a caller of another process. */
  adopt(fd: number, state: CarriageState): void {
    const socket = new Socket({ fd, readable: true, writable: true });
    socket.pause();
    this.#carry(socket, state);
  }

  destroy(reason: PeerPodError): void {
    for (const { end, socket } of this.#callers) {
      end.abort(reason);
      socket.destroy();
    }
  }

  /** Lets go of some callers. One that cannot be moved is ended, and told in the log. */
  async moveAway(countMax: number): Promise<readonly MovingCaller[]> {
    const chosen = [...this.#callers].slice(0, countMax);
    for (const caller of chosen) this.#callers.delete(caller);
    const moving = await Promise.all(chosen.map((caller) => this.#letGo(caller)));
    return moving.filter((caller) => caller !== undefined);
  }

  async #letGo({ socket, carriage, end }: Caller): Promise<MovingCaller | undefined> {
    const fd = socketFd(socket);
    const isSettled = await carriage.settle(settleMsMax);
    if (end.signal.aborted) return undefined; // it hung up meanwhile
    end.abort(movedAway());
    const state = isSettled ? carriage.state() : undefined;
    if (!state || fd === undefined) {
      this.#options.log.error({ isSettled }, 'a caller could not be moved to the other relay, it is ended');
      socket.destroy();
      return undefined;
    }
    return { state, fd, done: () => void socket.destroy() };
  }

  #carry(socket: Socket, state?: CarriageState): void {
    const { log, onGone, ...rest } = this.#options;
    const end = new AbortController();
    const carriage = new Carriage(socket, {
      ...rest,
      counts: this.#counts,
      onFarBroken: (pending, isResumable) => log.warn({ pending, isResumable }, 'the far side is away, dialling again'),
      onCallsLost: (refused, repeated) => log.warn({ refused, repeated }, 'calls in flight were lost'),
    });
    const caller = { socket, carriage, end };
    this.#callers.add(caller);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#callers.delete(caller);
      if (!isMovedAway(end.signal.reason)) onGone?.(carriage);
      end.abort(callerGone());
    });
    if (state) carriage.restore(state);
    carriage.run(end.signal).catch((error) => {
      if (isMovedAway(error)) return; // the socket is moving, it must not be ended here
      if (!end.signal.aborted) log.error({ reason: errorText(error) }, 'connection given up');
      socket.destroy();
    });
  }
}
