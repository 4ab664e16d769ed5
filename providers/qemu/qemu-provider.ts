/** Pod VMs as QEMU processes on the worker: each a machine with its own kernel, found again by its record. */

import { join } from 'node:path';
import {
  type CallOptions,
  type Catalogue,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmConsole,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  type ProviderHost,
  readTail,
  SingleFlight,
  throwIfAborted,
  type WarmInstance,
  type WarmInstances,
  type WarmSpec,
} from '@peerpods/provider';
import { type Accelerator, chooseAccelerator } from './accelerator.ts';
import { findImage } from './image.ts';
import { Machines } from './machines.ts';
import { mustExist, planMachine } from './plan.ts';
import { type MachineRecord, machineIdOf } from './records.ts';
import type { QemuSettings } from './settings.ts';

/** A file of QEMU's firmware interface: no limit of its own. */
export const userDataBytesMax = 1024 * 1024;
export class QemuProvider implements PodVmProvider {
  readonly warm: WarmInstances = {
    prepare: (spec, { signal }) => this.#prepare(spec, signal),
    list: async (owner, { signal }) => {
      throwIfAborted(signal);
      return this.#ofOwner(owner).flatMap((record) => (record.sandboxId === undefined ? [this.#warm(record)] : []));
    },
    claim: (warmId, spec, { signal }) => this.#claim(warmId, spec, signal),
  };
  readonly catalogue: Catalogue = {
    instanceTypes: async () => this.#settings.instanceTypes,
  };
  readonly console: PodVmConsole = {
    read: async (podVmId, bytesMax, { signal }) => {
      checkPodVmId(podVmId);
      throwIfAborted(signal);
      const record = this.#machines.records.get(podVmId);
      if (!record) return undefined;
      const folder = this.#machines.records.folderOf(record.id);
      // Together: the newer of the two files may have begun a moment ago.
      const newer = readTail(join(folder, 'console.log'), bytesMax);
      return readTail(join(folder, 'console.old'), bytesMax - Buffer.byteLength(newer)) + newer;
    },
  };
  readonly #settings: QemuSettings;
  readonly #host: ProviderHost;
  readonly #machines: Machines;
  readonly #creations = new SingleFlight<PodVm>();
  #accelerator: Promise<Accelerator> | undefined;

  constructor(settings: QemuSettings, host: ProviderHost) {
    this.#settings = settings;
    this.#host = host;
    this.#machines = new Machines(settings, host);
  }

  /**
   * An aborted caller leaves at once. Work that has begun goes on to its end, and is found by the next call; work that
   * has not is dropped, or it would begin after its caller's clean-up.
   */
  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    return await this.#creations.run(spec.sandboxId, (work) => this.#create(spec, work), signal);
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    await this.#machines.turns.take(podVmId, async () => {
      const record = this.#machines.records.get(podVmId);
      if (record) await this.#machines.remove(record);
    });
    return 'gone';
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    const record = this.#machines.records.get(podVmId);
    return record?.sandboxId === undefined ? undefined : this.#podVm(record, record.sandboxId);
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    return this.#ofOwner(owner).flatMap((record) =>
      record.sandboxId === undefined ? [] : [this.#podVm(record, record.sandboxId)],
    );
  }

  /** Runs a trial machine, and looks for the image. */
  async verify({ signal }: CallOptions): Promise<void> {
    throwIfAborted(signal);
    if (process.getuid?.() !== 0) throw new ProviderError('auth', 'QEMU pod VMs need root: bridge and taps');
    await this.#useAccelerator();
    if (this.#settings.disk === undefined) findImage(this.#settings.imageDir, undefined);
    else for (const path of [this.#settings.disk, this.#settings.firmware]) mustExist(path);
  }

  async close(): Promise<void> {
    await this.#creations.settle();
    await this.#machines.turns.settle();
  }

  async #create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const { sandboxId, name, owner } = spec;
    const found = this.#machines.records.bySandbox(sandboxId);
    const id = found?.id ?? machineIdOf(owner, 'sandbox', sandboxId);
    return await this.#machines.turns.take(id, async () => {
      const machine = { id, owner: { ...owner }, name, sandboxId };
      const known = this.#machines.records.get(id);
      const plan = planMachine(spec, this.#settings, await this.#useAccelerator());
      throwIfAborted(signal);
      return this.#podVm(await this.#machines.ensure(known, machine, plan, spec.userData), sandboxId);
    });
  }

  async #prepare(spec: WarmSpec, signal: AbortSignal): Promise<readonly WarmInstance[]> {
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    const { batchId, owner, userData, instanceType, image } = spec;
    const sizing = instanceType === undefined ? {} : { instanceType };
    const wishes = { sizing, ...(image !== undefined && { image }) };
    const plan = planMachine(wishes, this.#settings, await this.#useAccelerator());
    const making = Array.from({ length: spec.count }, (_, index) => {
      const id = machineIdOf(owner, 'warm', batchId, String(index));
      return this.#machines.turns.take(id, async () => {
        const known = this.#machines.records.get(id);
        if (known?.sandboxId !== undefined) return known; // claimed meanwhile
        const name = `podvm-warm-${id.slice(-8)}`;
        return await this.#machines.ensure(known, { id, owner: { ...owner }, name }, plan, userData);
      });
    });
    return (await Promise.all(making)).map((record) => this.#warm(record));
  }

  async #claim(warmId: string, spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    checkPodVmId(warmId);
    checkSandboxId(spec.sandboxId);
    throwIfAborted(signal);
    return await this.#machines.turns.take(warmId, async () => {
      const { sandboxId, name } = spec;
      const record = this.#machines.records.get(warmId);
      if (!record || !this.#machines.runs(record) || (record.sandboxId ?? sandboxId) !== sandboxId) {
        throw new ProviderError('not-found', `no machine ${warmId} that waits for a pod`);
      }
      const claimed = { ...record, sandboxId, name };
      this.#machines.records.write(claimed);
      return this.#podVm(claimed, sandboxId);
    });
  }

  #useAccelerator(): Promise<Accelerator> {
    const { accelerator, binary, machine, cpu, disk, imageDir } = this.#settings;
    const choose = async () => {
      const image = disk === undefined ? findImage(imageDir, undefined) : undefined;
      return await chooseAccelerator(accelerator, { binary, machine, cpu, image }, this.#host.stateDir, this.#host.log);
    };
    this.#accelerator ??= choose();
    this.#accelerator.catch(() => {
      this.#accelerator = undefined; // tried again by the next
    });
    return this.#accelerator;
  }

  #podVm(record: MachineRecord, sandboxId: string): PodVm {
    const { id, name, owner, number, createdAtMs } = record;
    const state = this.#machines.isStarting(record) ? 'creating' : this.#machines.runs(record) ? 'running' : 'deleting';
    const addresses = [this.#machines.underlay.addressOf(number)];
    return { id, name, sandboxId, owner, state, addresses, createdAtMs };
  }

  #warm(record: MachineRecord): WarmInstance {
    const { id, owner, vcpus, memoryMiB, createdAtMs } = record;
    const state = this.#machines.isStarting(record) ? 'creating' : 'running';
    const addresses = [this.#machines.underlay.addressOf(record.number)];
    return { id, owner, state, instanceType: `${vcpus}x${memoryMiB}`, addresses, createdAtMs };
  }

  #ofOwner({ cluster, node }: Owner): readonly MachineRecord[] {
    return this.#machines.records.all().filter(({ owner }) => owner.cluster === cluster && owner.node === node);
  }
}
