/** The worker's end of a tunnel: a VXLAN device in the pod's namespace, redirected to and from the pod's interface. */

import {
  answersTo,
  findIngress,
  getFilters,
  getLink,
  getQdiscs,
  isNetlinkError,
  type MessageReply,
  type Netlink,
  type NetlinkQuery,
  type Netns,
  type Qdisc,
} from '@peerpods/netlink';
import { sleep } from '#base/clock.ts';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import { applyAll, clearAll, type Operation, RefusedError } from './apply.ts';
import type { TunnelContext } from './context.ts';
import { nodeEndName } from './node-messages.ts';
import {
  addressFault,
  ingressParentOf,
  judgeNodeEnd,
  judgeQdisc,
  type NodeEndRecord,
  planNodeEnd,
  planRemoval,
  type SeenNodeEnd,
} from './node-plan.ts';
import { isGone, open } from './pod-netns.ts';
import { addPin, pinRequests, removePin } from './source-pin.ts';

export type { TunnelContext } from './context.ts';
export type { NodeEndRecord, NodeEndSpec } from './node-plan.ts';

/** The kernel frees the VNI of a deleted namespace some 10 ms later, on a busy machine later still. */
const vniWaitMs = 20;
const vniTriesMax = 50;

/** Idempotent, and finishes what a crash cut short; on failure nothing is left behind. E_TUNNEL says why. */
export async function setUpNodeEnd(record: NodeEndRecord, context: TunnelContext): Promise<NodeEndRecord> {
  const { netlink } = context;
  const { vni, netns, podInterface } = record;
  const fault = addressFault(record);
  if (fault !== undefined) throw new PeerPodError('E_TUNNEL', fault);
  using pod = open(netns);
  try {
    const seen = await lookAtNodeEnd(netlink, pod, podInterface);
    if (!seen.podLink) throw new PeerPodError('E_POD_NETWORK', `no interface ${podInterface} in ${netns}`);
    const found = judgeNodeEnd(seen, record);
    if (found === 'foreign') {
      throw new PeerPodError('E_TUNNEL', `${nodeEndName} in ${netns} belongs to another tunnel`);
    }
    if (found === 'complete') {
      await addPin(context, record);
      return { ...record, ownsQdisc: record.ownsQdisc ?? judgeQdisc(seen, record) };
    }
    return await begin(seen, record, pod, context);
  } catch (error) {
    throw asPeerPodError(error, 'E_TUNNEL', `set up the node end of VNI ${vni}`);
  }
}

/** From nothing, or from what a crash left: that is removed first. */
async function begin(
  seen: SeenNodeEnd,
  record: NodeEndRecord,
  pod: Netns,
  context: TunnelContext,
): Promise<NodeEndRecord> {
  const { netlink, hostNetns, log } = context;
  const leftovers = planRemoval(seen, record, pod);
  const ownsQdisc = !seen.qdisc || (leftovers.length > 0 && judgeQdisc(seen, record));
  const failures = await clearAll(netlink, leftovers);
  if (failures.length > 0) throw new AggregateError(failures);
  try {
    const qdisc = ownsQdisc ? undefined : seen.qdisc;
    await pinAndApply(planNodeEnd(record, seen.podLink?.index ?? 0, qdisc, pod, hostNetns), record, context);
  } catch (error) {
    await removePin(context, record).catch((failure: unknown) => log.warn({ err: failure }, 'a pin stays behind'));
    throw error;
  }
  return { ...record, ownsQdisc };
}

/** What is gone is done; failures are collected and thrown together. */
export async function tearDownNodeEnd(record: NodeEndRecord, context: TunnelContext): Promise<void> {
  const { netlink } = context;
  const failures: unknown[] = [];
  try {
    using pod = open(record.netns);
    const seen = await lookAtNodeEnd(netlink, pod, record.podInterface);
    failures.push(...(await clearAll(netlink, planRemoval(seen, record, pod))));
  } catch (error) {
    if (!isGone(error)) failures.push(error);
  }
  // The pin stays while the device does: without it anybody's frames would come in
  if (failures.length === 0) {
    await removePin(context, record).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) {
    throw asPeerPodError(new AggregateError(failures), 'E_TUNNEL', `tear down the node end of VNI ${record.vni}`);
  }
}

