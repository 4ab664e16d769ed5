/** Carries each sandbox's agent calls from the shim's socket to the pod VM; a shim never sees the VM side end. */

import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { DatagramSocket } from '@peerpods/netlink/unix-datagram';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import { KeyedLock } from '#base/keyed-lock.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { sideBySide } from '#base/side-by-side.ts';
import { abortable } from '#base/signals.ts';
import { acceptLast, listenUnix, type UnixListener } from '#io/unix-listener.ts';
import { agentPolicy, editAgentCall } from './agent-calls.ts';
import { Attachments } from './attachments.ts';
import { Callers } from './callers.ts';
import { openCarriageBudget } from './carriage.ts';
import type {
  MovedSandbox,
  RelayAttachment,
  RelayControl,
  RelayStatus,
  RelaySuccession,
  RelayTraffic,
} from './control.ts';
import { dialUntilHealthy } from './dial.ts';
import { DialTurns } from './dial-turns.ts';
import { movedAway } from './ends.ts';
import type { Far, ResumePoint } from './far.ts';
import { movedCallersMax, receiveCallers, sendCallers } from './hand-over.ts';
import { lightened, resumed } from './lighten.ts';

interface Sandbox {
  readonly socketPath: string;
  readonly listener: UnixListener;
  readonly ended: AbortController;
  readonly shims: Callers;
  readonly connected: PromiseWithResolvers<RelayAttachment>;
  isConnected: boolean;
  attachment: RelayAttachment | undefined;
  /** Leads to the connection that `connect` has proven, for the first shim connection that speaks. */
  spare: Promise<Far> | undefined;
}

export interface RelayOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Where CSI drivers leave their volumes; for tests. */
  readonly directVolumesRoot?: string;
  /** More are refused with E_LIMIT. */
  readonly sandboxesMax?: number;
  /** After many dials, when none has begun for a second: time to tidy up behind them. */
  readonly onQuiet?: () => void;
}

const shimConnectionsMax = 64;
const restoredAtOnce = 16;
/** What the answer to StartVM takes on its way from here over the adaptor to the shim. */
const answerMs = 2;
/** Twice what an adaptor takes: those of its predecessor may still be here. */
const sandboxesMaxDefault = 8192;

/** Of all sandboxes that this relay has or had. */
export interface RelayTotals {
  readonly traffic: RelayTraffic;
  readonly shimConnections: number;
  readonly refusedConnections: number;
  readonly refusedCalls: number;
  readonly refusedSandboxes: number;
  /** Frames half here: bytes reserved for them, and how many more wait for a place. */
  readonly largeFrameBytes: number;
  readonly largeFramesWaiting: number;
}

