/** What Azure says of a virtual machine and its interfaces, in the contract's words. */

import { type PodVm, type PodVmState, parseOwnerTags } from '@peerpods/provider';
import type { NetworkInterface, PublicAddress, VirtualMachine } from './arm-api.ts';
import { nameOfId, sameText, vmId } from './arm-id.ts';

export interface VmView {
  readonly vm: VirtualMachine;
  /** Of all its interfaces, the primary one first; empty until all have theirs. */
  readonly addresses: readonly string[];
}

export interface GroupPlace {
  readonly subscription: string;
  readonly group: string;
}

/** Undefined for what is not one of ours. */
export function podVmOf({ vm, addresses }: VmView, place: GroupPlace): PodVm | undefined {
  const tagged = parseOwnerTags(vm.tags ?? {});
  const { name } = vm;
  if (!tagged || name === undefined) return undefined;
  const zone = vm.zones?.[0];
  const size = vm.hardwareProfile?.vmSize;
  return {
    // Azure gives the id back in other letters at times; ours is always the same.
    id: vmId({ ...place, name }),
    name,
    ...tagged,
    state: stateOf(vm, addresses),
    addresses,
    capacityType: vm.priority === 'Spot' ? 'spot' : 'on-demand',
    ...(size !== undefined && { instanceType: size }),
    ...(zone !== undefined && { zone }),
    ...(vm.timeCreated !== undefined && { createdAtMs: new Date(vm.timeCreated).getTime() }),
  };
}

function stateOf(vm: VirtualMachine, addresses: readonly string[]): PodVmState {
  if (isDeleting(vm)) return 'deleting';
  return vm.provisioningState === 'Succeeded' && addresses.length > 0 ? 'running' : 'creating';
}

export function isDeleting(vm: VirtualMachine): boolean {
  return sameText(vm.provisioningState, 'Deleting');
}

export function hasFailed(vm: VirtualMachine): boolean {
  return sameText(vm.provisioningState, 'Failed') || sameText(vm.provisioningState, 'Canceled');
}

/** Names of a VM's interfaces, the primary one first. */
export function nicNamesOf(vm: VirtualMachine): readonly string[] {
  const references = vm.networkProfile?.networkInterfaces ?? [];
  return references
    .toSorted((one, other) => Number(other.primary ?? false) - Number(one.primary ?? false))
    .map(({ id }) => nameOfId(id))
    .filter((name) => name !== undefined);
}

export function publicAddressNamesOf(nic: NetworkInterface): readonly string[] {
  return (nic.ipConfigurations ?? [])
    .map(({ publicIPAddress }) => nameOfId(publicIPAddress?.id))
    .filter((name) => name !== undefined);
}

/** An interface with a public address is reached by that one. */
export function addressesOf(
  nics: readonly (NetworkInterface | undefined)[],
  publicAddress: (name: string) => PublicAddress | undefined,
): readonly string[] {
  const addresses = nics.map((nic) => {
    const configurations = nic?.ipConfigurations ?? [];
    const configuration = configurations.find(({ primary }) => primary) ?? configurations[0];
    const name = nameOfId(configuration?.publicIPAddress?.id);
    return name === undefined ? configuration?.privateIPAddress : publicAddress(name)?.ipAddress;
  });
  const complete = addresses.filter((address) => address !== undefined && address !== '' && address !== '0.0.0.0');
  return complete.length === nics.length ? (complete as readonly string[]) : [];
}

/** Code and text of a failed provisioning, as the instance view has them: `ProvisioningState/failed/AllocationFailed`. */
export function failureOf(vm: VirtualMachine): { readonly code: string; readonly message: string } | undefined {
  for (const { code = '', message = '' } of vm.instanceView?.statuses ?? []) {
    const [, failure] = /^ProvisioningState\/failed\/([^/]+)/i.exec(code) ?? [];
    if (failure !== undefined) return { code: failure, message };
  }
  return undefined;
}
