/** The worker's end of a tunnel as plans: what is there, what is missing, and how to make and remove it. Pure. */

import {
  clsactIngressParent,
  constants,
  delFilter,
  delLink,
  delQdisc,
  type Filter,
  ingressParent,
  type Link,
  type Netns,
  type Qdisc,
} from '@peerpods/netlink';
import { formatIp, ipVersion, parseIp, parsePrefix, prefixContains } from '@peerpods/netlink/addresses';
import type { Operation, Step } from './apply.ts';
import { redirectPriority, type TunnelSpec, tunnelMessages } from './node-messages.ts';

export interface NodeEndSpec extends TunnelSpec {
  /** Path of the pod's network namespace. */
  readonly netns: string;
  readonly podInterface: string;
}

/** What teardown needs; plain JSON, kept in the ledger. */
export interface NodeEndRecord extends NodeEndSpec {
  /** Whether the ingress qdisc of the pod interface is ours. Absent until set-up has told, and after a crash in it. */
  readonly ownsQdisc?: boolean | undefined;
}

/** What was read in the pod's namespace. */
export interface SeenNodeEnd {
  readonly podLink: Link | undefined;
  readonly tunnel: Link | undefined;
  /** The ingress or clsact qdisc of the pod's interface. */
  readonly qdisc: Qdisc | undefined;
  readonly podFilters: readonly Filter[];
  readonly tunnelFilters: readonly Filter[];
}

/** Links made by us: the number can be named before the link exists, and is unique since the VNI is. */
export const linkIndexOf = (vni: number) => 0x100_0000 + vni;

const loopbacks = [parsePrefix('127.0.0.0/8'), parsePrefix('::1/128')];

/** Why no tunnel can join these two; undefined when one can. */
export function addressFault({ remote, local }: Pick<NodeEndSpec, 'remote' | 'local'>): string | undefined {
  if (ipVersion(remote) !== ipVersion(local)) {
    return `pod VM address ${remote} and worker address ${local} are of different versions`;
  }
  // The kernel hands frames for itself straight back to the pod, past the pins: two such pods keep them going for ever.
  const isOwn = canonical(remote) === canonical(local) || loopbacks.some((prefix) => prefixContains(prefix, remote));
  return isOwn ? `pod VM address ${remote} is the worker's own` : undefined;
}

/** foreign: the name is taken by something else; partial: some of ours, from a run that was cut short. */
export function judgeNodeEnd(seen: SeenNodeEnd, spec: NodeEndSpec): 'absent' | 'complete' | 'partial' | 'foreign' {
  const { tunnel, podLink } = seen;
  if (tunnel && !isSameTunnel(tunnel, spec)) return 'foreign';
  if (!tunnel || !podLink) return ourFilters(seen.podFilters).length > 0 ? 'partial' : 'absent';
  const alike = tunnel.up && tunnel.mtu === spec.podMtu && tunnel.vxlan?.local === canonical(spec.local);
  const joined = redirects(seen.podFilters, tunnel) && redirects(seen.tunnelFilters, podLink);
  return alike && joined ? 'complete' : 'partial';
}

/** For a record that does not tell: an ingress qdisc without filters of others goes with the tunnel. */
export function judgeQdisc({ qdisc, podFilters }: SeenNodeEnd, record: NodeEndRecord): boolean {
  if (!qdisc) return false;
  const alone = ourFilters(podFilters).length === podFilters.length;
  return (record.ownsQdisc ?? qdisc.kind === 'ingress') && alone;
}

export function ingressParentOf(qdisc: Qdisc | undefined): number {
  return qdisc?.kind === 'clsact' ? clsactIngressParent : ingressParent;
}

/** The first leg is in the underlay's namespace, where the VXLAN's socket stays; the second in the pod's. */
export function planNodeEnd(
  spec: NodeEndSpec,
  podIndex: number,
  qdisc: Qdisc | undefined,
  pod: Netns,
  hostNetns: Netns | undefined,
): Operation[] {
  const index = linkIndexOf(spec.vni);
  const parent = ingressParentOf(qdisc);
  const messages = tunnelMessages({ spec, index, podIndex, parent, pod });
  const noFilter = () => delFilter({ linkIndex: podIndex, priority: redirectPriority, parent });
  const ownQdisc: Operation = { netns: pod, request: messages.podQdisc, undo: () => [noQdisc(pod, podIndex)] };
  return [
    {
      netns: hostNetns,
      request: messages.link,
      undo: () => [{ netns: pod, request: delLink({ index }) }],
    },
    ...(qdisc ? [] : [ownQdisc]),
    { netns: pod, request: messages.tunnelQdisc },
    {
      netns: pod,
      request: messages.podRedirect,
      undo: () => [{ netns: pod, request: noFilter(), tolerate: noSuchFilter }],
    },
    { netns: pod, request: messages.tunnelRedirect },
  ];
}

/** Removes what is ours of what was seen. */
export function planRemoval(seen: SeenNodeEnd, record: NodeEndRecord, pod: Netns): Step[] {
  const { podLink, tunnel, qdisc, podFilters } = seen;
  if (tunnel && !isSameTunnel(tunnel, record)) return []; // then the filters are that one's
  const steps: Step[] = [];
  const redirected = ourFilters(podFilters).length > 0;
  if (podLink && (tunnel || redirected) && judgeQdisc(seen, record)) {
    steps.push(noQdisc(pod, podLink.index));
  } else if (podLink && redirected) {
    const filter = { linkIndex: podLink.index, priority: redirectPriority, parent: ingressParentOf(qdisc) };
    steps.push({ netns: pod, request: delFilter(filter), tolerate: noSuchFilter });
  }
  if (tunnel) steps.push({ netns: pod, request: delLink({ index: tunnel.index }) });
  return steps;
}

export function isSameTunnel(link: Link, spec: { vni: number; port: number; remote: string }): boolean {
  const { vxlan } = link;
  return vxlan?.vni === spec.vni && vxlan.port === spec.port && vxlan.remote === canonical(spec.remote);
}

/** Without the qdisc (EINVAL) or the link there is no filter either. */
const noSuchFilter = ['EINVAL'];

function noQdisc(pod: Netns, linkIndex: number): Step {
  return { netns: pod, request: delQdisc(linkIndex), tolerate: ['EINVAL'] };
}

function canonical(address: string): string {
  return formatIp(parseIp(address));
}

function ourFilters(filters: readonly Filter[]): Filter[] {
  return filters.filter(({ priority }) => priority === redirectPriority);
}

function redirects(filters: readonly Filter[], target: Link): boolean {
  const isIt = ({ redirect }: Filter) =>
    redirect?.mode === constants.TCA_EGRESS_REDIR && redirect.targetIndex === target.index;
  return ourFilters(filters).some(isIt);
}
