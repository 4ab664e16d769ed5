/** What IBM Cloud says of an instance, in the contract's words. */

import type { Owner, PodVm, PodVmState } from '@peerpods/provider';
import type { Instance, Interface, Volume } from './vpc-types.ts';

export interface Marks {
  readonly owner: Owner;
  readonly sandboxId: string;
}

export function podVmOf(instance: Instance, marks: Marks): PodVm {
  const { id, name, zone, profile, availability, created_at } = instance;
  const addresses = addressesOf(instance);
  return {
    id,
    name,
    ...marks,
    state: stateOf(instance, addresses),
    addresses,
    instanceType: profile.name,
    zone: zone.name,
    capacityType: availability?.class === 'spot' ? 'spot' : 'on-demand',
    createdAtMs: new Date(created_at).getTime(),
  };
}

/** A boot volume that its instance left behind: it goes by its own id, and all that can be done with it is to delete it. */
export function orphanOf({ id, name, zone, created_at }: Volume, marks: Marks): PodVm {
  const createdAtMs = new Date(created_at).getTime();
  return { id, name, ...marks, state: 'deleting', addresses: [], zone: zone.name, createdAtMs };
}

/** The primary interface's first; empty until all have theirs. 0.0.0.0 stands for an address to come. */
export function addressesOf({
  primary_network_interface: primary,
  network_interfaces = [],
}: Instance): readonly string[] {
  const others = network_interfaces.filter(({ id }) => id !== primary?.id);
  const addresses = [primary, ...others].map((one: Interface | undefined) => one?.primary_ip?.address ?? '');
  return addresses.every((address) => address !== '' && address !== '0.0.0.0') ? addresses : [];
}

export function isRunning(instance: Instance): boolean {
  return instance.status === 'running' && addressesOf(instance).length > 0;
}

function stateOf({ status }: Instance, addresses: readonly string[]): PodVmState {
  if (status === 'deleting') return 'deleting';
  return status === 'running' && addresses.length > 0 ? 'running' : 'creating';
}
