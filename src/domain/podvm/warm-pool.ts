/** Booted VMs that no pod has yet: kept at their number, asked whether they still wait, replaced when old, used once. */

import { randomBytes } from 'node:crypto';
import { backoffDelayMs } from '#base/backoff.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { TaskScope } from '#base/task-scope.ts';
import { type WarmMachine, type WarmMachines, warmBackoff } from './warm-machines.ts';
import type { WarmShape } from './warm-shapes.ts';

export interface WarmPoolOptions {
  readonly machines: WarmMachines;
  readonly shapes: readonly WarmShape[];
  /** Older VMs are replaced. */
  readonly ageMsMax: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How often a waiting VM is asked whether it still waits; default 30 s. */
  readonly healthEveryMs?: number;
  /** How often VMs of nobody's are looked for; default 5 min. */
  readonly sweepEveryMs?: number;
  /** After a VM was taken: its pod has worker and cloud first; default 2 s. */
  readonly refillDelayMs?: number;
}

export type WarmState = 'raising' | 'waiting' | 'taken' | 'ending';

interface Entry {
  readonly shape: string;
  state: WarmState;
  /** Absent until the provider has named it. */
  machine: WarmMachine | undefined;
}

/** VMs that are booting at once: pods that start have the worker first. */
const raisingMax = 2;
/** Failed questions in a row that end a VM. */
const failuresMax = 3;
const lookEveryMs = 1000;
export const warmStates: readonly WarmState[] = ['raising', 'waiting', 'taken', 'ending'];

export class WarmPool implements AsyncDisposable {
  readonly #options: WarmPoolOptions;
  /** By batch id, in the order of creation. */
  readonly #entries = new Map<string, Entry>();
  readonly #scope: TaskScope;
  /** By shape: failures in a row, and when to try again. */
  readonly #failures = new Map<string, { readonly count: number; readonly until: number }>();
  #strangers: ReadonlySet<string> = new Set();
  #refillAt = 0;
  #wake: (() => void) | undefined;

  constructor(options: WarmPoolOptions) {
    this.#options = options;
    this.#scope = new TaskScope((error, task) => options.log.error({ task, error: errorText(error) }, 'task failed'));
  }

  get shapes(): readonly WarmShape[] {
    return this.#options.shapes;
  }

