/** The VMs and tasks of a vCenter: found, listed, and waited for by one read that all waiters share. */

import {
  type Clock,
  isProviderError,
  type Owner,
  type PodVm,
  Poller,
  ProviderError,
  type Random,
} from '@peerpods/provider';
import { translateFault } from './errors.ts';
import { isInstanceUuid, type Marks, mayBeOurs, parseMarks } from './identity.ts';
import type { Inventory } from './inventory.ts';
import { changingPaths, type Machine, machineOf, podVmOf } from './machine.ts';
import { type Reference, reference, referenceOf, taskFault, VimFault } from './soap.ts';
import type { Properties, VCenter } from './vcenter.ts';
import { childOf, text } from './xml.ts';

export interface MachinesParts {
  readonly vcenter: VCenter;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a task came to. A failed one is no error of the wait. */
export type TaskOutcome = { readonly result: Reference | undefined } | { readonly fault: VimFault };

const taskPaths = ['info.state', 'info.error', 'info.result'];
const pollMs = 400;
const pollMsMax = 5000;
const marksMax = 20_000;

export class Machines {
  readonly #parts: MachinesParts;
  readonly #poller: Poller<Properties>;
  /** By the VM's reference, which a vCenter never gives twice; marks do not change. Only of those that are ours. */
  readonly #marks = new Map<string, Marks>();
  /** Ids of pod VMs whose end was asked for. */
  readonly #ending = new Set<string>();

