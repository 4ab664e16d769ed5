/** An EC2 instance in the contract's words. */

import type { Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import { type PodVm, type PodVmState, ProviderError, parseOwnerTags } from '@peerpods/provider';
import { stateReasonError } from './errors.ts';
import { tagsOf } from './instances.ts';

export function isEnded(instance: Instance): boolean {
  return instance.State?.Name === 'terminated' || instance.State?.Name === 'shutting-down';
}

/** Undefined: it ended, or it is no pod VM of ours. */
export function podVmOf(instance: Instance, publicAddress: boolean): PodVm | undefined {
  const tags = tagsOf(instance);
  const marks = parseOwnerTags(tags);
  const state = stateOf(instance);
  if (!marks || !state || instance.InstanceId === undefined) return undefined;
  const { InstanceType: instanceType, LaunchTime: launched, Placement, InstanceLifecycle } = instance;
  return {
    id: instance.InstanceId,
    name: tags.Name ?? '',
    ...marks,
    state,
    addresses: addressesOf(instance, publicAddress),
    capacityType: InstanceLifecycle === 'spot' ? 'spot' : 'on-demand',
    ...(instanceType !== undefined && { instanceType }),
    ...(Placement?.AvailabilityZone !== undefined && { zone: Placement.AvailabilityZone }),
    ...(launched !== undefined && { createdAtMs: launched.getTime() }),
  };
}

/** The primary interface's first, then that for the pod's own traffic. Empty as long as one has none. */
export function addressesOf(instance: Instance, publicAddress: boolean): readonly string[] {
  const interfaces = (instance.NetworkInterfaces ?? []).toSorted(
    (one, other) => (one.Attachment?.DeviceIndex ?? 0) - (other.Attachment?.DeviceIndex ?? 0),
  );
  if (interfaces.length === 0) {
    const only = publicAddress ? instance.PublicIpAddress : instance.PrivateIpAddress;
    return only ? [only] : [];
  }
  const addresses = interfaces.slice(0, 2).map((one) => addressOf(one, publicAddress));
  return addresses.every((address) => address !== undefined) ? addresses : [];
}

function addressOf(one: InstanceNetworkInterface, publicAddress: boolean): string | undefined {
  if (publicAddress) return one.Association?.PublicIp || undefined;
  return one.PrivateIpAddress || one.Ipv6Addresses?.[0]?.Ipv6Address || undefined;
}

/** Throws when it ended while it started, with what the cloud gives as the reason. */
export function throwIfEnded(instance: Instance): void {
  if (!isEnded(instance)) return;
  const id = instance.InstanceId ?? '';
  const reason = instance.StateReason;
  if (reason?.Code === undefined || reason.Code === 'pending') {
    throw new ProviderError('transient', `instance ${id} was ended while it started`, { podVmId: id });
  }
  throw stateReasonError(reason.Code, reason.Message ?? '', id);
}

function stateOf(instance: Instance): PodVmState | undefined {
  switch (instance.State?.Name) {
    case 'terminated':
      return undefined;
    case 'shutting-down':
      return 'deleting';
    case 'running':
      return 'running';
    default:
      // Pending, or stopped by somebody: no traffic can go there now.
      return 'creating';
  }
}