/** In one exchange where nothing is in the way. */
async function pinAndApply(
  plan: readonly Operation[],
  record: NodeEndRecord,
  context: TunnelContext,
): Promise<readonly Operation[]> {
  const pin = pinRequests(context, record)?.map((request) => ({ netns: context.hostNetns, request }));
  if (pin) {
    try {
      return await applyAll(context.netlink, [...pin, ...plan]);
    } catch (error) {
      // All is as before; what stands in the way is looked into, or waited for, below
      if (!(error instanceof RefusedError && plan.indexOf(error.operation) <= 0)) throw error;
    }
  }
  await addPin(context, record);
  return await applyWhenVniIsFree(plan, record, context);
}

export async function lookAtNodeEnd(netlink: Netlink, pod: Netns, podInterface: string): Promise<SeenNodeEnd> {
  const asked = [getLink({ name: podInterface }), getLink({ name: nodeEndName }), getQdiscs()] as const;
  const [leg] = await netlink.exchange([{ netns: pod, family: 'route', messages: asked }]);
  const podLink = answerIfThere(asked[0], leg?.replies[0]);
  const tunnel = answerIfThere(asked[1], leg?.replies[1]);
  const qdiscs = answersTo(asked[2], leg?.replies[2]);
  const qdisc = podLink && findIngress(qdiscs, podLink.index);
  const tunnelQdisc = tunnel && findIngress(qdiscs, tunnel.index);
  const [podFilters, tunnelFilters] = await filtersOf(netlink, pod, [qdisc, podLink && tunnelQdisc]);
  return { podLink, tunnel, qdisc, podFilters, tunnelFilters };
}

function answerIfThere<T>(request: NetlinkQuery<T>, reply: MessageReply | undefined): T | undefined {
  if (isNetlinkError(reply?.error, 'ENODEV')) return undefined;
  return answersTo(request, reply)[0];
}

/** None where there is no qdisc. */
async function filtersOf(netlink: Netlink, pod: Netns, qdiscs: readonly [Qdisc | undefined, Qdisc | undefined]) {
  const asked = qdiscs.map((qdisc) => qdisc && getFilters(qdisc.linkIndex, ingressParentOf(qdisc)));
  const messages = asked.filter((request) => request !== undefined);
  if (messages.length === 0) return [[], []] as const;
  const [leg] = await netlink.exchange([{ netns: pod, family: 'route', messages }]);
  const filters = asked.map((request) => (request ? answersTo(request, leg?.replies[messages.indexOf(request)]) : []));
  return [filters[0] ?? [], filters[1] ?? []] as const;
}

/** Applies a plan whose first operation makes the VXLAN device. Gives the operations that were done. */
export async function applyWhenVniIsFree(
  operations: readonly Operation[],
  { vni, port }: { readonly vni: number; readonly port: number },
  context: TunnelContext,
): Promise<readonly Operation[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await applyAll(context.netlink, operations);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.operation !== operations[0]) throw error;
      const { cause } = error;
      if (isNetlinkError(cause, 'EADDRINUSE')) {
        const text = `UDP port ${port} is in use by something else than a plain VXLAN: choose another VXLAN port`;
        throw new PeerPodError('E_TUNNEL', text, { cause });
      }
      if (!isNetlinkError(cause, 'EEXIST')) throw error;
      if (tries === vniTriesMax) {
        throw new PeerPodError('E_TUNNEL', `VNI ${vni} is in use on UDP port ${port}: ${error.message}`, { cause });
      }
      await sleep(context.clock, vniWaitMs);
    }
  }
}