  constructor(parts: MachinesParts) {
    const { vcenter, clock, random } = parts;
    this.#parts = parts;
    this.#poller = new Poller({
      clock,
      random,
      intervalMs: pollMs,
      intervalMsMax: pollMsMax,
      read: (ids, signal) => {
        const objects = ids.map((id): Reference => {
          const at = id.indexOf(':');
          return { type: id.slice(0, at), value: id.slice(at + 1) };
        });
        return keyed(objects, vcenter.retrieve(objects, { VirtualMachine: changingPaths, Task: taskPaths }, signal));
      },
    });
  }

  close(): void {
    this.#poller.close();
  }

  /** The VM with this instanceUuid, wherever in the datacenter it is. */
  async find(id: string, signal: AbortSignal): Promise<Reference | undefined> {
    if (!isInstanceUuid(id)) return undefined;
    const { vcenter, inventory } = this.#parts;
    const datacenter = await inventory.datacenter(signal);
    const { searchIndex } = await vcenter.content(signal);
    const args = reference('datacenter', datacenter) + text('uuid', id);
    const answer = await vcenter.call(
      'FindByUuid',
      searchIndex,
      args + text('vmSearch', true) + text('instanceUuid', true),
      { signal },
    );
    return referenceOf(childOf(answer, 'returnval'));
  }

  async read(machine: Reference, signal: AbortSignal): Promise<Machine | undefined> {
    const found = await this.#parts.vcenter.retrieve([machine], { VirtualMachine: changingPaths }, signal);
    const properties = found.get(machine.value);
    return properties && machineOf(machine, properties);
  }

  /** Undefined for a VM that is not a pod VM, or that is not far enough to tell. */
  async marks(machine: Reference, signal: AbortSignal): Promise<Marks | undefined> {
    await this.#learnMarks([machine], signal);
    return this.#marks.get(machine.value);
  }

  async get(id: string, signal: AbortSignal): Promise<PodVm | undefined> {
    const found = await this.find(id, signal);
    const marks = found && (await this.marks(found, signal));
    if (!marks) return undefined;
    const machine = await this.read(found, signal);
    return machine && podVmOf(machine, marks, this.#ending.has(id));
  }

  /** Names of all VMs in the folder, then marks of those that are new to us, then the state of the owner's. */
  async list(isMeant: (owner: Owner) => boolean, signal: AbortSignal): Promise<readonly PodVm[]> {
    const { vcenter, inventory } = this.#parts;
    const folder = await inventory.folder(signal);
    if (!folder) return [];
    const names = await vcenter.retrieveBelow(folder, 'VirtualMachine', ['name'], signal);
    const candidates = [...names]
      .filter(([, properties]) => mayBeOurs(properties.get('name')?.text ?? ''))
      .map(([value]): Reference => ({ type: 'VirtualMachine', value }));
    await this.#learnMarks(candidates, signal);
    const owned = candidates.filter(({ value }) => {
      const marks = this.#marks.get(value);
      return marks !== undefined && isMeant(marks.owner);
    });
    const states = await vcenter.retrieve(owned, { VirtualMachine: changingPaths }, signal);
    return owned.flatMap((machine) => {
      const [properties, marks] = [states.get(machine.value), this.#marks.get(machine.value)];
      if (!properties || !marks) return [];
      const read = machineOf(machine, properties);
      return podVmOf(read, marks, this.#ending.has(read.instanceUuid ?? '')) ?? [];
    });
  }

  /** Resolves with what `test` gives for the machine; a machine that is gone ends it with `transient`. */
  async wait<T>(
    machine: Reference,
    test: (machine: Machine) => T | undefined,
    waitMsMax: number,
    signal: AbortSignal,
  ): Promise<T> {
    const observe = (properties: Properties | undefined) => {
      if (!properties) throw new ProviderError('transient', `${machine.value} went away while it was waited for`);
      return test(machineOf(machine, properties));
    };
    return await this.#poller.wait(keyOf(machine), observe, waitMsMax, signal);
  }

  async waitForTask(task: Reference, waitMsMax: number, signal: AbortSignal): Promise<TaskOutcome> {
    const observe = (properties: Properties | undefined): TaskOutcome | undefined => {
      // A vCenter forgets tasks ten minutes after their end.
      if (!properties) throw new ProviderError('transient', `the vCenter knows nothing of ${task.value} any more`);
      return outcomeOf(properties);
    };
    return await this.#poller.wait(keyOf(task), observe, waitMsMax, signal);
  }

  /** Whether it is still at work. */
  async taskRuns(task: Reference, signal: AbortSignal): Promise<boolean> {
    const properties = (await this.#parts.vcenter.retrieve([task], { Task: taskPaths }, signal)).get(task.value);
    return properties !== undefined && outcomeOf(properties) === undefined;
  }

  /** A task that is asked for, waited for, and whose failure is an error. */
  async run(method: string, machine: Reference, waitMsMax: number, signal: AbortSignal): Promise<void> {
    const task = await this.#parts.vcenter.callForReference(method, machine, '', { signal, uninterruptible: true });
    const outcome = await this.waitForTask(task, waitMsMax, signal).catch(async (error: unknown) => {
      if (!isProviderError(error, 'transient') || !(await this.taskRuns(task, signal))) throw error;
      return { fault: new VimFault('TaskInProgress', `not done after ${waitMsMax} ms`) };
    });
    if ('fault' in outcome) throw translateFault(outcome.fault, method);
  }

  markEnding(id: string): void {
    if (this.#ending.size >= marksMax) this.#ending.clear();
    this.#ending.add(id);
  }

  forgetEnding(id: string): void {
    this.#ending.delete(id);
  }

  async #learnMarks(machines: readonly Reference[], signal: AbortSignal): Promise<void> {
    const unknown = machines.filter(({ value }) => !this.#marks.has(value));
    if (unknown.length === 0) return;
    const paths = { VirtualMachine: ['config.extraConfig'] };
    const found = await this.#parts.vcenter.retrieve(unknown, paths, signal);
    if (this.#marks.size + found.size > marksMax) this.#marks.clear();
    for (const [value, properties] of found) {
      // While it is being cloned a VM has no configuration to read, or the template's: no marks is no answer to remember.
      const marks = parseMarks(properties.get('config.extraConfig'));
      if (marks) this.#marks.set(value, marks);
    }
  }
}

function keyOf({ type, value }: Reference): string {
  return `${type}:${value}`;
}

async function keyed(
  objects: readonly Reference[],
  found: Promise<ReadonlyMap<string, Properties>>,
): Promise<ReadonlyMap<string, Properties>> {
  const states = await found;
  return new Map(
    objects.flatMap((object) => {
      const state = states.get(object.value);
      return state ? [[keyOf(object), state]] : [];
    }),
  );
}

function outcomeOf(properties: Properties): TaskOutcome | undefined {
  switch (properties.get('info.state')?.text) {
    case 'success':
      return { result: referenceOf(properties.get('info.result')) };
    case 'error': {
      const error = properties.get('info.error');
      if (error) return { fault: taskFault(error) };
      throw new ProviderError('transient', 'a task failed and does not say why');
    }
    default:
      return undefined;
  }
}
