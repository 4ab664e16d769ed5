/** A worker's relay: agent sockets that outlive the adaptor, and the shims' calls, which wait for the next adaptor. */

import { dirname } from 'node:path';
import type { SandboxId } from '#base/brands.ts';
import { PeerPodError } from '#base/errors.ts';
import { abortable } from '#base/signals.ts';
import type { RelayAttachment, RelayControl, RelayStatus } from '#domain/relay/control.ts';
import type { Cloud } from './cloud.ts';
import type { MachineRoom } from './machine-room.ts';
import type { Rules } from './rules.ts';
import type { Life, World } from './world.ts';

interface Attached {
  readonly socketPath: string;
  attachment: RelayAttachment | undefined;
  readonly ended: AbortController;
}

export type Method = 'CreateVM' | 'StartVM' | 'StopVM';

/** The adaptor's end of a call. */
export type Handler = (method: Method, sandboxId: SandboxId, signal: AbortSignal) => Promise<void>;

interface Call {
  readonly method: Method;
  readonly sandboxId: SandboxId;
  readonly outcome: PromiseWithResolvers<void>;
  /** Aborts it at the adaptor that has it now. */
  current: AbortController | undefined;
  hasLeft: boolean;
  tries: number;
}

/** Longest time to an answer of one adaptor: StartVM makes a VM (15 min) and waits for its agent (5 min). CreateVM waits
 * while a StopVM of the same id, unknown then, asks the provider. */
const answerMsMax: Readonly<Record<Method, number>> = { CreateVM: 1_201_000, StartVM: 1_201_000, StopVM: 61_000 };
/** A StartVM that StopVM ends takes no longer than this to say so. */
const endedStartMsMax = 10_000;
const messageMs = [0.2, 3] as const;
const slowMs = [1000, 15_000] as const;
const dialEveryMs = 250;
/** As the front does it with a StopVM whose caller has left. */
const strandedTriesMax = 100;
const strandedDelayMs = (tries: number) => 50 * Math.min(tries, 20);

export class RelayProcess {
  alive = true;
  readonly attached = new Map<string, Attached>();
  readonly calls = new Set<Call>();
  #serving: { readonly life: Life; readonly handler: Handler } | undefined;
  readonly #world: World;
  readonly #rules: Rules;
  readonly #room: MachineRoom;
  readonly #cloud: Cloud;
  #heard: Promise<void> = Promise.resolve();

  constructor(world: World, rules: Rules, room: MachineRoom, cloud: Cloud) {
    this.#world = world;
    this.#rules = rules;
    this.#room = room;
    this.#cloud = cloud;
  }

  /** All callers hear of its end; a pod's shim does not come back. */
  kill(): void {
    this.alive = false;
    for (const { ended } of this.attached.values()) ended.abort(new PeerPodError('E_IO', 'the relay died'));
    this.attached.clear();
    for (const call of this.calls) {
      call.current?.abort(new PeerPodError('E_ABORTED', 'the caller left'));
      call.outcome.reject(new Error('ttrpc: closed'));
    }
    this.calls.clear();
  }

  /** Listens again where its records, which are in the sandboxes' folders, say so. */
  startAgain(known: ReadonlyMap<string, { socketPath: string; attachment: RelayAttachment | undefined }>): void {
    this.alive = true;
    for (const [sandboxId, { socketPath, attachment }] of known) {
      if (!this.#room.folders.has(dirname(socketPath))) continue;
      this.attached.set(sandboxId, { socketPath, attachment, ended: new AbortController() });
    }
  }

  /** What a successor would read. */
  get records() {
    return new Map([...this.attached].map(([id, { socketPath, attachment }]) => [id, { socketPath, attachment }]));
  }

  /** Another relay takes over: calls under way are asked again through it, a little later. */
  replace(): void {
    for (const call of this.calls) {
      const { current } = call;
      call.current = undefined;
      current?.abort(new PeerPodError('E_ABORTED', 'the caller left'));
      this.#world.at(this.#world.between(10, 1200), () => this.#deliver(call));
    }
  }

  serve(life: Life, handler: Handler): void {
    this.#serving = { life, handler };
    for (const call of this.calls) if (!call.current) this.#deliver(call);
  }

  /** No call comes any more; those under way go on. */
  stopServing(life: Life): void {
    if (this.#serving?.life === life) this.#serving = undefined;
  }

  /** The adaptor died: what it had is asked of the next one. */
  adaptorDied(life: Life): void {
    this.stopServing(life);
    for (const call of this.calls) call.current = undefined;
  }

  /** A shim's call; it may leave before the answer. */
  async call(method: Method, sandboxId: SandboxId, leaveAfterMs: number | undefined): Promise<void> {
    if (!this.alive) throw new Error('connection refused');
    const outcome = Promise.withResolvers<void>();
    const call: Call = { method, sandboxId, outcome, current: undefined, hasLeft: false, tries: 0 };
    this.calls.add(call);
    this.#deliver(call);
    const cancel =
      leaveAfterMs === undefined ? () => {} : this.#world.at(leaveAfterMs, () => this.#leave(call, method));
    try {
      await outcome.promise;
    } finally {
      cancel();
    }
  }

  #leave(call: Call, method: Method): void {
    if (!this.calls.has(call)) return;
    this.#world.say(() => `the caller of ${method} ${call.sandboxId} leaves`);
    call.hasLeft = true;
    call.outcome.reject(new Error('the caller left'));
    const { current } = call;
    call.current = undefined;
    current?.abort(new PeerPodError('E_ABORTED', 'the caller left'));
    if (method === 'StopVM') this.#deliver(call);
    else this.calls.delete(call);
  }

  #deliver(call: Call): void {
    const world = this.#world;
    if (!this.calls.has(call) || call.current || !this.#serving) return;
    const { life, handler } = this.#serving;
    const own = new AbortController();
    call.current = own;
    call.tries += 1;
    world.at(world.between(...messageMs), () => {
      if (!life.alive || call.current !== own) return;
      world.say(() => `${call.method} ${call.sandboxId}`);
      this.#expectAnswer(life, call, own);
      handler(call.method, call.sandboxId, own.signal).then(
        () => this.#answered(life, call, own, undefined),
        (error: unknown) => this.#answered(life, call, own, error),
      );
    });
  }

  #expectAnswer(life: Life, call: Call, own: AbortController): void {
    const world = this.#world;
    const { method, sandboxId } = call;
    const isWaiting = (one: Call, current: AbortController | undefined) =>
      life.alive && current !== undefined && one.current === current && this.calls.has(one);
    world.at(answerMsMax[method], () => {
      if (isWaiting(call, own)) world.breach(`${method} ${sandboxId} is not answered within ${answerMsMax[method]} ms`);
    });
    if (method !== 'StopVM') return;
    for (const other of this.calls) {
      const { current } = other;
      if (other.method !== 'StartVM' || other.sandboxId !== sandboxId) continue;
      world.at(endedStartMsMax, () => {
        if (isWaiting(other, current)) world.breach(`StartVM ${sandboxId} goes on although StopVM came`);
      });
    }
  }

