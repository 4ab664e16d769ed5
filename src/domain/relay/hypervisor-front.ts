/** Owns hypervisor.sock before the adaptor: callers are held while it is away, and their calls go to its successor. */

import type { Socket } from 'node:net';
import type { DatagramSocket } from '@peerpods/netlink/unix-datagram';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { TaskScope } from '#base/task-scope.ts';
import { decodeRequest } from '#codec/ttrpc/envelope.ts';
import { headerBytes } from '#codec/ttrpc/frame.ts';
import type { PassagePolicy } from '#codec/ttrpc-passage/passage.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { acceptLast, listenUnix, type UnixListener } from '#io/unix-listener.ts';
import { Callers } from './callers.ts';
import { type Carriage, openCarriageBudget } from './carriage.ts';
import type { RelaySuccession } from './control.ts';
import { movedCallersMax, receiveCallers, sendCallers } from './hand-over.ts';

export interface HypervisorFrontOptions {
  /** Where shims call. */
  readonly socketPath: string;
  /** Where the adaptor listens when it is there. */
  readonly adaptorSocket: string;
  readonly clock: Clock;
  readonly log: Log;
}

const service = 'hypervisor.Hypervisor';
const stopVm = 'StopVM';
const dialEveryMs = 50;
const callersMax = 1024;
/** StopVMs whose caller has left, waiting for an adaptor. */
const strandedMax = 4096;
/** A stop that the adaptor keeps refusing is not asked for ever: its own records know the sandbox. */
const strandedTriesMax = 100;

/** Every method of the adaptor is idempotent by sandbox id, so a successor may be asked again. */
const policy: PassagePolicy = { streamOffset: 0, repeats: () => true, edits: () => false };

export class HypervisorFront implements AsyncDisposable {
  readonly #options: HypervisorFrontOptions;
  readonly callers: Callers;
  readonly #stranded: TaskScope;
  #listener: UnixListener | undefined;
  #dropped = 0;

  constructor(options: HypervisorFrontOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.callers = new Callers({
      policy,
      clock,
      log,
      callersMax,
      budget: openCarriageBudget(),
      connect: async (signal) => ({ socket: await this.#dialAdaptor(signal) }),
      edit: async ({ request }) => request.payload,
      onGone: (carriage) => this.#keepStops(carriage),
    });
    this.#stranded = new TaskScope((error, task) => log.error({ task, error: errorText(error) }, 'given up'));
  }

  /** StopVMs that are being delivered although their callers left. */
  get strandedCount(): number {
    return this.#stranded.size;
  }

  /** StopVMs that were dropped, too many others waiting. */
  get droppedStops(): number {
    return this.#dropped;
  }

  async listen(): Promise<void> {
    const { socketPath, log } = this.#options;
    this.#listener = await listenUnix(socketPath, (caller) => this.callers.accept(caller), {
      onError: (error) => log.error({ error: error.message }, 'accept on the hypervisor socket'),
    });
  }

  /** For a relay that takes over, and listens at the path already. */
  async moveAway(datagramPath: string): Promise<readonly object[]> {
    await acceptLast();
    await this.#listener?.close();
    return sendCallers(datagramPath, await this.callers.moveAway(movedCallersMax));
  }

  async takeOver(from: RelaySuccession, receiver: DatagramSocket): Promise<void> {
    for (;;) {
      const callers = receiveCallers(receiver, await from.moveFront(receiver.path));
      for (const { fd, state } of callers) this.callers.adopt(fd, state);
      if (callers.length === 0) return;
    }
  }

  /** Resolves when no StopVM without its caller is on its way any more. */
  async settle(): Promise<void> {
    await this.#stranded.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener?.close();
    this.callers.destroy(new PeerPodError('E_ABORTED', 'the relay ends'));
    await this.#stranded[Symbol.asyncDispose]();
  }

  async #dialAdaptor(signal: AbortSignal): Promise<Socket> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const socket = await dialUnix(this.#options.adaptorSocket);
        socket.on('error', () => {}); // 'close' follows
        return socket;
      } catch {
        await sleep(this.#options.clock, dialEveryMs, signal);
      }
    }
  }

  /** A shim that waits one second for StopVM, or dies, must not leave its pod VM: the call goes on without it. */
  #keepStops(carriage: Carriage): void {
    for (const frame of carriage.passage.repeats()) {
      const request = decodeRequest(frame.subarray(headerBytes));
      if (request.service !== service || request.method !== stopVm) continue;
      if (this.#stranded.size >= strandedMax) {
        this.#dropped += 1;
        this.#options.log.error({ strandedMax }, 'a StopVM without its caller is dropped: too many wait');
        continue;
      }
      const payload = Buffer.from(request.payload);
      this.#stranded.run(stopVm, (signal) => this.#deliver(payload, signal));
    }
  }

  async #deliver(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        await using client = new TtrpcClient(await this.#dialAdaptor(signal), { clock });
        await client.call(service, stopVm, payload, { signal });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (tries === strandedTriesMax) throw error;
        await sleep(clock, dialEveryMs * Math.min(tries, 20), signal);
      }
    }
  }
}
