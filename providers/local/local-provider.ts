/** Pod VMs on the worker itself: namespaces in place of hardware, found again after a restart by their records. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { createNetns, deleteNetns } from '@peerpods/netlink';
import {
  abortable,
  type CallOptions,
  type Catalogue,
  checkPodVmId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmConsole,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  type ProviderHost,
  readTail,
  throwIfAborted,
  type WarmInstance,
  type WarmInstances,
  type WarmSpec,
} from '@peerpods/provider';
import { bootScript } from './boot-script.ts';
import { endMachine, machineRuns, startMachine } from './machine.ts';
import { addressOf, capacityOf, connectMachine, disconnectMachine, removeBridge, type Underlay } from './underlay.ts';

/** A pipe to the VM's first program: no limit of its own. */
export const userDataBytesMax = 1024 * 1024;

interface MachineRecord {
  /** Names the directory and the pod VM: the sandbox's, or that of its batch for one that was made warm. */
  readonly id: string;
  /** Absent while no pod has the machine. */
  readonly sandboxId?: string;
  readonly name: string;
  readonly owner: Owner;
  /** Gives the address and the link's name. */
  readonly number: number;
}

export class LocalProvider implements PodVmProvider {
  /** Every local VM has all of the worker. */
  readonly catalogue: Catalogue = {
    instanceTypes: async () => {
      const memoryMiB = Math.floor(totalmem() / 1024 / 1024);
      return [{ name: 'local', vcpus: availableParallelism(), memoryMiB, gpus: 0 }];
    },
  };
  readonly warm: WarmInstances = {
    prepare: async (spec, { signal }) => {
      checkUserData(spec, userDataBytesMax);
      throwIfAborted(signal);
      return await abortable(
        this.#inTurn(() => this.#prepare(spec)),
        signal,
      );
    },
    list: async (owner, { signal }) => {
      throwIfAborted(signal);
      return this.#ofOwner(owner).flatMap((record) => (record.sandboxId === undefined ? [this.#warm(record)] : []));
    },
    claim: async (warmId, spec, { signal }) => {
      checkPodVmId(warmId);
      throwIfAborted(signal);
      return await abortable(
        this.#inTurn(async () => this.#claim(warmId, spec)),
        signal,
      );
    },
  };
  readonly console: PodVmConsole = {
    read: async (podVmId, bytesMax, { signal }) => {
      checkPodVmId(podVmId);
      throwIfAborted(signal);
      if (!this.#records().some(({ id }) => id === podVmId)) return undefined;
      return readTail(this.#path(podVmId, 'console.log'), bytesMax);
    },
  };
  readonly #underlay: Underlay;
  readonly #host: ProviderHost;
  #last: Promise<unknown> = Promise.resolve();

  constructor(underlay: Underlay, host: ProviderHost) {
    this.#underlay = underlay;
    this.#host = host;
    // Of a predecessor that ended before the first record: nothing stands behind it, and no one will ask for it.
    for (const entry of readdirSync(host.stateDir)) {
      if (!existsSync(this.#path(entry, 'record.json'))) rmSync(join(host.stateDir, entry), { recursive: true });
    }
  }

  /**
   * An aborted caller leaves at once. Work that has begun goes on to its end, and its record is found by the next call;
   * work that waits for its turn is dropped, or it would begin after its caller's clean-up.
   */
  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(spec.sandboxId)) {
      throw new ProviderError('invalid-configuration', `sandbox id ${JSON.stringify(spec.sandboxId)} is not one`);
    }
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    const turn = this.#inTurn(async () => {
      throwIfAborted(signal);
      return await this.#create(spec);
    });
    return await abortable(turn, signal);
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    return await abortable(
      this.#inTurn(() => this.#delete(podVmId)),
      signal,
    );
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    const record = this.#records().find(({ id }) => id === podVmId);
    return record?.sandboxId === undefined ? undefined : this.#podVm(record, record.sandboxId);
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    return this.#ofOwner(owner).flatMap((record) =>
      record.sandboxId === undefined ? [] : [this.#podVm(record, record.sandboxId)],
    );
  }

  async verify({ signal }: CallOptions): Promise<void> {
    throwIfAborted(signal);
    if (process.getuid?.() !== 0) throw new ProviderError('auth', 'local pod VMs need root');
    if (!this.#host.podVmPrograms) throw new ProviderError('invalid-configuration', 'no programs for pod VMs');
  }

  async close(): Promise<void> {
    await this.#last;
  }

  async #create(spec: PodVmSpec): Promise<PodVm> {
    const { sandboxId, name, owner } = spec;
    const found = this.#records().find((record) => record.sandboxId === sandboxId);
    const machine = { id: found?.id ?? sandboxId, sandboxId, name, owner: { ...owner } };
    return this.#podVm(await this.#ensure(machine, found, spec.userData), sandboxId);
  }

