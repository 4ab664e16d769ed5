/** The network between the worker and its local pod VMs: one bridge, one veth a VM, addresses by number. */

import {
  addAddress,
  addRoute,
  delLink,
  execute,
  getLink,
  isNetlinkError,
  type Netns,
  netlink,
  newLink,
  openNetns,
  query,
  setLink,
} from '@peerpods/netlink';
import { formatIp, parseIp, parsePrefix } from '@peerpods/netlink/addresses';

export interface Underlay {
  readonly cidr: string;
  readonly mtu: number;
}

const bridgeName = 'ppbr0';
/** Given, since a bridge otherwise takes the lowest of its ports' and changes it as pod VMs come and go: then frames of
 * the others, who still know the old one, go nowhere for seconds. */
const bridgeMac = '02:70:70:62:72:30';

/** Number 0 is the worker's bridge, VMs count from 1. */
export function addressOf(underlay: Underlay, number: number): string {
  const bytes = Uint8Array.from(parseIp(parsePrefix(underlay.cidr).address));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, view.getUint32(0) + number + 1);
  return formatIp(bytes);
}

export function capacityOf(underlay: Underlay): number {
  return 2 ** (32 - parsePrefix(underlay.cidr).length) - 3;
}

export async function connectMachine(underlay: Underlay, netnsPath: string, number: number): Promise<void> {
  const { mtu } = underlay;
  const prefixLength = parsePrefix(underlay.cidr).length;
  const bridge = await ensureBridge(underlay, prefixLength);
  const name = linkName(number);
  await disconnectMachine(number);
  using netns = openNetns(netnsPath);
  await execute(netlink, undefined, [
    newLink({ kind: 'veth', name, mtu, peer: { name: 'eth0', mtu, netns } }),
    setLink({ name }, { masterIndex: bridge, up: true }),
  ]);
  const index = await linkIndex('eth0', netns);
  if (index === undefined) throw new Error(`the pod VM's end of ${name} vanished`);
  await execute(netlink, netns, [
    setLink({ name: 'lo' }, { up: true }),
    setLink({ index }, { up: true }),
    addAddress({ linkIndex: index, address: addressOf(underlay, number), prefixLength }),
    addRoute({ destination: { address: '0.0.0.0', length: 0 }, gateway: addressOf(underlay, 0) }),
  ]);
}

export async function disconnectMachine(number: number): Promise<void> {
  await deleteLink(linkName(number));
}

export async function removeBridge(): Promise<void> {
  await deleteLink(bridgeName);
}

async function ensureBridge(underlay: Underlay, prefixLength: number): Promise<number> {
  const found = await linkIndex(bridgeName);
  if (found !== undefined) return found;
  const bridge = { kind: 'bridge', name: bridgeName, mac: bridgeMac, mtu: underlay.mtu, up: true } as const;
  await execute(netlink, undefined, [newLink(bridge)]);
  const index = await linkIndex(bridgeName);
  if (index === undefined) throw new Error(`the bridge ${bridgeName} vanished`);
  await execute(netlink, undefined, [addAddress({ linkIndex: index, address: addressOf(underlay, 0), prefixLength })]);
  return index;
}

async function linkIndex(name: string, netns?: Netns): Promise<number | undefined> {
  try {
    return (await query(netlink, netns, getLink({ name })))[0]?.index;
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

async function deleteLink(name: string): Promise<void> {
  try {
    await execute(netlink, undefined, [delLink({ name })]);
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw error;
  }
}

function linkName(number: number): string {
  return `pplv${number}`;
}
