/** The worker's end of a tunnel as the kernel has it now, for people to look at. */

import { type Link, type LinkCounters, linkCounters, type Netlink } from '@peerpods/netlink';
import { errorText } from '#base/errors.ts';
import { lookAtNodeEnd } from './node-end.ts';
import { judgeNodeEnd, type NodeEndRecord } from './node-plan.ts';
import { isGone, open } from './pod-netns.ts';

export interface NodeEndView {
  /**
   * complete: as recorded. partial: something of it is missing. absent: nothing is there. foreign: the device's name is
   * taken by something else. no-netns: the pod's namespace is gone. unreadable: see `error`.
   */
  readonly state: 'complete' | 'partial' | 'absent' | 'foreign' | 'no-netns' | 'unreadable';
  readonly device?: {
    readonly name: string;
    readonly index: number;
    readonly up: boolean;
    readonly mtu: number;
    readonly vni?: number;
    readonly port?: number;
    readonly remote?: string;
    readonly local?: string;
  };
  /** Of the device: received is from the pod VM, sent is to it. */
  readonly counters?: LinkCounters;
  readonly error?: string;
}

/** Changes nothing and never rejects. */
export async function viewNodeEnd(record: NodeEndRecord, netlink: Netlink): Promise<NodeEndView> {
  try {
    using pod = open(record.netns);
    const seen = await lookAtNodeEnd(netlink, pod, record.podInterface);
    const { tunnel } = seen;
    const counters = tunnel && linkCounters(tunnel);
    return {
      state: judgeNodeEnd(seen, record),
      ...(tunnel && { device: shownDevice(tunnel) }),
      ...(counters && { counters }),
    };
  } catch (error) {
    return isGone(error) ? { state: 'no-netns' } : { state: 'unreadable', error: errorText(error) };
  }
}

function shownDevice({ name, index, up, mtu, vxlan }: Link): NonNullable<NodeEndView['device']> {
  return {
    name,
    index,
    up,
    mtu,
    ...(vxlan && { vni: vxlan.vni }),
    ...(vxlan?.port !== undefined && { port: vxlan.port }),
    ...(vxlan?.remote !== undefined && { remote: vxlan.remote }),
    ...(vxlan?.local !== undefined && { local: vxlan.local }),
  };
}
