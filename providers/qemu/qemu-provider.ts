/** Pod VMs as QEMU processes on the worker: each a machine with its own kernel, found again by its record. */

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  asProviderError,
  type CallOptions,
  type Catalogue,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  type ProviderHost,
  SingleFlight,
  type Sizing,
  sleep,
  throwIfAborted,
  type WarmInstance,
  type WarmInstances,
  type WarmSpec,
  withPodVmId,
} from '@peerpods/provider';
import { type Accelerator, chooseAccelerator, cpuModels } from './accelerator.ts';
import { type MachinePlan, machineFiles, qemuCommand } from './command-line.ts';
import { prepareDisk } from './disk.ts';
import { findImage } from './image.ts';
import { endMachine, findMachine, machineErrors, startMachine } from './machine.ts';
import { QmpClient } from './qmp.ts';
import { type MachineRecord, MachineRecords, machineIdOf, machineUuid } from './records.ts';
import type { QemuSettings } from './settings.ts';
import { Underlay } from './underlay.ts';

/** A file of QEMU's firmware interface: no limit of its own. */
export const userDataBytesMax = 1024 * 1024;
/** With less, the kernel and our programs leave nothing for a pod. */
const memoryMiBMin = 256;
/** Until QEMU takes commands; a busy machine needs a while. */
const startMsMax = 30_000;
const pollMs = 10;
/** Letters in a user or disk name that need no quoting anywhere. */
const volumeName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

