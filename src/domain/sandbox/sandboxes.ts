/** The sandboxes of this worker: finds them for a call, takes over those of an earlier process, waits for their end. */

import { join } from 'node:path';
import type { SandboxId } from '#base/brands.ts';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import { KeyedLock } from '#base/keyed-lock.ts';
import type { Log } from '#base/log.ts';
import { abortable } from '#base/signals.ts';
import { TaskScope } from '#base/task-scope.ts';
import type { PodVmRequest } from '#codec/annotations.ts';
import type { PeerPodName } from '../node-duties/peer-pods.ts';
import type { SandboxPod } from '../node-duties/pod-reader.ts';
import { podVmName } from '../podvm/name.ts';
import type { Ledger, SandboxRecord } from './ledger.ts';
import { type SandboxObserver, silentObserver } from './observer.ts';
import { PodKeys } from './pod-keys.ts';
import type { PodNetworkPort, Releaser, Starter } from './ports.ts';
import { Sandbox, type SandboxParts } from './sandbox.ts';
import type { SandboxState } from './state.ts';

export interface SandboxesOptions {
  readonly podsDir: string;
  readonly ledger: Ledger;
  readonly network: PodNetworkPort;
  readonly starter: Starter;
  readonly releaser: Releaser;
  /** Where the PeerPod of a sandbox will be. Absent outside of Kubernetes. */
  readonly peerPodOf?: (pod: SandboxPod) => PeerPodName;
  readonly observer?: SandboxObserver;
  readonly clock: Clock;
  readonly log: Log;
  /** Sandboxes at once; more are refused with E_LIMIT. */
  readonly sandboxesMax?: number;
}

export interface CreateRequest {
  readonly sandboxId: SandboxId;
  readonly request: PodVmRequest;
  readonly netnsPath: string;
}

/** Of a sandbox that has no record. Not the pod VM's id: only tags prove that a machine is ours to end. */
export type KnownElsewhere = Pick<SandboxRecord, 'peerPod'>;

/** Far above what a kubelet takes; below, so that a caller gone mad can not fill the disk. */
const sandboxesMaxDefault = 4096;
/** For the StartVM of an earlier process to be asked again: the relay does so as soon as we listen. */
const startPatienceMs = 60_000;
/** Unknown ids whose leftovers are being looked for at once. */
const unknownStopsMax = 256;
/** A provider that takes no delete for this long must not hold up the pod's end: the release is on record. */
const stopAnswerMsMax = 60_000;

export class Sandboxes implements AsyncDisposable {
  readonly #options: SandboxesOptions;
  readonly #parts: SandboxParts;
  readonly #sandboxes = new Map<SandboxId, Sandbox>();
  readonly #locks = new KeyedLock<SandboxId>();
  readonly #scope: TaskScope;
  /** VNIs of CreateVMs under way, which no record shows yet. */
  readonly #vnisReserved = new Set<number>();
  readonly #unreadable = new Set<string>();
  readonly #unknownStops = new Map<SandboxId, Promise<void>>();
  readonly pods = new PodKeys();

