/** A provider in memory for tests: scripted faults, a list that lags, and a record of every call. */

import {
  abortable,
  type CallOptions,
  type Census,
  checkPodVmId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  type ProviderError,
  throwIfAborted,
  withPodVmId,
} from '@peerpods/provider';

export const userDataBytesMax = 64 * 1024;

export type FakeOperation = 'create' | 'delete' | 'get' | 'list' | 'verify';

export interface FakeCall {
  readonly operation: FakeOperation;
  /** The sandbox id of a create, the pod VM id of a delete or get, `cluster/node` of a list, the cluster of a census. */
  readonly subject: string;
}

export interface FakeProviderOptions {
  /** Runs before each effect, for tests that stretch a call; the call ends `aborted` when its signal does. */
  readonly wait?: (operation: FakeOperation, subject: string) => Promise<void>;
  /** How many calls of `list` a change stays invisible for. Default 0. */
  readonly listLag?: number;
  /** How many calls of `delete` answer `deleting` before `gone`. Default 0. */
  readonly deletions?: number;
}

interface Fault {
  readonly operation: FakeOperation;
  readonly error: ProviderError;
  readonly afterEffect: boolean;
  times: number;
}

interface Entry {
  podVm: PodVm;
  /** `list` shows the entry from this count of list calls on. */
  visibleFrom: number;
  deletions: number;
}

export class FakeProvider implements PodVmProvider {
  readonly calls: FakeCall[] = [];
  readonly #options: FakeProviderOptions;
  readonly #entries = new Map<string, Entry>();
  /** Deleted pod VMs that a lagging list still shows. */
  readonly #ghosts: { readonly podVm: PodVm; readonly until: number }[] = [];
  readonly #faults: Fault[] = [];
  #lists = 0;
  #created = 0;

  constructor(options: FakeProviderOptions = {}) {
    this.#options = options;
  }

  /** Every pod VM that exists, without lag. */
  get podVms(): readonly PodVm[] {
    return [...this.#entries.values()].map((entry) => entry.podVm);
  }

  /** Scripts the next calls of `operation` to fail; with `afterEffect` the work is done and only its answer is lost. */
  failNext(
    operation: FakeOperation,
    error: ProviderError,
    { times = 1, afterEffect = false }: { readonly times?: number; readonly afterEffect?: boolean } = {},
  ): void {
    this.#faults.push({ operation, error, afterEffect, times });
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkUserData(spec, userDataBytesMax);
    return await this.#call('create', spec.sandboxId, signal, () => {
      const found = this.podVms.find((podVm) => podVm.sandboxId === spec.sandboxId);
      if (found) return found;
      this.#created += 1;
      const podVm: PodVm = {
        id: `fake-${this.#created}`,
        name: spec.name,
        sandboxId: spec.sandboxId,
        owner: { ...spec.owner },
        state: 'running',
        addresses: addressesOf(this.#created, spec.dedicatedInterface === true),
      };
      const { deletions = 0 } = this.#options;
      this.#entries.set(podVm.id, { podVm, visibleFrom: this.#lists + this.#lag, deletions });
      return podVm;
    });
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    return await this.#call('delete', podVmId, signal, () => {
      const entry = this.#entries.get(podVmId);
      if (!entry) return 'gone';
      const podVm: PodVm = { ...entry.podVm, state: 'deleting' };
      entry.podVm = podVm;
      entry.deletions -= 1;
      if (entry.deletions >= 0) return 'deleting';
      this.#entries.delete(podVmId);
      if (this.#lag > 0) this.#ghosts.push({ podVm, until: this.#lists + this.#lag });
      return 'gone';
    });
  }

  get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    return this.#call('get', podVmId, signal, () => this.#entries.get(podVmId)?.podVm);
  }

  list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    return this.#call('list', `${owner.cluster}/${owner.node}`, signal, () =>
      this.#shown().filter((podVm) => podVm.owner.cluster === owner.cluster && podVm.owner.node === owner.node),
    );
  }

  readonly census: Census = {
    list: (cluster, { signal }) =>
      this.#call('list', cluster, signal, () => this.#shown().filter((podVm) => podVm.owner.cluster === cluster)),
  };

  verify({ signal }: CallOptions): Promise<void> {
    return this.#call('verify', '', signal, () => undefined);
  }

  async close(): Promise<void> {}

  #shown(): readonly PodVm[] {
    const now = this.#lists;
    this.#lists += 1;
    const visible = [...this.#entries.values()].filter((entry) => entry.visibleFrom <= now);
    const ghosts = this.#ghosts.filter((ghost) => ghost.until > now);
    return [...visible, ...ghosts].map(({ podVm }) => podVm);
  }

  get #lag(): number {
    return this.#options.listLag ?? 0;
  }

  async #call<T>(operation: FakeOperation, subject: string, signal: AbortSignal, effect: () => T): Promise<T> {
    this.calls.push({ operation, subject });
    throwIfAborted(signal);
    const fault = this.#takeFault(operation);
    if (fault && !fault.afterEffect) throw fault.error;
    if (this.#options.wait) await abortable(this.#options.wait(operation, subject), signal);
    const result = effect();
    if (fault) throw operation === 'create' ? withPodVmId(fault.error, (result as PodVm).id) : fault.error;
    return result;
  }

  #takeFault(operation: FakeOperation): Fault | undefined {
    const index = this.#faults.findIndex((fault) => fault.operation === operation);
    const fault = this.#faults[index];
    if (!fault) return undefined;
    fault.times -= 1;
    if (fault.times <= 0) this.#faults.splice(index, 1);
    return fault;
  }
}

/** From 192.0.2.0/24 and 198.51.100.0/24, the blocks set aside for documentation: nothing real answers there. */
function addressesOf(count: number, dedicated: boolean): readonly string[] {
  const host = ((count - 1) % 254) + 1;
  return dedicated ? [`192.0.2.${host}`, `198.51.100.${host}`] : [`192.0.2.${host}`];
}
