/** A worker node in the network namespace that the scene runs in: an uplink, and pods on a bridge as flannel has them. */

import {
  addAddress,
  addRoute,
  createNetns,
  deleteNetns,
  execute,
  getLink,
  type Netns,
  netlink,
  newLink,
  openNetns,
  query,
  setLink,
} from '@peerpods/netlink';
import { networkState } from './leftovers.ts';

export interface WorkerPod {
  readonly number: number;
  readonly name: string;
  readonly address: string;
  readonly netnsPath: string;
  /** What was in the namespace before the pod's life began. */
  readonly before: ReadonlySet<string>;
}

const gateway = '10.244.1.1';
const anywhere = { address: '0.0.0.0', length: 0 };

async function indexOf(name: string, netns?: Netns): Promise<number> {
  const [link] = await query(netlink, netns, getLink({ name }));
  if (!link) throw new Error(`no link ${name}`);
  return link.index;
}

/** lo, an uplink with the default route, and the pod network's bridge. */
export async function setUpWorkerNode(): Promise<void> {
  // An uplink with nobody behind it: a veth whose other end stays alone in this namespace.
  await execute(netlink, undefined, [
    setLink({ name: 'lo' }, { up: true }),
    newLink({ kind: 'veth', name: 'ens3', up: true, peer: { name: 'outside' } }),
    // With a MAC, as the bridge plugin gives it one: else it changes as pods come and go, and traffic stops for seconds.
    newLink({ kind: 'bridge', name: 'cni0', mac: '0a:58:0a:f4:01:01', up: true }),
  ]);
  const uplink = await indexOf('ens3');
  await execute(netlink, undefined, [
    setLink({ name: 'outside' }, { up: true }),
    addAddress({ linkIndex: uplink, address: '192.168.122.20', prefixLength: 24 }),
    addAddress({ linkIndex: await indexOf('cni0'), address: gateway, prefixLength: 24 }),
  ]);
  await execute(netlink, undefined, [addRoute({ destination: anywhere, gateway: '192.168.122.1', linkIndex: uplink })]);
}

/** What a CNI plugin does for a pod: a namespace, eth0 with an address and routes, the other end on the bridge. */
export async function addPod(index: number): Promise<WorkerPod> {
  const pod = {
    number: index,
    name: `pod-${index}`,
    address: `10.244.1.${10 + index}`,
    netnsPath: `/run/netns/cni-${index}`,
  };
  await createNetns(pod.netnsPath);
  using netns = openNetns(pod.netnsPath);
  const hostEnd = `veth${index}`;
  await execute(netlink, undefined, [newLink({ kind: 'veth', name: hostEnd, peer: { name: 'eth0', netns } })]);
  await execute(netlink, undefined, [setLink({ name: hostEnd }, { masterIndex: await indexOf('cni0'), up: true })]);
  const linkIndex = await indexOf('eth0', netns);
  await execute(netlink, netns, [
    setLink({ name: 'lo' }, { up: true }),
    setLink({ name: 'eth0' }, { up: true }),
    addAddress({ linkIndex, address: pod.address, prefixLength: 24 }),
  ]);
  await execute(netlink, netns, [addRoute({ destination: anywhere, gateway, linkIndex })]);
  return { ...pod, before: new Set(await networkState(netns)) };
}

/** StopVM is answered before the kernel has ended the tunnel's device (RCU): what is there after this long is left. */
const tunnelEndMsMax = 30_000;

/** What the pod's life left in its namespace; the end of the namespace ends the veth pair, too. */
export async function removePod(pod: WorkerPod): Promise<string[]> {
  using netns = openNetns(pod.netnsPath);
  const until = performance.now() + tunnelEndMsMax;
  for (;;) {
    const left = (await networkState(netns)).filter((line) => !pod.before.has(line));
    if (left.length === 0 || performance.now() > until) {
      await deleteNetns(pod.netnsPath);
      return left.map((line) => `${line} in the namespace of ${pod.name}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
