/** The resource group as we see it: VMs with their interfaces and addresses, read for many callers at once. */

import { type Clock, type GroupKey, GroupReader, type Random } from '@peerpods/provider';
import type { Arm } from './arm.ts';
import type { ArmApi, Disk, NetworkInterface, PublicAddress, ResourceApi, VirtualMachine } from './arm-api.ts';
import { addressesOf, isDeleting, nicNamesOf, publicAddressNamesOf, type VmView } from './pod-vm.ts';

export interface ResourcesOptions {
  readonly arm: Arm;
  readonly clock: Clock;
  readonly random: Random;
}

export type ResourceKind = 'vms' | 'nics' | 'disks' | 'publicAddresses';

const titles: Readonly<Record<ResourceKind, string>> = {
  vms: 'virtual machine',
  nics: 'network interface',
  disks: 'disk',
  publicAddresses: 'public address',
};

export class Resources {
  readonly vms: GroupReader<VirtualMachine>;
  readonly nics: GroupReader<NetworkInterface>;
  readonly disks: GroupReader<Disk>;
  readonly publicAddresses: GroupReader<PublicAddress>;
  readonly #options: ResourcesOptions;

  constructor(options: ResourcesOptions) {
    this.#options = options;
    this.vms = this.#reader('vms', (api) => api.vms);
    this.nics = this.#reader('nics', (api) => api.nics);
    this.disks = this.#reader('disks', (api) => api.disks);
    this.publicAddresses = this.#reader('publicAddresses', (api) => api.publicAddresses);
  }

  /** Undefined: there is no such VM. */
  async view(key: GroupKey, signal: AbortSignal): Promise<VmView | undefined> {
    const vm = await this.vms.one(key, signal);
    return vm && (await this.viewOf(key.group, vm, signal));
  }

  async viewOf(group: string, vm: VirtualMachine, signal: AbortSignal): Promise<VmView> {
    const names = isDeleting(vm) ? [] : nicNamesOf(vm);
    const nics = await Promise.all(names.map((name) => this.nics.one({ group, name }, signal)));
    const publicNames = nics.flatMap((nic) => (nic === undefined ? [] : publicAddressNamesOf(nic)));
    const found = new Map(
      await Promise.all(
        publicNames.map(async (name) => [name, await this.publicAddresses.one({ group, name }, signal)] as const),
      ),
    );
    return { vm, addresses: addressesOf(nics, (name) => found.get(name)) };
  }

  delete(kind: ResourceKind, { group, name }: GroupKey, signal: AbortSignal): Promise<'accepted' | 'gone'> {
    return this.#options.arm.call(
      `delete ${titles[kind]} ${name}`,
      'delete',
      (api, ending) => api[kind].delete(group, name, ending),
      signal,
    );
  }

  close(): void {
    for (const reader of [this.vms, this.nics, this.disks, this.publicAddresses]) reader.close();
  }

  #reader<T extends { readonly name?: string }>(
    kind: ResourceKind,
    pick: (api: ArmApi) => ResourceApi<T>,
  ): GroupReader<T> {
    const { arm, clock, random } = this.#options;
    return new GroupReader<T>({
      clock,
      random,
      nameOf: ({ name }) => name,
      get: (group, name, signal) =>
        arm.call(`get ${titles[kind]}`, 'read', (api, ending) => pick(api).get(group, name, ending), signal),
      page: (group, next, signal) =>
        arm.call(`list ${titles[kind]}s`, 'read', (api, ending) => pick(api).page(group, next, ending), signal),
    });
  }
}
