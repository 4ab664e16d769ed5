/** The end of a pod VM: the virtual machine first, then whatever of its disk, interfaces and addresses did not follow it. */

import { checkPodVmId, isProviderError, ProviderError, type ProviderLog, throwIfAborted } from '@peerpods/provider';
import type { VirtualMachine } from './arm-api.ts';
import { parseVmId, type ResourceId, sameText } from './arm-id.ts';
import type { Dependents, KnownVms } from './known-vms.ts';
import { isDeleting, nicNamesOf, publicAddressNamesOf } from './pod-vm.ts';
import type { ResourceKind, Resources } from './resources.ts';
import { diskName, nicNames } from './vm-request.ts';

export interface DeletionOptions {
  readonly subscription: string;
  readonly resources: Resources;
  readonly known: KnownVms;
  readonly log: ProviderLog;
}

export class Deletion {
  readonly #options: DeletionOptions;
  /** Kinds that we may not read, said once. */
  readonly #unreadable = new Set<ResourceKind>();

  constructor(options: DeletionOptions) {
    this.#options = options;
  }

  async delete(podVmId: string, signal: AbortSignal): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    const id = parseVmId(podVmId);
    if (!id) return 'gone'; // no VM of Azure has this id
    const { subscription, resources, known } = this.#options;
    if (!sameText(id.subscription, subscription)) {
      throw new ProviderError('invalid-configuration', `${podVmId} is not in subscription ${subscription}`);
    }
    const vm = await resources.vms.one(id, signal);
    if (vm) {
      await this.#remember(podVmId, id, vm, signal);
      if (isDeleting(vm)) return 'deleting';
    }
    if (vm || known.isNew(podVmId)) {
      if ((await resources.delete('vms', id, signal)) === 'accepted') return 'deleting';
    }
    if (await this.#deleteLeftovers(podVmId, id, signal)) return 'deleting';
    known.forget(podVmId);
    return 'gone';
  }

  /** Once the VM is gone, only this says what its interfaces and addresses were called. */
  async #remember(
    podVmId: string,
    { group, name }: ResourceId,
    vm: VirtualMachine,
    signal: AbortSignal,
  ): Promise<void> {
    const { resources, known } = this.#options;
    if (known.dependentsOf(podVmId)) return;
    const nics = nicNamesOf(vm);
    const found = await Promise.all(nics.map((nic) => resources.nics.one({ group, name: nic }, signal)));
    known.has(podVmId, {
      disk: vm.storageProfile?.osDisk?.name ?? diskName(name),
      nics: nics.length > 0 ? nics : nicNames(name),
      publicAddresses: found.flatMap((nic) => (nic === undefined ? [] : publicAddressNamesOf(nic))),
    });
  }

  /** Whether there were any. Azure deletes them with the VM; after a creation that failed half way it does not always. */
  async #deleteLeftovers(podVmId: string, { group, name }: ResourceId, signal: AbortSignal): Promise<boolean> {
    const { known } = this.#options;
    const { disk, nics, publicAddresses } = known.dependentsOf(podVmId) ?? (await this.#likely(group, name, signal));
    const [disksFound, nicsFound, addressesFound] = await Promise.all([
      this.#existing('disks', group, [disk], signal),
      this.#existing('nics', group, nics, signal),
      this.#existing('publicAddresses', group, publicAddresses, signal),
    ]);
    await Promise.all([
      ...disksFound.map((one) => this.#deleteOne('disks', group, one, signal)),
      ...nicsFound.map((one) => this.#deleteOne('nics', group, one, signal)),
    ]);
    // An address can not go before the interface that has it.
    if (nicsFound.length === 0) {
      await Promise.all(addressesFound.map((one) => this.#deleteOne('publicAddresses', group, one, signal)));
    }
    return disksFound.length + nicsFound.length + addressesFound.length > 0;
  }

  /** Of a VM that we have not seen: an interface may have got a suffix from Azure. */
  async #likely(group: string, vmName: string, signal: AbortSignal): Promise<Dependents> {
    const { resources } = this.#options;
    const [prefix] = nicNames(vmName);
    const begins = (name: string | undefined) => name?.toLowerCase().startsWith(prefix.toLowerCase());
    const [nics, publicAddresses] = await Promise.all([
      resources.nics.all(group, signal),
      resources.publicAddresses.all(group, signal),
    ]);
    const namesOf = (items: readonly { readonly name?: string }[]) =>
      items.map(({ name }) => name).filter((name) => name !== undefined && begins(name)) as string[];
    return { disk: diskName(vmName), nics: namesOf(nics), publicAddresses: namesOf(publicAddresses) };
  }

  /** Without the right to look there is nothing to find: Azure deletes what belongs to a VM, nearly always. */
  async #existing(
    kind: Exclude<ResourceKind, 'vms'>,
    group: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { resources, log } = this.#options;
    const reader = resources[kind];
    try {
      const found = await Promise.all(names.map((name) => reader.one({ group, name }, signal)));
      return names.filter((_name, index) => found[index] !== undefined);
    } catch (error) {
      if (!isProviderError(error, 'auth')) throw error;
      if (!this.#unreadable.has(kind)) log.warn({ kind, error: error.message }, 'leftovers can not be looked for');
      this.#unreadable.add(kind);
      return [];
    }
  }

  /** What is still held by a VM on its way out is asked for again with the next call. */
  async #deleteOne(kind: ResourceKind, group: string, name: string, signal: AbortSignal): Promise<void> {
    const { resources, log } = this.#options;
    try {
      await resources.delete(kind, { group, name }, signal);
      log.debug({ kind, name }, 'what did not follow its VM is deleted');
    } catch (error) {
      if (!isProviderError(error, 'transient')) throw error;
      log.debug({ kind, name, error: error.message }, 'still in use');
    }
  }
}