  #answered(life: Life, call: Call, own: AbortController, error: unknown): void {
    if (!life.alive || call.current !== own) return;
    this.#world.say(() => `${call.method} ${call.sandboxId}: ${error ?? 'OK'}`);
    if (error === undefined) this.#rules.answered(call.method, call.sandboxId);
    else this.#rules.refused(call.method, call.sandboxId, error);
    if (error !== undefined && call.hasLeft && call.tries < strandedTriesMax) {
      this.#world.at(strandedDelayMs(call.tries), () => {
        call.current = undefined;
        this.#deliver(call);
      });
      return;
    }
    this.calls.delete(call);
    if (error === undefined) call.outcome.resolve();
    else call.outcome.reject(error);
  }

  /** As the adaptor's process has it. */
  control(life: Life): RelayControl {
    const ask = <T>(what: string, body: () => Promise<T>, signal?: AbortSignal) =>
      abortable(
        life.remoteCall(what, () => this.#asked(body)),
        signal,
      );
    return {
      listen: (sandboxId, socketPath) =>
        ask(`relay listens for ${sandboxId}`, async () => this.#listen(life, sandboxId, socketPath)),
      connect: (attachment, options) =>
        ask(`relay connects ${attachment.sandboxId}`, () => this.#connect(life, attachment, options), options.signal),
      detach: (sandboxId) => ask(`relay detaches ${sandboxId}`, async () => this.#detach(sandboxId)),
      list: () => ask('relay lists', async () => this.#list()),
    };
  }

  async #asked<T>(body: () => Promise<T>): Promise<T> {
    const { faults } = this.#room;
    const isSlow = this.#world.chance(faults.relaySlow);
    const ms = isSlow ? this.#world.between(...slowMs) : this.#world.between(...messageMs);
    // One connection: what was asked first is heard first.
    const turn = this.#heard.then(() => this.#world.sleep(ms));
    this.#heard = turn;
    await turn;
    if (!this.alive) throw new PeerPodError('E_IO', 'dial the relay: connection refused');
    return await body();
  }

  #listen(life: Life, sandboxId: string, socketPath: string): void {
    const known = this.attached.get(sandboxId);
    if (known?.socketPath === socketPath) return;
    if (!this.#room.folders.has(dirname(socketPath))) throw new PeerPodError('E_IO', 'ENOENT: no such folder');
    this.#rules.socketOpened(this.#room.name, sandboxId, life.alive);
    this.attached.set(sandboxId, { socketPath, attachment: undefined, ended: new AbortController() });
  }

  #detach(sandboxId: string): void {
    const known = this.attached.get(sandboxId);
    if (!known) return;
    this.#rules.detached(sandboxId);
    this.attached.delete(sandboxId);
    known.ended.abort(new PeerPodError('E_ABORTED', `sandbox ${sandboxId} was detached`));
  }

  async #connect(
    life: Life,
    attachment: RelayAttachment,
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<void> {
    const world = this.#world;
    this.#listen(life, attachment.sandboxId, attachment.socketPath);
    const known = this.attached.get(attachment.sandboxId);
    if (!known || known.attachment) return;
    const until = world.now + timeoutMs;
    const gone = [known.ended.signal, life.ended.signal, ...(signal ? [signal] : [])];
    while (!this.#answers(attachment)) {
      if (world.now >= until) throw new PeerPodError('E_RELAY_NOT_READY', `${attachment.host} did not answer`);
      await world.sleep(dialEveryMs);
      for (const one of gone) if (one.aborted) throw one.reason;
    }
    if (!this.#room.folders.has(dirname(attachment.socketPath))) throw new PeerPodError('E_IO', 'ENOENT: no folder');
    known.attachment = attachment;
  }

  /** Whether the VM has booted, and shows the certificate that was issued for it. */
  #answers({ host, tls }: RelayAttachment): boolean {
    const { now } = this.#world;
    const machine = [...this.#cloud.machines.values()].find(({ podVm }) => podVm.addresses[0] === host);
    if (!machine || machine.isDeleting || machine.bootedAt > now) return false;
    return tls !== undefined && this.#room.folders.get(tls.directory) === machine.identity;
  }

  #list(): readonly RelayStatus[] {
    return [...this.attached].map(([sandboxId, { socketPath, attachment }]) => ({
      sandboxId,
      socketPath,
      connected: attachment !== undefined,
      shimConnections: 1,
    }));
  }
}