  constructor(options: SandboxesOptions) {
    this.#options = options;
    const { ledger, starter, releaser, clock, log } = options;
    this.#scope = new TaskScope((error, task) => log.error({ task, error: errorText(error) }, 'task failed'));
    this.#parts = {
      ledger,
      starter,
      releaser,
      clock,
      log,
      observer: options.observer ?? silentObserver,
      scope: this.#scope,
      locks: this.#locks,
      onPodVm: (sandboxId, podVmId) => this.pods.setPodVm(sandboxId, podVmId),
      onStopping: (sandboxId) => this.pods.remove(sandboxId),
      onForgotten: (sandboxId) => this.#sandboxes.delete(sandboxId),
    };
  }

  get size(): number {
    return this.#sandboxes.size;
  }

  countByState(): Readonly<Record<SandboxState['at'], number>> {
    const counts = { created: 0, starting: 0, running: 0, stopping: 0, stopped: 0 };
    for (const { record } of this.#sandboxes.values()) counts[record.state.at] += 1;
    return counts;
  }

  /** What is on record, in the order of creation. */
  records(): readonly SandboxRecord[] {
    return [...this.#sandboxes.values()].map(({ record }) => record);
  }

  /** Ids of sandboxes whose records could not be read at the start. */
  get unreadable(): ReadonlySet<string> {
    return this.#unreadable;
  }

  /** Has the relay carry a running sandbox again. */
  async reconnect(sandboxId: SandboxId, signal: AbortSignal): Promise<void> {
    await this.#sandboxes.get(sandboxId)?.reconnect(signal);
  }

  /**
   * Takes over what an earlier process recorded. A sandbox that was stopping is released; one that was starting goes on
   * when its StartVM is asked again; others stay as they are, and can be started and stopped.
   */
  async load(): Promise<void> {
    const { ledger, log } = this.#options;
    const records = await ledger.readAll((file, error) => {
      this.#unreadable.add(file.replace(/\.json$/, ''));
      log.error({ file, error }, 'record unreadable');
    });
    for (const record of records) {
      const sandbox = this.#add(record);
      const { sandboxId, state } = record;
      if (state.at !== 'starting' && state.at !== 'stopping') continue;
      log.warn({ sandboxId, state: state.at }, 'taking up what a crash left');
      if (state.at === 'starting') sandbox.resumeStart(startPatienceMs);
      else sandbox.resumeRelease();
    }
    this.#options.starter.resumeAnnouncements(() => this.records().filter(({ state }) => state.at !== 'stopping'));
  }

  #add(record: SandboxRecord): Sandbox {
    const sandbox = new Sandbox(record, this.#parts);
    this.#sandboxes.set(record.sandboxId, sandbox);
    const { podName, podNamespace } = record.request;
    this.pods.add(record.sandboxId, podName, podNamespace);
    if (record.podVmId !== undefined) this.pods.setPodVm(record.sandboxId, record.podVmId);
    return sandbox;
  }

  /**
   * CreateVM. A known id gives the same socket path and changes nothing, also while it is being released: a shim's
   * clean-up asks again before it stops the sandbox. E_SANDBOX_STATE while what a failed one left is being released: the
   * relay asks again when the adaptor died before it could tell.
   */
  create(create: CreateRequest, signal: AbortSignal): Promise<string> {
    return this.#locks.hold(
      create.sandboxId,
      async () => {
        const known = this.#sandboxes.get(create.sandboxId);
        if (known?.record.createFailed) {
          throw new PeerPodError(
            'E_SANDBOX_STATE',
            `CreateVM of sandbox ${create.sandboxId} failed: it is being released`,
          );
        }
        if (known) return known.record.agentSocketPath;
        const { sandboxesMax = sandboxesMaxDefault } = this.#options;
        if (this.#sandboxes.size + this.#vnisReserved.size >= sandboxesMax) {
          throw new PeerPodError('E_LIMIT', `this worker has ${sandboxesMax} sandboxes already`);
        }
        const sandbox = await this.#addNew(create);
        await sandbox.open(signal);
        return sandbox.record.agentSocketPath;
      },
      signal,
    );
  }

  async #addNew({ sandboxId, request, netnsPath }: CreateRequest): Promise<Sandbox> {
    const { network, starter, clock, peerPodOf } = this.#options;
    const vni = network.allocateVni(this.#vnisInUse());
    this.#vnisReserved.add(vni);
    const name = podVmName(request.podName, sandboxId);
    const pod = { sandboxId, podName: request.podName, podNamespace: request.podNamespace };
    try {
      const [inspected, volumes] = await Promise.all([
        network.inspect(netnsPath, vni),
        network.volumesOf(pod, request.podUid),
      ]);
      starter.prepare(pod, name); // goes on while the record is on its way to the disk
      return this.#add({
        version: 1,
        sandboxId,
        createdAtMs: clock.wallNow(),
        request,
        netnsPath,
        agentSocketPath: this.#agentSocketPath(sandboxId),
        network: inspected,
        podVmName: name,
        ...(volumes.length > 0 && { volumes }),
        ...(peerPodOf && { peerPod: peerPodOf(pod) }),
        state: { at: 'created' },
      });
    } finally {
      this.#vnisReserved.delete(vni);
    }
  }

  #agentSocketPath(sandboxId: SandboxId): string {
    return join(this.#options.podsDir, sandboxId, 'agent.ttrpc');
  }

  /** VNIs that must not be given again. */
  #vnisInUse(): ReadonlySet<number> {
    const recorded = [...this.#sandboxes.values()].map((sandbox) => sandbox.record.network.vni);
    return new Set([...recorded, ...this.#vnisReserved]);
  }

  /** StartVM. Joins one under way; a running sandbox is fine. The last caller leaving undoes everything. */
  async start(sandboxId: SandboxId, signal: AbortSignal): Promise<void> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) throw new PeerPodError('E_SANDBOX_UNKNOWN', `no sandbox ${sandboxId}: CreateVM comes first`);
    await sandbox.start(signal);
  }

  /**
   * StopVM. Ends a StartVM under way, and resolves once the provider has accepted the VM's end; what remains goes on
   * whether the caller waits or not. An unknown id is looked up at the provider and then is success; `known` is what
   * others than our records know of it.
   */
  async stop(sandboxId: SandboxId, signal: AbortSignal, known: KnownElsewhere = {}): Promise<void> {
    const outcome = this.#sandboxes.has(sandboxId) ? this.#stopKnown(sandboxId) : this.#stopUnknown(sandboxId, known);
    this.#scope.run(`stop ${sandboxId}`, () => outcome.catch(() => {})); // the caller may have left
    await abortable(outcome, signal);
  }

  async #stopKnown(sandboxId: SandboxId): Promise<void> {
    const stopped = this.#sandboxes.get(sandboxId)?.stop();
    if (stopped === undefined || (await this.#inTime(stopped))) return;
    this.#options.log.warn({ sandboxId }, 'StopVM answered, the release goes on');
  }

  async #stopUnknown(sandboxId: SandboxId, known: KnownElsewhere): Promise<void> {
    let stopped = this.#unknownStops.get(sandboxId);
    if (!stopped) {
      if (this.#unknownStops.size >= unknownStopsMax) throw new PeerPodError('E_LIMIT', 'too many unknown sandboxes');
      stopped = this.#releaseUnknown(sandboxId, known);
      this.#unknownStops.set(sandboxId, stopped);
    }
    if (await this.#inTime(stopped)) return;
    throw new PeerPodError('E_POD_VM_DELETE', `the provider does not say whether ${sandboxId} has a pod VM`);
  }

  /** Resolves once the provider has accepted; a CreateVM of this id under way comes first, a later one waits. */
  #releaseUnknown(sandboxId: SandboxId, { peerPod }: KnownElsewhere): Promise<void> {
    const accepted = Promise.withResolvers<void>();
    this.#scope.run(`look for ${sandboxId}`, async (signal) => {
      try {
        await this.#locks.hold(
          sandboxId,
          async () => {
            const known = this.#sandboxes.get(sandboxId);
            if (known) return void known.stop().then(accepted.resolve, accepted.reject);
            const agentSocketPath = this.#agentSocketPath(sandboxId);
            const options = { signal, onAccepted: accepted.resolve };
            const left = { sandboxId, agentSocketPath, ...(peerPod && { peerPod }) };
            await this.#options.releaser.release(left, options);
          },
          signal,
        );
      } catch (error) {
        accepted.reject(error);
        throw error;
      } finally {
        this.#unknownStops.delete(sandboxId);
      }
    });
    return accepted.promise;
  }

  /** Whether `stopped` came before the shim's patience ends. */
  async #inTime(stopped: Promise<void>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(stopAnswerMsMax, () => late.resolve(false));
    try {
      return await Promise.race([stopped.then(() => true), late.promise]);
    } finally {
      cancel();
    }
  }

  /** Waits for starts and releases under way, at most `deadlineMs`; the records of those that are cut short remain. */
  async settle(deadlineMs: number): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(deadlineMs, enough.resolve);
    const settled = Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.settled()));
    await Promise.race([settled, enough.promise]);
    cancel();
  }

  /** Cuts short what is under way; its records remain. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }
}
