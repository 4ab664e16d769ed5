/** The worker's end of a tunnel: a VXLAN device in the pod's namespace, redirected to and from the pod's interface. */

import {
  addIngressQdisc,
  addRedirectFilter,
  delFilter,
  delLink,
  delQdisc,
  findIngress,
  getFilters,
  getLinks,
  getQdiscs,
  isNetlinkError,
  type Link,
  type Netlink,
  type Netns,
  newLink,
  openNetns,
  query,
} from '@peerpods/netlink';
import { formatIp, parseIp } from '@peerpods/netlink/addresses';
import { type Clock, sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { applyAll, goneCodes, type Operation, runAll } from './apply.ts';
import { addPin, removePin } from './source-pin.ts';

export interface NodeEndSpec {
  /** Path of the pod's network namespace. */
  readonly netns: string;
  readonly podInterface: string;
  readonly vni: number;
  readonly port: number;
  /** The pod VM's address. */
  readonly remote: string;
  /** Our own address, as apf.json tells it to the VM: the source that the VM's pin expects. */
  readonly local: string;
  readonly podMtu: number;
}

/** What teardown needs; plain JSON, kept in the ledger. */
export interface NodeEndRecord extends NodeEndSpec {
  /** The ingress qdisc of the pod interface is ours. */
  readonly ownsQdisc: boolean;
}

export interface TunnelContext {
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the underlay is; undefined: the namespace this process is in. */
  readonly hostNetns?: Netns | undefined;
}

export const nodeEndName = 'vxlan1';
/** After those that the kernel assigns (49152 and down), so that filters of others see the packets first. */
export const redirectPriority = 50001;
/** The kernel frees the VNI of a deleted namespace some 10 ms later. */
const vniWaitMs = 20;
const vniTriesMax = 25;

/** Idempotent; on failure nothing is left behind. */
export async function setUpNodeEnd(spec: NodeEndSpec, context: TunnelContext): Promise<NodeEndRecord> {
  const { netlink, hostNetns } = context;
  using pod = open(spec.netns);
  const links = await query(netlink, pod, getLinks());
  const podLink = links.find((link) => link.name === spec.podInterface);
  if (!podLink) throw new PeerPodError('E_POD_NETWORK', `no interface ${spec.podInterface} in ${spec.netns}`);
  const existing = links.find((link) => link.name === nodeEndName);
  if (existing && !isSameTunnel(existing, spec)) {
    throw new PeerPodError('E_TUNNEL', `${nodeEndName} in ${spec.netns} belongs to another tunnel`);
  }
  const qdisc = findIngress(await query(netlink, pod, getQdiscs(podLink.index)), podLink.index);
  if (existing) {
    const filters = qdisc ? await query(netlink, pod, getFilters(podLink.index)) : [];
    if (filters.some(({ redirect }) => redirect?.targetIndex === existing.index)) {
      await addPin(netlink, hostNetns, spec);
      // All that hangs on it is ours, if nobody else has a filter there
      const ownsQdisc = qdisc?.kind === 'ingress' && filters.every(({ priority }) => priority === redirectPriority);
      return { ...spec, ownsQdisc };
    }
    // Half of a tunnel, from a crash: begin anew
    await runAll(netlink, [{ netns: pod, request: delLink({ index: existing.index }) }]);
  }
  try {
    await addPin(netlink, hostNetns, spec);
    await applyWhenVniIsFree(planNodeEnd(spec, podLink.index, qdisc !== undefined, pod, hostNetns), spec, context);
  } catch (error) {
    await removePin(netlink, hostNetns, spec).catch((failure: unknown) =>
      context.log.warn({ err: failure }, 'a pin stays behind'),
    );
    throw asPeerPodError(error, 'E_TUNNEL', `set up the node end of VNI ${spec.vni}`);
  }
  return { ...spec, ownsQdisc: qdisc === undefined };
}

/** Pure. The first leg is in the underlay's namespace, where the VXLAN's socket stays; the second in the pod's. */
export function planNodeEnd(
  spec: NodeEndSpec,
  podIndex: number,
  hasQdisc: boolean,
  pod: Netns,
  hostNetns: Netns | undefined,
): Operation[] {
  const { vni, port, remote, local } = spec;
  // Chosen, so that the filters can name it in the same exchange; unique since the VNI is.
  const index = 0x100_0000 + vni;
  const operations: Operation[] = [
    {
      netns: hostNetns,
      request: newLink({
        kind: 'vxlan',
        name: nodeEndName,
        index,
        netns: pod,
        up: true,
        mtu: spec.podMtu,
        vxlan: { vni, port, remote, local },
      }),
      undo: { netns: pod, request: delLink({ index }) },
    },
  ];
  if (!hasQdisc) {
    operations.push({
      netns: pod,
      request: addIngressQdisc(podIndex),
      undo: { netns: pod, request: delQdisc(podIndex) },
    });
  }
  operations.push(
    { netns: pod, request: addIngressQdisc(index) },
    {
      netns: pod,
      request: addRedirectFilter({ linkIndex: podIndex, targetIndex: index, priority: redirectPriority }),
      undo: { netns: pod, request: delFilter({ linkIndex: podIndex, priority: redirectPriority }) },
    },
    {
      netns: pod,
      request: addRedirectFilter({ linkIndex: index, targetIndex: podIndex, priority: redirectPriority }),
    },
  );
  return operations;
}

/** What is gone is done; failures are collected and thrown together. */
export async function tearDownNodeEnd(record: NodeEndRecord, context: TunnelContext): Promise<void> {
  const failures: unknown[] = [];
  await removePin(context.netlink, context.hostNetns, record).catch((error: unknown) => failures.push(error));
  try {
    using pod = openNetns(record.netns);
    failures.push(...(await removeFromPod(record, context.netlink, pod)));
  } catch (error) {
    // A leftover file that is no namespace any more answers EINVAL
    const gone = systemErrorCode(error) === 'ENOENT' || isNetlinkError(error, 'EINVAL', ...goneCodes);
    if (!gone) failures.push(error);
  }
  if (failures.length > 0) {
    throw asPeerPodError(new AggregateError(failures), 'E_TUNNEL', `tear down the node end of VNI ${record.vni}`);
  }
}

async function removeFromPod(record: NodeEndRecord, netlink: Netlink, pod: Netns): Promise<Error[]> {
  const links = await query(netlink, pod, getLinks());
  const requests = [];
  const podLink = links.find((link) => link.name === record.podInterface);
  if (podLink && findIngress(await query(netlink, pod, getQdiscs(podLink.index)), podLink.index)) {
    const filters = await query(netlink, pod, getFilters(podLink.index));
    const foreign = filters.some(({ priority }) => priority !== redirectPriority);
    if (record.ownsQdisc && !foreign) requests.push(delQdisc(podLink.index));
    else if (filters.some(({ priority }) => priority === redirectPriority)) {
      requests.push(delFilter({ linkIndex: podLink.index, priority: redirectPriority }));
    }
  }
  const tunnel = links.find((link) => link.name === nodeEndName);
  if (tunnel && isSameTunnel(tunnel, record)) requests.push(delLink({ index: tunnel.index }));
  return runAll(
    netlink,
    requests.map((request) => ({ netns: pod, request })),
  );
}

export async function applyWhenVniIsFree(
  operations: readonly Operation[],
  spec: { readonly vni: number },
  context: TunnelContext,
): Promise<void> {
  const [first] = operations;
  for (let tries = 1; ; tries++) {
    try {
      return await applyAll(context.netlink, operations);
    } catch (error) {
      const vniTaken = isNetlinkError(error, 'EEXIST') && error.message.startsWith(first?.request.attempted ?? '-');
      if (!vniTaken) throw error;
      if (tries === vniTriesMax) throw new PeerPodError('E_TUNNEL', `VNI ${spec.vni} is in use`, { cause: error });
      await sleep(context.clock, vniWaitMs);
    }
  }
}

export function isSameTunnel(link: Link, spec: { vni: number; port: number; remote: string }): boolean {
  const { vxlan } = link;
  return vxlan?.vni === spec.vni && vxlan.port === spec.port && vxlan.remote === formatIp(parseIp(spec.remote));
}

export function open(path: string): Netns {
  try {
    return openNetns(path);
  } catch (error) {
    throw new PeerPodError('E_NETNS', `open network namespace ${path}`, { cause: error });
  }
}
