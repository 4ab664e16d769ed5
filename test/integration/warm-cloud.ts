/** A cloud on loopback addresses whose VMs run the guest's real wait for a pod, over real TLS. */

import {
  type CallOptions,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  type WarmInstance,
  type WarmInstances,
  type WarmSpec,
} from '@peerpods/provider';
import { silentLog } from '#base/log.ts';
import { bootstrapPath, parseBootstrap } from '#codec/assignment.ts';
import { parseUserData, type UserDataFile } from '#codec/user-data.ts';
import { awaitAssignment } from '#domain/boot/await-assignment.ts';
import { systemClock } from '#io/system-clock.ts';

export const warmPort = 15_151;

export interface CloudVm {
  readonly id: string;
  readonly address: string;
  readonly owner: Owner;
  readonly createdAtMs: number;
  readonly userData: string;
  readonly instanceType: string;
  sandboxId: string | undefined;
  name: string;
  /** What the guest was given; for a VM made cold what it had at boot. */
  files: readonly UserDataFile[] | undefined;
  readonly power: AbortController;
}

let lastNumber = 0;

export class WarmCloud implements PodVmProvider {
  readonly vms = new Map<string, CloudVm>();
  readonly batches = new Map<string, string>();
  /** How many of the next calls fail. */
  readonly failures = { prepare: 0, claim: 0, delete: 0, list: 0 };
  /** VMs prepared while this is set never begin to wait. */
  broken = false;
  coldCount = 0;

  readonly catalogue = {
    instanceTypes: async () => [
      { name: 'small', vcpus: 1, memoryMiB: 1024, gpus: 0 },
      { name: 'large', vcpus: 4, memoryMiB: 4096, gpus: 0 },
    ],
  };

  readonly warm: WarmInstances = {
    prepare: async (spec) => [this.#prepare(spec)],
    list: async () => {
      this.#fail('list');
      return this.waiting().map(warmInstance);
    },
    claim: async (warmId, spec) => {
      this.#fail('claim');
      const vm = this.vms.get(warmId);
      if (!vm || (vm.sandboxId ?? spec.sandboxId) !== spec.sandboxId) throw new ProviderError('not-found', warmId);
      vm.sandboxId = spec.sandboxId;
      vm.name = spec.name;
      return podVm(vm, spec.sandboxId);
    },
  };

  waiting(): readonly CloudVm[] {
    return [...this.vms.values()].filter(({ sandboxId }) => sandboxId === undefined);
  }

  ofSandbox(sandboxId: string): readonly CloudVm[] {
    return [...this.vms.values()].filter((vm) => vm.sandboxId === sandboxId);
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    if (signal.aborted) throw new ProviderError('aborted', 'aborted');
    const [found] = this.ofSandbox(spec.sandboxId);
    if (found) return podVm(found, spec.sandboxId);
    this.coldCount += 1;
    const vm = this.#add(spec.owner, spec.userData, spec.sizing.instanceType ?? 'none');
    vm.sandboxId = spec.sandboxId;
    vm.name = spec.name;
    vm.files = parseUserData(spec.userData);
    return podVm(vm, spec.sandboxId);
  }

  async delete(podVmId: string): Promise<'gone'> {
    this.#fail('delete');
    if (podVmId === '') throw new ProviderError('invalid-configuration', 'empty');
    this.vms.get(podVmId)?.power.abort();
    this.vms.delete(podVmId);
    return 'gone';
  }

  async get(podVmId: string): Promise<PodVm | undefined> {
    const vm = this.vms.get(podVmId);
    return vm?.sandboxId === undefined ? undefined : podVm(vm, vm.sandboxId);
  }

  async list(): Promise<readonly PodVm[]> {
    return [...this.vms.values()].flatMap((vm) => (vm.sandboxId === undefined ? [] : [podVm(vm, vm.sandboxId)]));
  }

  async verify(): Promise<void> {}

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { power } of this.vms.values()) power.abort();
  }

  #prepare({ batchId, owner, userData, instanceType = 'none' }: WarmSpec): WarmInstance {
    this.#fail('prepare');
    const known = this.vms.get(this.batches.get(batchId) ?? '');
    if (known) return warmInstance(known);
    const vm = this.#add(owner, userData, instanceType);
    this.batches.set(batchId, vm.id);
    if (!this.broken) void this.#boot(vm);
    return warmInstance(vm);
  }

  #add(owner: Owner, userData: string, instanceType: string): CloudVm {
    lastNumber += 1;
    const id = `vm-${lastNumber}`;
    const address = `127.9.${lastNumber >> 8}.${lastNumber & 255}`;
    const vm = {
      ...{ id, address, owner, userData, instanceType, sandboxId: undefined, name: id, files: undefined },
      createdAtMs: systemClock.wallNow(),
      power: new AbortController(),
    };
    this.vms.set(id, vm);
    return vm;
  }

  async #boot(vm: CloudVm): Promise<void> {
    const bootstrap = parseUserData(vm.userData).find(({ path }) => path === bootstrapPath);
    const common = { clock: systemClock, log: silentLog, signal: vm.power.signal };
    try {
      vm.files = await awaitAssignment(parseBootstrap(bootstrap?.content.reveal() ?? ''), {
        ...common,
        host: vm.address,
        port: warmPort,
      });
    } catch {
      // Powered off, or given what is no user data: such a VM ends.
    }
  }

  #fail(call: keyof WarmCloud['failures']): void {
    if (this.failures[call] <= 0) return;
    this.failures[call] -= 1;
    throw new ProviderError('transient', `${call} fails as planned`);
  }
}

function podVm({ id, address, owner, name, createdAtMs }: CloudVm, sandboxId: string): PodVm {
  return { id, name, sandboxId, owner, state: 'running', addresses: [address], createdAtMs };
}

function warmInstance({ id, owner, instanceType, address, createdAtMs }: CloudVm): WarmInstance {
  return { id, owner, state: 'running', instanceType, addresses: [address], createdAtMs };
}
