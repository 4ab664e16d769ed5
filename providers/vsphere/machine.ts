/** A pod VM as its properties show it. Pure. */

import { isIPv4, isIPv6 } from 'node:net';
import type { PodVm } from '@peerpods/provider';
import { isInstanceUuid, type Marks } from './identity.ts';
import { type Reference, referenceOf } from './soap.ts';
import type { Properties } from './vcenter.ts';
import { childrenOf, textOf, type XmlElement } from './xml.ts';

/** Read again and again; the marks are not among them, since extraConfig brings the user-data along each time. */
export const changingPaths: readonly string[] = [
  'config.instanceUuid',
  'config.createDate',
  'runtime.powerState',
  'runtime.host',
  'guest.net',
];

export interface Machine {
  readonly reference: Reference;
  readonly instanceUuid: string | undefined;
  readonly power: string | undefined;
  readonly host: string | undefined;
  readonly createdAtMs: number | undefined;
  /** One for each of its network interfaces that has one, in the order of the interfaces. */
  readonly addresses: readonly string[];
}

export function machineOf(reference: Reference, properties: Properties): Machine {
  const createdAtMs = Date.parse(properties.get('config.createDate')?.text ?? '');
  const instanceUuid = properties.get('config.instanceUuid')?.text.toLowerCase();
  return {
    reference,
    instanceUuid: instanceUuid !== undefined && isInstanceUuid(instanceUuid) ? instanceUuid : undefined,
    power: properties.get('runtime.powerState')?.text,
    host: referenceOf(properties.get('runtime.host'))?.value,
    createdAtMs: Number.isFinite(createdAtMs) ? createdAtMs : undefined,
    addresses: addressesOf(properties.get('guest.net')),
  };
}

/**
 * Interfaces of the guest's own making (bridges, tunnels) have no device behind them: their key is negative. IPv4 goes
 * before IPv6; addresses that lead nowhere from another machine are left out.
 */
function addressesOf(net: XmlElement | undefined): readonly string[] {
  const key = (nic: XmlElement) => Number(textOf(nic, 'deviceConfigId') ?? -1);
  return childrenOf(net, 'GuestNicInfo')
    .filter((nic) => key(nic) >= 0)
    .toSorted((one, other) => key(one) - key(other))
    .flatMap((nic) => {
      const all = childrenOf(nic, 'ipAddress').map(({ text }) => text.trim());
      const usable = all.filter((address) => !/^(?:fe[89ab]|127\.|169\.254\.|0\.0\.0\.0$|::1?$)/i.test(address));
      return usable.find((address) => isIPv4(address)) ?? usable.find((address) => isIPv6(address)) ?? [];
    });
}

export function podVmOf(machine: Machine, marks: Marks, deleting: boolean): PodVm | undefined {
  const { instanceUuid, power, host, createdAtMs, addresses } = machine;
  if (instanceUuid === undefined) return undefined;
  const running = power === 'poweredOn' && addresses.length > 0;
  return {
    id: instanceUuid,
    name: marks.name,
    sandboxId: marks.sandboxId,
    owner: marks.owner,
    state: deleting ? 'deleting' : running ? 'running' : 'creating',
    addresses: running ? addresses : [],
    ...(host !== undefined && { zone: host }),
    ...(createdAtMs !== undefined && { createdAtMs }),
  };
}