  /** Takes over what an earlier process left, then keeps the pool full until disposed. Its VMs outlive it. */
  start(): void {
    const { clock, sweepEveryMs = 300_000 } = this.#options;
    this.#scope.run('keep warm pod VMs', async (signal) => {
      await this.#adopt(signal);
      for (let sweepAt = clock.now() + sweepEveryMs; ; ) {
        this.#fill();
        await this.#nextLook(signal);
        if (clock.now() < sweepAt) continue;
        sweepAt = clock.now() + sweepEveryMs;
        await this.#sweep(signal);
      }
    });
  }

  count(shape: string, state: WarmState): number {
    return [...this.#entries.values()].filter((entry) => entry.shape === shape && entry.state === state).length;
  }

  /** The oldest that waits, of the first shape that has one. It is never handed out again. */
  take(shapes: readonly string[]): WarmMachine | undefined {
    for (const shape of shapes) {
      for (const entry of this.#entries.values()) {
        if (entry.shape !== shape || entry.state !== 'waiting' || !entry.machine || this.#isOld(entry.machine))
          continue;
        this.#refillAt = this.#options.clock.now() + (this.#options.refillDelayMs ?? 2000);
        this.#set(entry, 'taken');
        return entry.machine;
      }
    }
    return undefined;
  }

  /** A pod has it, or it is gone: nothing of it is kept. */
  async forget({ record: { batchId } }: WarmMachine): Promise<void> {
    await this.#options.machines.records.remove(batchId);
    this.#entries.delete(batchId);
    this.#wake?.();
  }

  /** Ends the VM, in the background. */
  discard(batchId: string): void {
    const entry = this.#entries.get(batchId);
    if (!entry || entry.state === 'ending') return;
    this.#set(entry, 'ending');
    this.#scope.run(`end warm pod VM ${batchId}`, async (signal) => {
      if (entry.machine) await this.#options.machines.end(entry.machine.warmId, signal);
      await this.#options.machines.records.remove(batchId);
      this.#entries.delete(batchId);
      this.#wake?.();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }

  #fill(): void {
    const now = this.#options.clock.now();
    for (const { name, count } of this.#options.shapes) {
      for (let more = this.count(name, 'waiting') - count; more > 0; more -= 1) this.#discardOldest(name);
      if (now < this.#refillAt || now < (this.#failures.get(name)?.until ?? 0)) continue;
      const missing = count - this.count(name, 'raising') - this.count(name, 'waiting');
      const raising = [...this.#entries.values()].filter(({ state }) => state === 'raising').length;
      for (let more = Math.min(missing, raisingMax - raising); more > 0; more -= 1) this.#raise(name);
    }
  }

  #discardOldest(shape: string): void {
    const found = [...this.#entries].find(([, entry]) => entry.shape === shape && entry.state === 'waiting');
    if (found) this.discard(found[0]);
  }

  #raise(shape: string): void {
    const { machines, clock, random, log } = this.#options;
    const batchId = randomBytes(8).toString('hex');
    const entry: Entry = { shape, state: 'raising', machine: undefined };
    this.#entries.set(batchId, entry);
    this.#scope.run(`raise warm pod VM ${batchId}`, async (signal) => {
      try {
        entry.machine = await machines.raise(batchId, shape, signal);
        entry.machine = await machines.untilWaiting(entry.machine, signal);
      } catch (error) {
        signal.throwIfAborted();
        const count = this.#failures.get(shape)?.count ?? 0;
        const delayMs = Math.round(backoffDelayMs(warmBackoff, count, () => random.fraction()));
        this.#failures.set(shape, { count: count + 1, until: clock.now() + delayMs });
        log.warn({ batchId, shape, delayMs, error: errorText(error) }, 'no warm pod VM');
        return this.discard(batchId);
      }
      this.#failures.delete(shape);
      await this.#wait(batchId, entry, entry.machine, signal);
    });
  }

  /** From now on it can be taken; until it is, or is too old, or does not answer any more. */
  async #wait(batchId: string, entry: Entry, machine: WarmMachine, signal: AbortSignal): Promise<void> {
    const { machines, clock, log, healthEveryMs = 30_000 } = this.#options;
    log.info({ batchId, shape: entry.shape, warmId: machine.warmId }, 'warm pod VM waits');
    this.#set(entry, 'waiting');
    for (let failures = 0; failures < failuresMax; ) {
      await sleep(clock, healthEveryMs, signal);
      if (entry.state !== 'waiting') return;
      if (this.#isOld(machine)) {
        log.info({ batchId }, 'warm pod VM is old');
        break;
      }
      try {
        await machines.ask(machine, signal);
        failures = 0;
      } catch (error) {
        signal.throwIfAborted();
        failures += 1;
        log.warn({ batchId, failures, error: errorText(error) }, 'warm pod VM does not answer');
      }
    }
    if (entry.state === 'waiting') this.discard(batchId);
  }

  /** Keeps what has a record, a key and a VM that no pod has; ends the rest. */
  async #adopt(signal: AbortSignal): Promise<void> {
    const { machines, shapes, log } = this.#options;
    const instances = await machines.repeated('list warm pod VMs', signal, () => machines.list(signal));
    const listed = new Map(instances.map((one) => [one.id, one]));
    for (const record of await machines.records.readAll()) {
      const { batchId, warmId, shape } = record;
      const client = await machines.records.readClient(batchId);
      const instance = warmId === undefined ? undefined : listed.get(warmId);
      if (!client || !instance || !shapes.some(({ name }) => name === shape)) {
        await machines.records.remove(batchId); // its VM, if it has one that no pod has, is among the strangers
        continue;
      }
      listed.delete(instance.id);
      const machine = { record, warmId: instance.id, client, address: instance.addresses[0] };
      const entry: Entry = { shape, state: 'raising', machine };
      this.#entries.set(batchId, entry);
      this.#scope.run(`adopt warm pod VM ${batchId}`, (end) => this.#adoptOne(batchId, entry, machine, end));
    }
    for (const id of listed.keys()) {
      log.warn({ warmId: id }, 'ending a warm pod VM of an earlier process');
      this.#scope.run(`end warm pod VM ${id}`, (end) => machines.end(id, end));
    }
  }

  async #adoptOne(batchId: string, entry: Entry, machine: WarmMachine, signal: AbortSignal): Promise<void> {
    try {
      entry.machine = await this.#options.machines.untilWaiting(machine, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#options.log.warn({ batchId, error: errorText(error) }, 'warm pod VM is lost');
      return this.discard(batchId);
    }
    await this.#wait(batchId, entry, entry.machine, signal);
  }

  /** A VM that nobody knows at two looks in a row was made by a call whose answer was lost. */
  async #sweep(signal: AbortSignal): Promise<void> {
    const { machines, log } = this.#options;
    try {
      const listed = await machines.list(signal);
      const known = new Set([...this.#entries.values()].map(({ machine }) => machine?.warmId));
      const strangers = listed.map(({ id }) => id).filter((id) => !known.has(id));
      for (const id of strangers.filter((one) => this.#strangers.has(one))) {
        log.warn({ warmId: id }, 'ending a warm pod VM that nobody knows');
        this.#scope.run(`end warm pod VM ${id}`, (end) => machines.end(id, end));
      }
      this.#strangers = new Set(strangers);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ error: errorText(error) }, 'warm pod VMs could not be listed');
    }
  }

  #isOld({ record }: WarmMachine): boolean {
    return this.#options.clock.wallNow() - record.createdAtMs > this.#options.ageMsMax;
  }

  #set(entry: Entry, state: WarmState): void {
    entry.state = state;
    this.#wake?.();
  }

  /** After a change, or after a while: a shape that failed is tried again. */
  async #nextLook(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(lookEveryMs, resolve);
      const onAbort = () => resolve();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#wake = () => {
        cancel();
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
    });
    signal.throwIfAborted();
  }
}