type Plan = Omit<MachinePlan, 'network' | 'uid' | 'uuid' | 'name'>;

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
  readonly #settings: QemuSettings;
  readonly #host: ProviderHost;
  readonly #records: MachineRecords;
  readonly #underlay: Underlay;
  readonly #creations = new SingleFlight<PodVm>();
  readonly #starting = new Set<string>();
  /** One change of a machine at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #accelerator: Promise<Accelerator> | undefined;

  constructor(settings: QemuSettings, host: ProviderHost) {
    this.#settings = settings;
    this.#host = host;
    this.#records = new MachineRecords(host.stateDir);
    this.#underlay = new Underlay(settings.underlay.cidr, settings.underlay.mtu);
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
    await this.#inTurn(podVmId, async () => {
      const record = this.#records.get(podVmId);
      if (record) await this.#remove(record);
    });
    return 'gone';
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    const record = this.#records.get(podVmId);
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
    await Promise.allSettled(this.#turns.values());
  }

  async #create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const { sandboxId, name, owner } = spec;
    const found = this.#records.bySandbox(sandboxId);
    const id = found?.id ?? machineIdOf(owner, 'sandbox', sandboxId);
    return await this.#inTurn(id, async () => {
      const machine = { id, owner: { ...owner }, name, sandboxId };
      const known = this.#records.get(id);
      const plan = await this.#plan(spec);
      throwIfAborted(signal);
      return this.#podVm(await this.#ensure(known, machine, plan, spec.userData), sandboxId);
    });
  }

  async #prepare(spec: WarmSpec, signal: AbortSignal): Promise<readonly WarmInstance[]> {
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    const { batchId, owner, userData, instanceType, image } = spec;
    const sizing = instanceType === undefined ? {} : { instanceType };
    const plan = await this.#plan({ sizing, ...(image !== undefined && { image }) });
    const making = Array.from({ length: spec.count }, (_, index) => {
      const id = machineIdOf(owner, 'warm', batchId, String(index));
      return this.#inTurn(id, async () => {
        const known = this.#records.get(id);
        if (known?.sandboxId !== undefined) return known; // claimed meanwhile
        const name = `podvm-warm-${id.slice(-8)}`;
        return await this.#ensure(known, { id, owner: { ...owner }, name }, plan, userData);
      });
    });
    return (await Promise.all(making)).map((record) => this.#warm(record));
  }

  async #claim(warmId: string, spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    checkPodVmId(warmId);
    checkSandboxId(spec.sandboxId);
    throwIfAborted(signal);
    return await this.#inTurn(warmId, async () => {
      const { sandboxId, name } = spec;
      const record = this.#records.get(warmId);
      if (!record || !this.#runs(record) || (record.sandboxId ?? sandboxId) !== sandboxId) {
        throw new ProviderError('not-found', `no machine ${warmId} that waits for a pod`);
      }
      const claimed = { ...record, sandboxId, name };
      this.#records.write(claimed);
      return this.#podVm(claimed, sandboxId);
    });
  }

  /** The machine of a record if it runs and was started to the end, else a new one in its place. */
  async #ensure(
    known: MachineRecord | undefined,
    machine: Pick<MachineRecord, 'id' | 'owner' | 'name' | 'sandboxId'>,
    plan: Plan,
    userData: string,
  ): Promise<MachineRecord> {
    if (known && this.#runs(known) && !existsSync(this.#file(known, machineFiles.userData))) return known;
    if (known) await this.#remove(known); // half made, or ended
    const { vcpus, memoryMiB } = plan;
    const createdAtMs = this.#host.clock.wallNow();
    const record = this.#records.add({ ...machine, vcpus, memoryMiB, createdAtMs }, this.#underlay.numberMax);
    try {
      await this.#start(record, plan, userData);
    } catch (error) {
      throw withPodVmId(asProviderError(error, `make pod VM ${machine.name}`), record.id);
    }
    const { id, name } = record;
    this.#host.log.info({ podVm: name, machine: id, accelerator: plan.accelerator }, 'QEMU pod VM started');
    return record;
  }

  /** All that can be refused is refused here, before anything is made. */
  async #plan(spec: Pick<PodVmSpec, 'sizing' | 'image' | 'dedicatedInterface' | 'volumes'>): Promise<Plan> {
    const settings = this.#settings;
    if (spec.dedicatedInterface) {
      throw new ProviderError('invalid-configuration', 'QEMU pod VMs have one network interface');
    }
    const boot: MachinePlan['boot'] =
      settings.disk === undefined
        ? { from: 'kernel', image: findImage(settings.imageDir, spec.image), arguments: settings.kernelArguments }
        : { from: 'disk', disk: settings.disk, firmware: settings.firmware };
    const accelerator = await this.#useAccelerator();
    return {
      binary: settings.binary,
      machine: settings.machine,
      accelerator,
      cpu: settings.cpu ?? cpuModels[accelerator],
      ...sizeOf(spec.sizing, settings),
      mtu: this.#underlay.mtu,
      boot,
      volumes: volumePaths(spec.volumes ?? [], settings.volumesDir),
      vhost: false,
    };
  }

  async #start(record: MachineRecord, partial: Plan, userData: string): Promise<void> {
    const { clock } = this.#host;
    const folder = this.#records.folderOf(record.id);
    const network = this.#underlay.machine(record.number);
    const uid = userOf(record, this.#settings.uidBase);
    const uuid = machineUuid(record.id);
    const plan: MachinePlan = { ...partial, name: record.name, uuid, network, uid };
    const limit = new AbortController();
    const cancel = clock.after(startMsMax, () => limit.abort(new Error(`QEMU took no command in ${startMsMax} ms`)));
    this.#starting.add(record.id);
    try {
      writeFileSync(this.#file(record, machineFiles.userData), userData, { mode: 0o600 });
      if (plan.boot.from === 'disk') {
        await prepareDisk(folder, plan.boot.disk, { name: record.name, network, userData });
      }
      await startMachine(folder, qemuCommand(plan));
      using control = await this.#openControl(record, uuid, limit.signal);
      await this.#underlay.connect(network);
      await control.execute('cont', {}, limit.signal);
      // QEMU has read them; with them went the VM's private key. Their absence says that the start is complete.
      rmSync(this.#file(record, machineFiles.cidata), { force: true });
      rmSync(this.#file(record, machineFiles.userData));
    } finally {
      cancel();
      this.#starting.delete(record.id);
    }
  }

  /** QEMU listens once its devices are open. When it ends before that, its own words tell why. */
  async #openControl(record: MachineRecord, uuid: string, signal: AbortSignal): Promise<QmpClient> {
    const folder = this.#records.folderOf(record.id);
    let seen = false;
    for (;;) {
      try {
        return await QmpClient.open(join(folder, machineFiles.control), signal);
      } catch (error) {
        signal.throwIfAborted();
        const runs = findMachine(folder, uuid) !== undefined;
        const errors = machineErrors(folder);
        if (!runs && (seen || errors !== ''))
          throw new ProviderError('transient', `QEMU ended: ${errors}`, { cause: error });
        seen = runs;
      }
      await sleep(this.#host.clock, pollMs, signal);
    }
  }

  async #remove(record: MachineRecord): Promise<void> {
    const { signal } = new AbortController(); // once begun it is carried through
    await endMachine(this.#records.folderOf(record.id), machineUuid(record.id), this.#host.clock, signal);
    this.#records.remove(record.id);
    await this.#underlay.removeUnless(() => this.#records.all().length > 0);
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
    const state = this.#starting.has(id) ? 'creating' : this.#runs(record) ? 'running' : 'deleting';
    const addresses = [this.#underlay.addressOf(number)];
    return { id, name, sandboxId, owner, state, addresses, createdAtMs };
  }

  #warm(record: MachineRecord): WarmInstance {
    const { id, owner, vcpus, memoryMiB, createdAtMs } = record;
    const state = this.#starting.has(id) ? 'creating' : 'running';
    const addresses = [this.#underlay.addressOf(record.number)];
    return { id, owner, state, instanceType: `${vcpus}x${memoryMiB}`, addresses, createdAtMs };
  }

  #ofOwner({ cluster, node }: Owner): readonly MachineRecord[] {
    return this.#records.all().filter(({ owner }) => owner.cluster === cluster && owner.node === node);
  }

  #runs({ id }: MachineRecord): boolean {
    return findMachine(this.#records.folderOf(id), machineUuid(id)) !== undefined;
  }

  #file({ id }: MachineRecord, name: string): string {
    return join(this.#records.folderOf(id), name);
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(id, settled);
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    });
    return turn;
  }
}