export class Relay implements RelayControl, AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #budget = openCarriageBudget();
  readonly #attachments: Attachments;
  /** Of sandboxes that are gone. */
  readonly #past = {
    calls: 0,
    bytesToVm: 0,
    bytesToShim: 0,
    reconnections: 0,
    callsLost: 0,
    callsRepeated: 0,
    refused: 0,
    refusedCalls: 0,
    refusedSandboxes: 0,
  };
  /** Of one sandbox, what was asked first is done first: a detach must not be overtaken by the socket that it ends. */
  readonly #turns = new KeyedLock<string>();
  readonly #dialTurns: DialTurns;
  #isRetiring = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#attachments = new Attachments();
    this.#dialTurns = new DialTurns(options.clock, options.onQuiet);
  }

  /** Takes up what an earlier relay recorded under `podsDir`: its sockets are there again, for shims that dial anew. */
  async restore(podsDir: string): Promise<void> {
    const { log } = this.#options;
    const records = await this.#attachments.readAll(podsDir, (path, error) =>
      log.error({ path, error: error.message }, 'attachment unreadable'),
    );
    await sideBySide(records, restoredAtOnce, async ({ sandboxId, socketPath, attachment }) => {
      const sandbox = await this.#open(sandboxId, socketPath);
      if (attachment) this.#setConnected(sandbox, attachment);
      log.info({ sandboxId, connected: attachment !== undefined }, 'agent socket restored');
    });
  }

  async listen(sandboxId: string, socketPath: string): Promise<void> {
    this.#refuseWhenRetiring();
    await this.#turns.hold(sandboxId, async () => {
      if (this.#sandboxes.get(sandboxId)?.socketPath === socketPath) return;
      await this.#detach(sandboxId);
      this.#refuseWhenFull();
      await this.#attachments.write({ version: 1, sandboxId, socketPath });
      await this.#open(sandboxId, socketPath);
    });
  }

  async connect(attachment: RelayAttachment, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
    const { sandboxId, socketPath } = attachment;
    await this.listen(sandboxId, socketPath);
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new PeerPodError('E_SANDBOX_UNKNOWN', `sandbox ${sandboxId} was detached meanwhile`);
    if (sandbox.isConnected) return;
    const vm = await this.#dial(sandbox, attachment, options);
    if (sandbox.isConnected || this.#isRetiring) {
      vm.socket.destroy(); // another connect was faster, or another relay is to make one
      return this.#refuseWhenRetiring();
    }
    sandbox.spare = Promise.resolve(vm);
    await this.#attachments.write({ version: 1, sandboxId, socketPath, attachment });
    // After the answer to who asked, which comes by here twice: StartVM need not wait for it
    sandbox.spare = new Promise((resolve) =>
      this.#options.clock.after(answerMs, () => resolve(this.#lightened(vm, attachment, sandbox.ended.signal))),
    );
    this.#setConnected(sandbox, attachment);
  }

  async detach(sandboxId: string): Promise<void> {
    this.#refuseWhenRetiring();
    await this.#turns.hold(sandboxId, () => this.#detach(sandboxId));
  }

  async #detach(sandboxId: string): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) return;
    this.#forget(sandboxId);
    const reason = new PeerPodError('E_ABORTED', `sandbox ${sandboxId} was detached`);
    await this.#close(sandbox, reason);
    await rm(this.#attachments.pathOf(sandbox.socketPath), { force: true });
  }

  async beginRetirement(): Promise<readonly RelayStatus[]> {
    this.#isRetiring = true;
    return await this.list();
  }

  /** For a relay that takes over, and has its own socket at the path already. */
  async moveSandbox(sandboxId: string, datagramPath: string): Promise<MovedSandbox> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new PeerPodError('E_SANDBOX_UNKNOWN', `no sandbox ${sandboxId}`);
    sandbox.ended.abort(movedAway()); // a connect under way is asked of the successor
    await acceptLast();
    await sandbox.listener.close();
    const callers = sendCallers(datagramPath, await sandbox.shims.moveAway(movedCallersMax));
    endSpare(sandbox);
    if (callers.length === 0) this.#forget(sandboxId);
    return { socketPath: sandbox.socketPath, attachment: sandbox.attachment, callers };
  }

  /** Takes a sandbox from another relay: the socket first, then those who called there. */
  async takeOver(
    sandboxId: string,
    socketPath: string,
    from: RelaySuccession,
    receiver: DatagramSocket,
  ): Promise<void> {
    const sandbox = await this.#open(sandboxId, socketPath);
    for (;;) {
      const moved = await from.moveSandbox(sandboxId, receiver.path);
      if (moved.attachment && !sandbox.isConnected) this.#setConnected(sandbox, moved.attachment);
      const callers = receiveCallers(receiver, moved.callers);
      for (const { fd, state } of callers) sandbox.shims.adopt(fd, state);
      if (callers.length === 0) return;
    }
  }

  async list(): Promise<readonly RelayStatus[]> {
    return [...this.#sandboxes].map(([sandboxId, { socketPath, isConnected, shims }]) => ({
      sandboxId,
      socketPath,
      connected: isConnected,
      shimConnections: shims.size,
      traffic: shims.traffic,
    }));
  }

  countSandboxes(): { readonly connected: number; readonly waiting: number } {
    const connected = [...this.#sandboxes.values()].filter(({ isConnected }) => isConnected).length;
    return { connected, waiting: this.#sandboxes.size - connected };
  }

  totals(): RelayTotals {
    const sum = { ...this.#past, callsInFlight: 0, shimConnections: 0 };
    for (const { shims } of this.#sandboxes.values()) {
      const { calls, callsInFlight, bytesToVm, bytesToShim, reconnections, callsLost, callsRepeated } = shims.traffic;
      sum.calls += calls;
      sum.callsInFlight += callsInFlight;
      sum.bytesToVm += bytesToVm;
      sum.bytesToShim += bytesToShim;
      sum.reconnections += reconnections;
      sum.callsLost += callsLost;
      sum.callsRepeated += callsRepeated;
      sum.refused += shims.refusedCount;
      sum.refusedCalls += shims.refusedCalls;
      sum.shimConnections += shims.size;
    }
    const { refused: refusedConnections, refusedCalls, refusedSandboxes, shimConnections, ...traffic } = sum;
    const { takenBytes: largeFrameBytes, waitingCount: largeFramesWaiting } = this.#budget;
    const refused = { refusedConnections, refusedCalls, refusedSandboxes };
    return { traffic, shimConnections, ...refused, largeFrameBytes, largeFramesWaiting };
  }

  /** Ends every connection; the records stay, for the relay that comes after. */
  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new PeerPodError('E_ABORTED', 'the relay ends');
    const sandboxes = [...this.#sandboxes.values()];
    this.#dialTurns[Symbol.dispose]();
    this.#sandboxes.clear();
    await Promise.all(sandboxes.map((sandbox) => this.#close(sandbox, reason)));
  }

  #forget(sandboxId: string): void {
    const shims = this.#sandboxes.get(sandboxId)?.shims;
    if (!shims || !this.#sandboxes.delete(sandboxId)) return;
    const { calls, bytesToVm, bytesToShim, reconnections, callsLost, callsRepeated } = shims.traffic;
    this.#past.calls += calls;
    this.#past.bytesToVm += bytesToVm;
    this.#past.bytesToShim += bytesToShim;
    this.#past.reconnections += reconnections;
    this.#past.callsLost += callsLost;
    this.#past.callsRepeated += callsRepeated;
    this.#past.refused += shims.refusedCount;
    this.#past.refusedCalls += shims.refusedCalls;
  }

  #refuseWhenFull(): void {
    const { sandboxesMax = sandboxesMaxDefault } = this.#options;
    if (this.#sandboxes.size < sandboxesMax) return;
    this.#past.refusedSandboxes += 1;
    throw new PeerPodError('E_LIMIT', `this relay has ${sandboxesMax} sandboxes already`);
  }

  /** What is asked of a relay that hands over is to be asked of its successor. */
  #refuseWhenRetiring(): void {
    if (this.#isRetiring) throw movedAway();
  }

  async #open(sandboxId: string, socketPath: string): Promise<Sandbox> {
    const early: Socket[] = [];
    let accept = (shim: Socket): void => void early.push(shim);
    const listener = await listenUnix(socketPath, (shim) => accept(shim), { mode: 0o600 });
    const connected = Promise.withResolvers<RelayAttachment>();
    connected.promise.catch(() => {});
    const { clock, log, directVolumesRoot } = this.#options;
    const sandbox: Sandbox = {
      socketPath,
      listener,
      ended: new AbortController(),
      shims: new Callers({
        policy: agentPolicy,
        clock,
        log: log.child({ sandboxId }),
        callersMax: shimConnectionsMax,
        budget: this.#budget,
        connect: (until, resume) => this.#connection(sandbox, until, resume),
        edit: ({ request }) => editAgentCall(request.payload, sandbox.attachment?.volumes, directVolumesRoot),
      }),
      connected,
      isConnected: false,
      attachment: undefined,
      spare: undefined,
    };
    this.#sandboxes.set(sandboxId, sandbox);
    accept = (shim) => sandbox.shims.accept(shim);
    early.forEach(accept);
    return sandbox;
  }

  async #close(sandbox: Sandbox, reason: PeerPodError): Promise<void> {
    sandbox.ended.abort(reason);
    sandbox.connected.reject(reason);
    endSpare(sandbox);
    sandbox.shims.destroy(reason);
    await sandbox.listener.close();
  }

  #setConnected(sandbox: Sandbox, attachment: RelayAttachment): void {
    sandbox.isConnected = true;
    sandbox.attachment = attachment;
    sandbox.connected.resolve(attachment);
  }

  async #dial(
    sandbox: Sandbox,
    attachment: RelayAttachment,
    options: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<Far> {
    const { clock, random } = this.#options;
    const late = new AbortController();
    let lastFailure: unknown;
    const cancel = clock.after(options.timeoutMs, () => {
      const text = `${attachment.host}:${attachment.port} did not answer in ${options.timeoutMs} ms`;
      const after = lastFailure === undefined ? '' : `; last: ${errorText(lastFailure)}`;
      late.abort(new PeerPodError('E_RELAY_NOT_READY', text + after, { cause: lastFailure }));
    });
    try {
      const signal = AbortSignal.any([late.signal, sandbox.ended.signal, ...(options.signal ? [options.signal] : [])]);
      const vm = await dialUntilHealthy(attachment, {
        clock,
        random,
        signal,
        turns: this.#dialTurns,
        onFailure: (error) => {
          lastFailure = error;
        },
      });
      if (!signal.aborted) return vm;
      vm.socket.destroy(); // a detach may have come with the last byte
      throw signal.reason;
    } finally {
      cancel();
    }
  }

  #lightened(far: Far, attachment: RelayAttachment, signal: AbortSignal, resume?: ResumePoint): Promise<Far> {
    return lightened(far, attachment, { clock: this.#options.clock, signal, resume });
  }

  /** To the pod VM, once `connect` has told of it. */
  async #connection(sandbox: Sandbox, signal: AbortSignal, resume: ResumePoint | undefined): Promise<Far> {
    const { clock, random } = this.#options;
    const attachment = await abortable(sandbox.connected.promise, signal);
    if (!resume) {
      const kept = sandbox.spare;
      sandbox.spare = undefined;
      const spare = await kept;
      if (spare && !spare.socket.destroyed) return spare;
    }
    const turns = this.#dialTurns;
    const known = await resumed(attachment, { clock, random, signal, turns, resume });
    if (known) return known;
    const far = await dialUntilHealthy(attachment, { clock, random, signal, turns, resume });
    return await this.#lightened(far, attachment, signal, resume);
  }
}

function endSpare({ spare }: Sandbox): void {
  void spare?.then(({ socket }) => socket.destroy());
}
