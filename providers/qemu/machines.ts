/** The machines of this worker as they stand: records, processes and taps, changed one at a time. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asProviderError, ProviderError, type ProviderHost, sleep, Turns, withPodVmId } from '@peerpods/provider';
import { type MachinePlan, machineFiles, qemuCommand } from './command-line.ts';
import { prepareDisk } from './disk.ts';
import { endMachine, findMachine, machineErrors, startMachine } from './machine.ts';
import type { PlannedMachine } from './plan.ts';
import { QmpClient } from './qmp.ts';
import { type MachineRecord, MachineRecords, machineUuid } from './records.ts';
import type { QemuSettings } from './settings.ts';
import { Underlay } from './underlay.ts';

/** Until QEMU takes commands; a busy machine needs a while. */
const startMsMax = 30_000;
const pollMs = 10;

export class Machines {
  readonly records: MachineRecords;
  readonly underlay: Underlay;
  /** One change of a machine at a time. */
  readonly turns = new Turns();
  readonly #settings: QemuSettings;
  readonly #host: ProviderHost;
  readonly #starting = new Set<string>();

  constructor(settings: QemuSettings, host: ProviderHost) {
    this.#settings = settings;
    this.#host = host;
    this.records = new MachineRecords(host.stateDir);
    this.underlay = new Underlay(settings.underlay.cidr, settings.underlay.mtu);
  }

  isStarting({ id }: MachineRecord): boolean {
    return this.#starting.has(id);
  }

  runs({ id }: MachineRecord): boolean {
    return findMachine(this.records.folderOf(id), machineUuid(id)) !== undefined;
  }

  /** The machine of a record if it runs and was started to the end, else a new one in its place. */
  async ensure(
    known: MachineRecord | undefined,
    machine: Pick<MachineRecord, 'id' | 'owner' | 'name' | 'sandboxId'>,
    plan: PlannedMachine,
    userData: string,
  ): Promise<MachineRecord> {
    if (known && this.runs(known) && !existsSync(this.#file(known, machineFiles.userData))) return known;
    if (known) await this.remove(known); // half made, or ended
    const { vcpus, memoryMiB } = plan;
    const createdAtMs = this.#host.clock.wallNow();
    const record = this.records.add({ ...machine, vcpus, memoryMiB, createdAtMs }, this.underlay.numberMax);
    try {
      await this.#start(record, plan, userData);
    } catch (error) {
      throw withPodVmId(asProviderError(error, `make pod VM ${machine.name}`), record.id);
    }
    const { id, name } = record;
    this.#host.log.info({ podVm: name, machine: id, accelerator: plan.accelerator }, 'QEMU pod VM started');
    return record;
  }

  async #start(record: MachineRecord, partial: PlannedMachine, userData: string): Promise<void> {
    const { clock } = this.#host;
    const folder = this.records.folderOf(record.id);
    const network = this.underlay.machine(record.number);
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
      await this.underlay.connect(network);
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
    const folder = this.records.folderOf(record.id);
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

  async remove(record: MachineRecord): Promise<void> {
    const { signal } = new AbortController(); // once begun it is carried through
    await endMachine(this.records.folderOf(record.id), machineUuid(record.id), this.#host.clock, signal);
    await this.underlay.disconnect(this.underlay.machine(record.number));
    this.records.remove(record.id);
    await this.underlay.removeUnless(() => this.records.all().length > 0);
  }

  #file({ id }: MachineRecord, name: string): string {
    return join(this.records.folderOf(id), name);
  }
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