/**
 * A machine is not picked from a list: it gets the vCPUs and memory that are asked for. A type of the settings is a
 * short word for both; other words for a type, as Kata's configuration may have one, mean nothing here.
 */
function sizeOf(sizing: Sizing, settings: QemuSettings): { vcpus: number; memoryMiB: number } {
  if ((sizing.gpus ?? 0) > 0) throw new ProviderError('invalid-configuration', 'QEMU pod VMs have no GPUs');
  const type = settings.instanceTypes.find(({ name }) => name === sizing.instanceType);
  if (type) return { vcpus: type.vcpus, memoryMiB: type.memoryMiB };
  const amount = (value: number | undefined, otherwise: number) =>
    value === undefined || !(value > 0) ? otherwise : Math.ceil(value);
  return {
    vcpus: amount(sizing.vcpus, settings.vcpus),
    memoryMiB: Math.max(memoryMiBMin, amount(sizing.memoryMiB, settings.memoryMiB)),
  };
}

function volumePaths(volumes: readonly string[], folder: string | undefined): readonly string[] {
  return volumes.map((name) => {
    if (folder === undefined || !volumeName.test(name)) {
      throw new ProviderError('invalid-configuration', `volume ${JSON.stringify(name)} cannot be attached here`);
    }
    const path = join(folder, name);
    mustExist(path);
    return path;
  });
}

/** Undefined where QEMU cannot change its user: without root, or in a user namespace that lacks it. */
function userOf({ number }: MachineRecord, uidBase: number): number | undefined {
  if (uidBase === 0 || process.getuid?.() !== 0) return undefined;
  const uid = uidBase + number;
  const mapped = readFileSync('/proc/self/uid_map', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some(([inside = 0, , length = 0]) => uid >= inside && uid < inside + length);
  return mapped ? uid : undefined;
}

function mustExist(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new ProviderError('invalid-configuration', `${path} does not exist`);
  }
}
