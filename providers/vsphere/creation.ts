/** Makes a sandbox's VM, or finds the one that is there: one clone by a name that the vCenter takes only once. */

import {
  asProviderError,
  type Clock,
  isProviderError,
  type PodVm,
  type PodVmSpec,
  ProviderError,
  type ProviderLog,
  placeFirst,
  sleep,
  throwIfAborted,
  UnavailableOfferings,
  withPodVmId,
} from '@peerpods/provider';
import { type CloneRequest, cloneArguments, type Place } from './clone-request.ts';
import { faultOf, translateFault } from './errors.ts';
import { type Identity, identityOf, type Marks } from './identity.ts';
import type { Inventory } from './inventory.ts';
import { type Machine, podVmOf } from './machine.ts';
import type { Machines } from './machines.ts';
import type { VsphereSettings } from './options.ts';
import type { Placement } from './placement.ts';
import { type Reference, referenceOf, type VimFault } from './soap.ts';
import type { VCenter } from './vcenter.ts';
import { childOf } from './xml.ts';

export interface CreationParts {
  readonly vcenter: VCenter;
  readonly inventory: Inventory;
  readonly machines: Machines;
  readonly placement: Placement;
  readonly settings: VsphereSettings;
  readonly clock: Clock;
  readonly log: ProviderLog;
}

/** From the accepted clone to an address, ms: below what Kata waits for StartVM. */
const readyMsMax = 540_000;
const powerMsMax = 60_000;
const undoMsMax = 120_000;
const againMs = 1000;
const clonesMax = 10_000;

interface Made {
  readonly reference: Reference;
  /** Cloned and switched on by the task that was just waited for. */
  readonly fresh: boolean;
}

export class Creation {
  readonly #parts: CreationParts;
  readonly #unavailable: UnavailableOfferings;
  /** Clones by pod VM id whose task nobody has seen the end of. */
  readonly #clones = new Map<string, Reference>();

  constructor(parts: CreationParts) {
    this.#parts = parts;
    this.#unavailable = new UnavailableOfferings(parts.clock);
  }

