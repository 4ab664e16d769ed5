/** The sandboxes of this worker: performs what the table in state.ts says, one operation a sandbox at a time. */

import { join } from 'node:path';
import { type SandboxId, vniMax } from '#base/brands.ts';
import type { Clock } from '#base/clock.ts';
import { asPeerPodError, errorText, PeerPodError } from '#base/errors.ts';
import { KeyedLock } from '#base/keyed-lock.ts';
import type { Log } from '#base/log.ts';
import { abortable, linkedSignal } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { PodVmRequest } from '#codec/annotations.ts';
import { podVmName } from '../podvm/name.ts';
import type { Ledger, SandboxRecord } from './ledger.ts';
import { PodKeys } from './pod-keys.ts';
import type { PodNetworkPort, Releaser, Starter } from './ports.ts';
import { type SandboxEffect, type SandboxEvent, step } from './state.ts';

export interface SandboxesOptions {
  readonly podsDir: string;
  readonly ledger: Ledger;
  readonly network: PodNetworkPort;
  readonly starter: Starter;
  readonly releaser: Releaser;
  readonly clock: Clock;
  readonly log: Log;
  /** Sandboxes at once; more are refused with E_LIMIT. */
  readonly sandboxesMax?: number;
}

interface Sandbox {
  record: SandboxRecord;
  /** Aborted by StopVM: ends a StartVM under way. */
  readonly stopping: AbortController;
  /** Of a StartVM under way: later callers join it. */
  starting: Promise<void> | undefined;
  /** Of a release under way: when nothing is left. */
  released: Promise<void> | undefined;
  /** When the provider has accepted the VM's end: what StopVM waits for. */
  accepted: Promise<void> | undefined;
}

export interface CreateRequest {
  readonly sandboxId: SandboxId;
  readonly request: PodVmRequest;
  readonly netnsPath: string;
}

