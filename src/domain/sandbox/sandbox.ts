/** One sandbox: performs what the table in state.ts says, one operation at a time, each on record before it begins. */

import type { SandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, errorText, PeerPodError } from '#base/errors.ts';
import type { KeyedLock } from '#base/keyed-lock.ts';
import type { Log } from '#base/log.ts';
import { abortable, linkedSignal } from '#base/signals.ts';
import type { TaskScope } from '#base/task-scope.ts';
import type { Ledger, SandboxRecord } from './ledger.ts';
import type { SandboxObserver, StartStage } from './observer.ts';
import type { Releaser, Starter } from './ports.ts';
import { type SandboxEffect, type SandboxEvent, type SandboxState, step } from './state.ts';

export interface SandboxParts {
  readonly ledger: Ledger;
  readonly starter: Starter;
  readonly releaser: Releaser;
  readonly observer: SandboxObserver;
  readonly clock: Clock;
  readonly log: Log;
  readonly scope: TaskScope;
  /** Held by whatever changes a sandbox. */
  readonly locks: KeyedLock<SandboxId>;
  onPodVm(sandboxId: SandboxId, podVmId: string): void;
  /** Its pod VM is nobody's any more. */
  onStopping(sandboxId: SandboxId): void;
  /** Nothing of it is left. */
  onForgotten(sandboxId: SandboxId): void;
}

/** For the caller of a StartVM to come back through another relay. */
const returnMsMax = 1500;

/** A StartVM under way, which later callers join. */
interface Start {
  readonly outcome: Promise<void>;
  readonly work: AbortController;
  callers: number;
}

interface Release {
  /** When the provider has accepted the VM's end: what StopVM waits for. */
  readonly accepted: PromiseWithResolvers<void>;
  /** Never rejects: a release that was cut short goes on when the daemon is started again. */
  readonly ended: PromiseWithResolvers<void>;
}

export class Sandbox {
  readonly #parts: SandboxParts;
  readonly #log: Log;
  /** Aborted by StopVM: ends a StartVM under way. */
  readonly #stopping = new AbortController();
  #record: SandboxRecord;
  #start: Start | undefined;
  #release: Release | undefined;

  constructor(record: SandboxRecord, parts: SandboxParts) {
    this.#record = record;
    this.#parts = parts;
    this.#log = parts.log.child({ sandboxId: record.sandboxId });
  }

  get record(): SandboxRecord {
    return this.#record;
  }

  /** Resolves when no StartVM and no release of it is under way. */
  async settled(): Promise<void> {
    await this.#start?.outcome.catch(() => {}); // its callers hear of the error
    await this.#release?.ended.promise;
  }