  async #prepare({ batchId, count, owner, userData }: WarmSpec): Promise<readonly WarmInstance[]> {
    const made: WarmInstance[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = `warm-${batchId}-${index}`;
      const found = this.#records().find((record) => record.id === id);
      if (found?.sandboxId !== undefined) continue; // claimed meanwhile
      made.push(this.#warm(await this.#ensure({ id, name: `podvm-${id}`, owner: { ...owner } }, found, userData)));
    }
    return made;
  }

  #claim(warmId: string, { sandboxId, name }: PodVmSpec): PodVm {
    const record = this.#records().find(({ id }) => id === warmId);
    if (!record || !machineRuns(this.#path(warmId, 'netns')) || (record.sandboxId ?? sandboxId) !== sandboxId) {
      throw new ProviderError('not-found', `no machine ${warmId} that waits for a pod`);
    }
    const claimed = { ...record, sandboxId, name };
    this.#write(claimed);
    return this.#podVm(claimed, sandboxId);
  }

  /** The machine that was found, or, if that was half made or has ended, one made anew in the same place. */
  async #ensure(
    machine: Omit<MachineRecord, 'number'>,
    found: MachineRecord | undefined,
    userData: string,
  ): Promise<MachineRecord> {
    const { id, name } = machine;
    const programs = this.#host.podVmPrograms;
    if (!programs) throw new ProviderError('invalid-configuration', 'no programs for pod VMs');
    if (found && machineRuns(this.#path(id, 'netns'))) return found;
    if (found) await this.#release(found);
    const record = { ...machine, number: found?.number ?? this.#freeNumber(this.#records()) };
    this.#write(record);
    try {
      const netnsPath = this.#path(id, 'netns');
      await createNetns(netnsPath);
      await connectMachine(this.#underlay, netnsPath, record.number);
      await startMachine(netnsPath, this.#path(id, 'console.log'), bootScript(programs), userData);
    } catch (cause) {
      if (cause instanceof ProviderError && cause.podVmId !== undefined) throw cause;
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new ProviderError('transient', `make pod VM ${name}: ${text}`, { cause, podVmId: id });
    }
    this.#host.log.info({ podVm: name, machine: id, number: record.number }, 'local pod VM started');
    return record;
  }

  async #delete(podVmId: string): Promise<'gone'> {
    const record = this.#records().find(({ id }) => id === podVmId);
    if (!record) return 'gone';
    await this.#release(record);
    rmSync(this.#path(podVmId, ''), { recursive: true, force: true });
    if (this.#records().length === 0) await removeBridge();
    return 'gone';
  }

  async #release(record: MachineRecord): Promise<void> {
    const netnsPath = this.#path(record.id, 'netns');
    await endMachine(netnsPath);
    await disconnectMachine(record.number);
    await deleteNetns(netnsPath);
  }

  #podVm({ id, name, owner, number }: MachineRecord, sandboxId: string): PodVm {
    const state = machineRuns(this.#path(id, 'netns')) ? 'running' : 'creating';
    return { id, name, sandboxId, owner, state, addresses: [addressOf(this.#underlay, number)] };
  }

  #warm({ id, owner, number }: MachineRecord): WarmInstance {
    const state = machineRuns(this.#path(id, 'netns')) ? 'running' : 'creating';
    const addresses = [addressOf(this.#underlay, number)];
    const createdAtMs = Math.round(statSync(this.#path(id, 'record.json')).mtimeMs);
    return { id, owner, state, instanceType: 'local', addresses, createdAtMs };
  }

  #ofOwner({ cluster, node }: Owner): readonly MachineRecord[] {
    return this.#records().filter(({ owner }) => owner.cluster === cluster && owner.node === node);
  }

  #records(): readonly MachineRecord[] {
    const records: MachineRecord[] = [];
    for (const entry of readdirSync(this.#host.stateDir)) {
      try {
        records.push(JSON.parse(readFileSync(this.#path(entry, 'record.json'), 'utf8')) as MachineRecord);
      } catch (error) {
        // A directory whose record was not yet written has nothing behind it.
        if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
    return records;
  }

  #write(record: MachineRecord): void {
    mkdirSync(this.#path(record.id, ''), { recursive: true, mode: 0o700 });
    const path = this.#path(record.id, 'record.json');
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }

  #freeNumber(records: readonly MachineRecord[]): number {
    const taken = new Set(records.map((record) => record.number));
    for (let number = 1; number <= capacityOf(this.#underlay); number += 1) if (!taken.has(number)) return number;
    throw new ProviderError('no-capacity', `every address of ${this.#underlay.cidr} is taken`);
  }

  #path(id: string, file: string): string {
    return join(this.#host.stateDir, id, file);
  }

  /** One change at a time: addresses, the bridge and a sandbox's pieces never meet a second hand. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