export class Sandboxes implements AsyncDisposable {
  readonly #options: SandboxesOptions;
  readonly #sandboxes = new Map<SandboxId, Sandbox>();
  readonly #creating = new KeyedLock<SandboxId>();
  readonly #scope: TaskScope;
  readonly pods = new PodKeys();

  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.#scope = new TaskScope((error, task) => options.log.error({ task, error: errorText(error) }, 'task failed'));
  }

  get size(): number {
    return this.#sandboxes.size;
  }

  /** VNIs that must not be given again. */
  #vnis(): Set<number> {
    return new Set([...this.#sandboxes.values()].map((sandbox) => sandbox.record.network.vni));
  }

  /**
   * Takes over what an earlier process recorded. A sandbox that was starting or stopping then is released; others
   * stay as they are.
   */
  async load(): Promise<void> {
    const { ledger, log } = this.#options;
    const records = await ledger.readAll((file, error) =>
      log.error({ file, error: error.message }, 'record unreadable'),
    );
    for (const record of records) {
      const sandbox = this.#add(record);
      if (record.state.at !== 'starting' && record.state.at !== 'stopping') continue;
      log.warn({ sandboxId: record.sandboxId, state: record.state.at }, 'releasing what a crash left');
      sandbox.record = { ...record, state: { at: 'stopping' } };
      this.#release(sandbox);
    }
  }

  #add(record: SandboxRecord): Sandbox {
    const sandbox: Sandbox = {
      record,
      stopping: new AbortController(),
      starting: undefined,
      released: undefined,
      accepted: undefined,
    };
    this.#sandboxes.set(record.sandboxId, sandbox);
    const { podName, podNamespace } = record.request;
    this.pods.add(record.sandboxId, podName, podNamespace);
    if (record.podVmId !== undefined) this.pods.setPodVm(record.sandboxId, record.podVmId);
    return sandbox;
  }

  /** CreateVM. A known id gives the same socket path and changes nothing. */
  create(create: CreateRequest, signal: AbortSignal): Promise<string> {
    const { sandboxId, request, netnsPath } = create;
    return this.#creating.hold(
      sandboxId,
      async () => {
        const known = this.#sandboxes.get(sandboxId);
        if (known) return known.record.agentSocketPath;
        const { podsDir, network, ledger, starter, sandboxesMax = vniMax } = this.#options;
        if (this.#sandboxes.size >= sandboxesMax) {
          throw new PeerPodError('E_LIMIT', `this worker has ${sandboxesMax} sandboxes already`);
        }
        const inspected = await network.inspect(netnsPath, this.#vnis());
        const record: SandboxRecord = {
          version: 1,
          sandboxId,
          request,
          netnsPath,
          agentSocketPath: join(podsDir, sandboxId, 'agent.ttrpc'),
          network: inspected,
          podVmName: podVmName(request.podName, sandboxId),
          state: { at: 'created' },
        };
        const sandbox = this.#add(record);
        try {
          await ledger.write(record);
          await starter.listen(record);
        } catch (error) {
          await this.#dispatch(sandbox, 'stop');
          throw error;
        }
        return record.agentSocketPath;
      },
      signal,
    );
  }

  /** StartVM. Joins one under way; a running sandbox is fine. The caller leaving undoes everything. */
  async start(sandboxId: SandboxId, signal: AbortSignal): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new PeerPodError('E_SANDBOX_UNKNOWN', `no sandbox ${sandboxId}: CreateVM comes first`);
    if (sandbox.starting) return await abortable(sandbox.starting, signal);
    using limits = linkedSignal(signal, sandbox.stopping.signal);
    sandbox.starting = this.#dispatch(sandbox, 'start', limits.signal).finally(() => {
      sandbox.starting = undefined;
    });
    await sandbox.starting;
  }

  /**
   * StopVM. Ends a StartVM under way, and resolves once the provider has accepted the VM's end; what remains goes on
   * whether the caller waits or not. An unknown id is looked up at the provider and then is success.
   */
  async stop(sandboxId: SandboxId, signal: AbortSignal): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) {
      await abortable(this.#options.releaser.releaseUnknown(sandboxId), signal);
      return;
    }
    sandbox.stopping.abort(new PeerPodError('E_ABORTED', `sandbox ${sandboxId} is being stopped`));
    const stopped = (async () => {
      await sandbox.starting?.catch(() => {}); // its own caller hears of the error
      await this.#dispatch(sandbox, 'stop');
      await sandbox.accepted;
    })();
    this.#scope.run(`stop ${sandboxId}`, () => stopped.catch(() => {}));
    await abortable(stopped, signal);
  }

  /** Walks the table from `event` until no effect is left. Each state is on disk before its effects begin. */
  async #dispatch(sandbox: Sandbox, event: SandboxEvent, signal?: AbortSignal): Promise<void> {
    const { ledger, log } = this.#options;
    let failure: unknown;
    for (let next: SandboxEvent | undefined = event; next !== undefined; ) {
      const { sandboxId, state } = sandbox.record;
      const decided = step(state, next);
      if (!decided) throw new PeerPodError('E_SANDBOX_STATE', `sandbox ${sandboxId} is ${state.at}: no ${next}`);
      next = undefined;
      if (decided.state !== state) {
        sandbox.record = { ...sandbox.record, state: decided.state };
        log.info({ sandboxId, from: state.at, to: decided.state }, 'sandbox');
        if (decided.state.at !== 'stopped') await ledger.write(sandbox.record).catch(orWhileStopping(decided.state.at));
      }
      for (const effect of decided.effects) {
        try {
          next = await this.#perform(sandbox, effect, signal);
        } catch (error) {
          failure = error;
          next = 'failed';
        }
      }
    }
    if (failure !== undefined) throw asPeerPodError(failure, 'E_INTERNAL', `sandbox ${sandbox.record.sandboxId}`);
  }

  async #perform(sandbox: Sandbox, effect: SandboxEffect, signal: AbortSignal | undefined) {
    const { starter, ledger } = this.#options;
    const abort = signal ?? sandbox.stopping.signal;
    switch (effect) {
      case 'create-pod-vm': {
        abort.throwIfAborted();
        const made = await starter.createPodVm(sandbox.record, abort);
        sandbox.record = { ...sandbox.record, ...made };
        this.pods.setPodVm(sandbox.record.sandboxId, made.podVmId);
        return 'pod-vm-made' as const;
      }
      case 'set-up-tunnel': {
        abort.throwIfAborted();
        const tunnel = starter.planTunnel(sandbox.record);
        sandbox.record = { ...sandbox.record, tunnel };
        await ledger.write(sandbox.record);
        sandbox.record = { ...sandbox.record, tunnel: await starter.setUpTunnel(tunnel) };
        return 'tunnel-up' as const;
      }
      case 'connect-relay':
        abort.throwIfAborted();
        await starter.connectRelay(sandbox.record, abort);
        return 'relay-ready' as const;
      case 'release-all':
        this.#release(sandbox);
        return undefined;
      case 'forget':
        await ledger.remove(sandbox.record.sandboxId);
        this.#sandboxes.delete(sandbox.record.sandboxId);
        this.pods.remove(sandbox.record.sandboxId);
        return undefined;
    }
  }

  /** Starts the release in the background; it ends with nothing left, or goes on when the daemon is started again. */
  #release(sandbox: Sandbox): void {
    const { releaser } = this.#options;
    const accepted = Promise.withResolvers<void>();
    accepted.promise.catch(() => {}); // StopVM may not be waiting
    sandbox.accepted = accepted.promise;
    sandbox.released = new Promise((resolve) => {
      this.#scope.run(`release ${sandbox.record.sandboxId}`, async (signal) => {
        try {
          await releaser.release(sandbox.record, { signal, onAccepted: accepted.resolve });
          await this.#dispatch(sandbox, 'released');
        } finally {
          accepted.reject(new PeerPodError('E_POD_VM_DELETE', `${sandbox.record.sandboxId} is not released yet`));
          resolve();
        }
      });
    });
  }

  /** Waits for releases under way; the records of those that are cut short remain. */
  async settle(): Promise<void> {
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.released));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }
}

/** A full disk must not stop a release: what is on disk says that there is something to release already. */
function orWhileStopping(at: string): (error: unknown) => void {
  return (error) => {
    if (at !== 'stopping') throw error;
  };
}