  /** Writes the first record and opens the agent socket; on failure it is being released. The caller holds the lock. */
  async open(signal: AbortSignal): Promise<void> {
    const { ledger, starter } = this.#parts;
    try {
      await ledger.create(this.#record);
      starter.announce(this.#record);
      await starter.listen(this.#record);
      signal.throwIfAborted(); // a shim that is gone sends no StopVM for what it never got
    } catch (error) {
      this.#record = { ...this.#record, createFailed: true };
      await this.#dispatch('stop');
      throw error;
    }
  }

  /**
   * A start that an earlier process did not finish: a StartVM that is asked again goes on with it, and when none comes
   * in time, or it cannot go on, everything is undone.
   */
  resumeStart(patienceMs: number): void {
    const { state } = this.#record;
    if (state.at !== 'starting' || state.step !== 'connect') {
      this.resumeRelease();
      return;
    }
    const { scope, clock, locks } = this.#parts;
    const { sandboxId } = this.#record;
    scope.run(`wait for StartVM of ${sandboxId}`, async (signal) => {
      await sleep(clock, patienceMs, signal);
      await locks.hold(sandboxId, async () => {
        if (this.#record.state.at !== 'starting') return;
        this.#log.warn({}, 'nobody asks for this start any more');
        await this.#dispatch('stop');
      });
    });
  }

  /** Has the relay carry it again; nothing if it does not run. */
  async reconnect(timeoutSignal: AbortSignal): Promise<void> {
    const { locks, starter } = this.#parts;
    await locks.hold(
      this.#record.sandboxId,
      async () => {
        if (this.#record.state.at !== 'running') return;
        await starter.listen(this.#record);
        await starter.connectRelay(this.#record, timeoutSignal);
      },
      timeoutSignal,
    );
  }

  /** Begins the release of what an earlier process left half done. */
  resumeRelease(): void {
    this.#record = { ...this.#record, state: { at: 'stopping' } };
    this.#beginRelease();
  }

  /** Joins a start under way; a running sandbox is fine. When the last caller has left, everything is undone. */
  async start(signal: AbortSignal): Promise<void> {
    this.#start ??= this.#beginStart();
    const start = this.#start;
    start.callers += 1;
    try {
      await abortable(start.outcome, signal);
    } finally {
      start.callers -= 1;
      if (start.callers === 0) this.#abandon(start);
    }
  }

  /** Ends a start that nobody waits for; not at once, since a relay that takes over from another asks again. */
  #abandon(start: Start): void {
    this.#parts.clock.after(returnMsMax, () => {
      if (start.callers > 0) return;
      start.work.abort(new PeerPodError('E_ABORTED', 'nobody waits for StartVM any more'));
    });
  }

  #beginStart(): Start {
    const { locks, scope, starter } = this.#parts;
    const { sandboxId } = this.#record;
    const work = new AbortController();
    const outcome = locks
      .hold(sandboxId, async () => {
        using limits = linkedSignal(work.signal, this.#stopping.signal);
        const { at } = this.#record.state;
        // While the lock is ours, a start that is recorded as under way is one that an earlier process began.
        await this.#dispatch(at === 'starting' ? 'resume' : 'start', limits.signal);
        if (at !== 'running')
          scope.run(`after start of ${sandboxId}`, (ended) => starter.afterStart(this.#record, ended));
      })
      .finally(() => {
        this.#start = undefined;
      });
    outcome.catch(() => {}); // all callers may have left
    return { outcome, work, callers: 0 };
  }

  /** Ends a start under way; resolves once the provider has accepted the VM's end. What remains goes on by itself. */
  async stop(): Promise<void> {
    const { locks } = this.#parts;
    const { sandboxId } = this.#record;
    this.#stopping.abort(new PeerPodError('E_ABORTED', `sandbox ${sandboxId} is being stopped`));
    await locks.hold(sandboxId, () => this.#dispatch('stop'));
    await this.#release?.accepted.promise;
  }

  /** Walks the table from `event` until no effect is left. */
  async #dispatch(event: SandboxEvent, signal?: AbortSignal): Promise<void> {
    let failure: unknown;
    for (let next: SandboxEvent | undefined = event; next !== undefined; ) {
      const { sandboxId, state } = this.#record;
      const decided = step(state, next);
      if (!decided) throw new PeerPodError('E_SANDBOX_STATE', `sandbox ${sandboxId} is ${state.at}: no ${next}`);
      try {
        if (decided.state !== state) await this.#enter(decided.state);
        next = decided.effect && (await this.#perform(decided.effect, signal));
      } catch (error) {
        if (this.#record.state.at !== 'starting') throw error;
        failure ??= error;
        next = 'failed';
      }
    }
    if (failure !== undefined) throw asPeerPodError(failure, 'E_INTERNAL', `sandbox ${this.#record.sandboxId}`);
  }

  /** The state is on disk before it counts, and so before its effect begins; that of `connect` writes for itself. */
  async #enter(state: SandboxState): Promise<void> {
    const from = this.#record.state;
    const begun = state.at === 'starting' && state.step === 'pod-vm' ? { podVmMayAppear: true } : {};
    const record = { ...this.#record, ...begun, state };
    if (state.at === 'stopping') {
      this.#record = record;
      // A full disk must not stop a release: what is on disk says already that there is something to release.
      await this.#write(record).catch((error: unknown) => this.#log.error({ error }, 'stop not recorded'));
    } else if (state.at !== 'stopped' && !isConnecting(state)) {
      await this.#timed('ledger', () => this.#write(record));
    }
    this.#record = record;
    this.#log.info({ from: from.at, to: state.at, ...('step' in state && { step: state.step }) }, 'sandbox');
  }

  async #write(record: SandboxRecord): Promise<void> {
    await this.#parts.ledger.update(record);
  }

  async #perform(effect: SandboxEffect, signal = this.#stopping.signal): Promise<SandboxEvent | undefined> {
    switch (effect) {
      case 'create-pod-vm':
        signal.throwIfAborted();
        await this.#createPodVm(signal);
        return 'pod-vm-made';
      case 'connect':
        signal.throwIfAborted();
        await this.#connect(signal);
        return 'connected';
      case 'release-all':
        this.#beginRelease();
        return undefined;
      case 'forget':
        this.#parts.onForgotten(this.#record.sandboxId);
        return undefined;
    }
  }

  async #createPodVm(signal: AbortSignal): Promise<void> {
    const { starter } = this.#parts;
    const outcome = await this.#timed('pod-vm', () => starter.createPodVm(this.#record, signal));
    if ('error' in outcome) {
      const { podVmId, mayAppear, error } = outcome;
      this.#record = { ...this.#record, podVmMayAppear: mayAppear, ...(podVmId !== undefined && { podVmId }) };
      throw error;
    }
    // The VM has its initdata: the record needs it no more.
    const request = { ...this.#record.request, initdata: undefined };
    this.#record = { ...this.#record, ...outcome, request, podVmMayAppear: false };
    this.#parts.onPodVm(this.#record.sandboxId, outcome.podVmId);
    starter.announce(this.#record);
    this.#record = { ...this.#record, tunnel: starter.planTunnel(this.#record) };
  }

  /**
   * Record and tunnel beside the relay: every record of a start already means that the relay is to be detached, and the
   * VM answers it only once its own end of the tunnel is up.
   */
  async #connect(signal: AbortSignal): Promise<void> {
    const { starter } = this.#parts;
    using limits = linkedSignal(signal);
    const connecting = this.#record;
    const parts = [
      this.#timed('ledger', () => this.#write(connecting)).then(() => this.#setUpTunnel()),
      this.#timed('relay', () => starter.connectRelay(connecting, limits.signal)),
    ];
    const outcomes = await Promise.allSettled(
      parts.map((part) =>
        part.catch((error: unknown) => {
          limits.abort(error);
          throw error;
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw limits.signal.reason;
    signal.throwIfAborted();
  }

  async #setUpTunnel(): Promise<void> {
    const { tunnel } = this.#record;
    if (!tunnel) throw new PeerPodError('E_INTERNAL', 'a start without a planned tunnel');
    const up = await this.#timed('tunnel', () => this.#parts.starter.setUpTunnel(tunnel));
    this.#record = { ...this.#record, tunnel: up }; // more than the plan says: on disk with `running`
  }

  async #timed<T>(stage: StartStage, body: () => Promise<T>): Promise<T> {
    const { clock, observer } = this.#parts;
    const from = clock.now();
    let ok = false;
    try {
      const result = await body();
      ok = !(typeof result === 'object' && result !== null && 'error' in result);
      return result;
    } finally {
      observer.stageEnded(stage, ok, clock.now() - from);
    }
  }

  /** In the background; it ends with nothing left, or is taken up when the daemon is started again. */
  #beginRelease(): void {
    const { scope, clock, observer, releaser, ledger, starter } = this.#parts;
    const { sandboxId } = this.#record;
    const release = { accepted: Promise.withResolvers<void>(), ended: Promise.withResolvers<void>() };
    release.accepted.promise.catch(() => {}); // StopVM may not be waiting
    this.#release = release;
    this.#parts.onStopping(sandboxId);
    starter.discard(sandboxId);
    const from = clock.now();
    scope.run(`release ${sandboxId}`, async (signal) => {
      try {
        await releaser.release(this.#record, { signal, onAccepted: release.accepted.resolve });
        await releaser.untilDone('record', sandboxId, signal, async () => {
          await ledger.remove(sandboxId);
          return 'done';
        });
        await this.#parts.locks.hold(sandboxId, () => this.#dispatch('released'));
        observer.released(clock.now() - from);
      } catch (error) {
        if (!signal.aborted) this.#log.error({ error: errorText(error) }, 'release ended early');
      } finally {
        release.accepted.reject(new PeerPodError('E_POD_VM_DELETE', `${sandboxId} is not released yet`));
        release.ended.resolve();
      }
    });
  }
}

function isConnecting(state: SandboxState): boolean {
  return state.at === 'starting' && state.step === 'connect';
}