  async create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const { machines, clock } = this.#parts;
    const identity = identityOf(spec);
    const until = clock.now() + readyMsMax;
    const found = await machines.find(identity.id, signal);
    const machine = found ? { reference: found, fresh: false } : await this.#make(spec, identity, until, signal);
    try {
      return await this.#ready(spec, machine, until, signal);
    } catch (error) {
      const failure = asProviderError(error, `waiting for ${identity.vmName}`);
      throw withPodVmId(failure, identity.id);
    }
  }

  /** Whether a clone that may become this pod VM is still running. */
  async cloning(id: string, signal: AbortSignal): Promise<boolean> {
    const task = this.#clones.get(id);
    if (!task) return false;
    if (await this.#parts.machines.taskRuns(task, signal)) return true;
    this.#clones.delete(id);
    return false;
  }

  async #make(spec: PodVmSpec, identity: Identity, until: number, signal: AbortSignal): Promise<Made> {
    const { inventory, placement, settings } = this.#parts;
    try {
      const [template, folder] = [await inventory.template(spec.image, signal), await inventory.ensureFolder(signal)];
      const request: CloneRequest = { spec, identity, template, folder, storagePolicy: settings.storagePolicy };
      const offerings = await placement.offerings(request, signal);
      return await placeFirst(offerings, { unavailable: this.#unavailable, signal }, (offering) => {
        const placed = offerings.find(({ zone }) => zone === offering.zone);
        if (!placed) throw new TypeError(`no place ${offering.zone}`);
        return this.#clone(request, placed.place, until, signal);
      });
    } catch (error) {
      // A reference that was remembered may lead nowhere any more; the next try looks it up again.
      if (isProviderError(error, 'not-found') || isProviderError(error, 'invalid-configuration')) inventory.forget();
      throw error;
    }
  }

  /**
   * Safe to send again after a lost answer: the first clone owns the name from its start on, and the second is told
   * whose it is.
   */
  async #clone(request: CloneRequest, place: Place, until: number, signal: AbortSignal): Promise<Made> {
    const { vcenter, machines, clock } = this.#parts;
    const { id } = request.identity;
    throwIfAborted(signal);
    try {
      const task = await vcenter.callForReference(
        'CloneVM_Task',
        request.template.reference,
        cloneArguments(request, place),
        { signal, uninterruptible: true },
      );
      if (this.#clones.size >= clonesMax) this.#clones.clear();
      this.#clones.set(id, task);
      const outcome = await machines.waitForTask(task, Math.max(1, until - clock.now()), signal);
      this.#clones.delete(id);
      if ('result' in outcome && outcome.result) return { reference: outcome.result, fresh: true };
      if ('fault' in outcome) throw outcome.fault;
      throw new ProviderError('transient', 'CloneVM_Task: the finished task names no VM');
    } catch (cause) {
      const fault = faultOf(cause);
      const existing = fault && duplicateOf(fault);
      if (existing) return { reference: existing, fresh: false };
      const error = fault === cause && fault ? translateFault(fault, 'CloneVM_Task') : asProviderError(cause, 'clone');
      throw await this.#undone(request.identity, error);
    }
  }

  /** A refused clone may have left a VM that could not be started: it ends before another place is tried. */
  async #undone({ id, vmName }: Identity, error: ProviderError): Promise<ProviderError> {
    const { machines, log } = this.#parts;
    const full = error.code === 'no-capacity' || error.code === 'quota';
    // What is only unknown may still be on its way, and the next create finds it.
    if (!full) return this.#clones.has(id) || error.code === 'transient' ? withPodVmId(error, id) : error;
    const signal = AbortSignal.timeout(undoMsMax);
    try {
      const left = await machines.find(id, signal);
      if (left) {
        log.info({ podVm: id, vmName, error: error.message }, 'a clone found no room; what it left is destroyed');
        const state = await machines.read(left, signal);
        if (state?.power === 'poweredOn') await machines.run('PowerOffVM_Task', left, undoMsMax, signal);
        await machines.run('Destroy_Task', left, undoMsMax, signal);
      }
      return error;
    } catch (failure) {
      if (faultOf(failure)?.type === 'ManagedObjectNotFound') return error;
      log.warn({ podVm: id, error: String(failure) }, 'what a failed clone left could not be destroyed');
      return withPodVmId(error, id);
    }
  }

  async #ready(spec: PodVmSpec, made: Made, until: number, signal: AbortSignal): Promise<PodVm> {
    const { machines, clock } = this.#parts;
    const { reference: machine, fresh } = made;
    const marks = fresh ? spec : await this.#settled(spec, machine, until, signal);
    const wanted = spec.dedicatedInterface === true ? 2 : 1;
    const running = await machines.wait(
      machine,
      (state) => {
        if (state.power === 'poweredOff') throw new ProviderError('transient', 'the pod VM was switched off');
        return state.addresses.length >= wanted ? state : undefined;
      },
      Math.max(1, until - clock.now()),
      signal,
    );
    return finished(running, marks, spec);
  }

  /** Past its cloning, ours, and switched on. */
  async #settled(spec: PodVmSpec, machine: Reference, until: number, signal: AbortSignal): Promise<Marks> {
    const { machines, clock } = this.#parts;
    for (;;) {
      // In this order: whoever is switched on has had its configuration, so the marks read after it are the last word.
      const state = await machines.read(machine, signal);
      const marks = await machines.marks(machine, signal);
      if (!state) throw new ProviderError('transient', `${machine.value} went away while it was made`);
      if (marks) {
        checkOurs(marks, spec);
        if (state.power === 'poweredOn') return marks;
        if (await this.#switchedOn(machine, signal)) return marks;
      } else if (state.instanceUuid !== undefined && state.power === 'poweredOn') {
        throw new ProviderError(
          'invalid-configuration',
          `${machine.value} has the pod VM's name and is not one of ours`,
        );
      }
      if (clock.now() + againMs > until) throw new ProviderError('transient', `${machine.value} stays unfinished`);
      await sleep(clock, againMs, signal);
    }
  }

  /** False while the vCenter is still busy with the VM. */
  async #switchedOn(machine: Reference, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#parts.machines.run('PowerOnVM_Task', machine, powerMsMax, signal);
      return true;
    } catch (error) {
      const type = faultOf(error)?.type;
      if (type === 'TaskInProgress' || type === 'InvalidState' || type === 'InvalidPowerState') return false;
      throw error;
    }
  }
}

function duplicateOf(fault: VimFault): Reference | undefined {
  const existing = fault.type === 'DuplicateName' ? referenceOf(childOf(fault.detail, 'object')) : undefined;
  return existing?.type === 'VirtualMachine' ? existing : undefined;
}

function checkOurs(marks: Marks, { sandboxId, owner }: PodVmSpec): void {
  if (marks.sandboxId === sandboxId && marks.owner.cluster === owner.cluster) return;
  throw new ProviderError('invalid-configuration', `the VM of this name belongs to sandbox ${marks.sandboxId}`);
}

function finished(machine: Machine, marks: Marks, spec: PodVmSpec): PodVm {
  const podVm = podVmOf(machine, marks, false);
  if (!podVm) throw new ProviderError('transient', 'the vCenter tells no instanceUuid of the pod VM');
  return { ...podVm, addresses: podVm.addresses.slice(0, spec.dedicatedInterface === true ? 2 : 1) };
}
