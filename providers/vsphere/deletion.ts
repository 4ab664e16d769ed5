/** Ends a pod VM: off, then destroyed with its disks. What is gone already is gone, whoever did it. */

import { ProviderError, SingleFlight } from '@peerpods/provider';
import type { Creation } from './creation.ts';
import { busyFaults, faultOf } from './errors.ts';
import type { Machines } from './machines.ts';
import type { Reference } from './soap.ts';

type Ending = 'deleting' | 'gone';

/** How long one call waits for a task before it answers `deleting`, ms. */
const waitMsMax = 30_000;

export class Deletion {
  readonly #machines: Machines;
  readonly #creation: Creation;
  readonly #beingMade: (id: string) => boolean;
  readonly #flights = new SingleFlight<Ending>();

  /** `beingMade`: whether a create of this pod VM is under way in this process. */
  constructor(machines: Machines, creation: Creation, beingMade: (id: string) => boolean) {
    this.#machines = machines;
    this.#creation = creation;
    this.#beingMade = beingMade;
  }

  delete(id: string, signal: AbortSignal): Promise<Ending> {
    return this.#flights.run(id, (work) => this.#delete(id, work), signal);
  }

  settle(): Promise<void> {
    return this.#flights.settle();
  }

  async #delete(id: string, signal: AbortSignal): Promise<Ending> {
    const machine = await this.#machines.find(id, signal);
    if (!machine) {
      const coming = this.#beingMade(id) || (await this.#creation.cloning(id, signal));
      if (!coming) this.#machines.forgetEnding(id);
      return coming ? 'deleting' : 'gone';
    }
    const state = await this.#machines.read(machine, signal);
    if (!(await this.#machines.marks(machine, signal))) {
      // Without a configuration, or with the template's, it is a clone on its way; else it is somebody else's VM.
      if (!state || state.instanceUuid === undefined) return 'deleting';
      if (this.#beingMade(id) || (await this.#creation.cloning(id, signal))) return 'deleting';
      throw new ProviderError('invalid-configuration', `${id} is a VM, but not a pod VM`);
    }
    this.#machines.markEnding(id);
    return await this.#destroy(id, machine, signal);
  }

  async #destroy(id: string, machine: Reference, signal: AbortSignal): Promise<Ending> {
    try {
      const state = await this.#machines.read(machine, signal);
      if (state && state.power !== 'poweredOff') await this.#switchOff(machine, signal);
      await this.#machines.run('Destroy_Task', machine, waitMsMax, signal);
    } catch (error) {
      const type = faultOf(error)?.type ?? '';
      if (busyFaults.has(type)) return 'deleting';
      if (type !== 'ManagedObjectNotFound') throw error;
    }
    this.#machines.forgetEnding(id);
    return 'gone';
  }

  async #switchOff(machine: Reference, signal: AbortSignal): Promise<void> {
    try {
      await this.#machines.run('PowerOffVM_Task', machine, waitMsMax, signal);
    } catch (error) {
      if (faultOf(error)?.type !== 'InvalidPowerState') throw error; // that one is off
    }
  }
}
