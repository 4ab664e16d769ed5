/** The messages that make the worker's end of a tunnel; encoded once for each shape, then only filled in. Pure. */

import {
  addIngressQdisc,
  addRedirectFilter,
  MessageTemplate,
  type NetlinkRequest,
  Netns,
  newLink,
} from '@peerpods/netlink';
import { ipVersion, parseIp } from '@peerpods/netlink/addresses';

export const nodeEndName = 'vxlan1';
/** After those that the kernel assigns (49152 and down), so that filters of others see the packets first. */
export const redirectPriority = 50001;

/** What a tunnel is, whichever pod's interface it is joined to. */
export interface TunnelSpec {
  readonly vni: number;
  readonly port: number;
  /** The pod VM's address. */
  readonly remote: string;
  /** Our own address, as apf.json tells it to the VM: the source that the VM's pin expects. */
  readonly local: string;
  readonly podMtu: number;
}

export interface TunnelMessage {
  readonly spec: TunnelSpec;
  /** ifindex of the tunnel's device. */
  readonly index: number;
  readonly podIndex: number;
  /** Where the filter on the pod's interface hangs. */
  readonly parent: number;
  readonly pod: Netns;
}

export interface TunnelMessages {
  /** The device, in the pod and up. */
  readonly link: NetlinkRequest;
  readonly podQdisc: NetlinkRequest;
  readonly tunnelQdisc: NetlinkRequest;
  readonly podRedirect: NetlinkRequest;
  readonly tunnelRedirect: NetlinkRequest;
}

type Value = 'vni' | 'port' | 'remote' | 'local' | 'mtu' | 'index' | 'podIndex' | 'pod';
type Templates = Readonly<Record<keyof TunnelMessages, MessageTemplate<Value>>>;

/** Shapes are few: IP versions and where the pod's filter hangs. */
const templates = new Map<string, Templates>();

export function tunnelMessages(message: TunnelMessage): TunnelMessages {
  const values = valuesOf(message);
  const shape = `${values.remote.length} ${values.local.length} ${message.parent}`;
  const known = templates.get(shape) ?? templatesLike(message);
  templates.set(shape, known);
  return {
    link: { ...known.link.fill(values), holds: [message.pod] },
    podQdisc: known.podQdisc.fill(values),
    tunnelQdisc: known.tunnelQdisc.fill(values),
    podRedirect: known.podRedirect.fill(values),
    tunnelRedirect: known.tunnelRedirect.fill(values),
  };
}

export function encodeTunnelMessages({ spec, index, podIndex, parent, pod }: TunnelMessage): TunnelMessages {
  const { vni, port, remote, local, podMtu: mtu } = spec;
  const vxlan = { vni, port, remote, local };
  const priority = redirectPriority;
  return {
    link: newLink({ kind: 'vxlan', name: nodeEndName, index, netns: pod, up: true, mtu, vxlan }),
    podQdisc: { ...addIngressQdisc(podIndex), attempted: 'add ingress qdisc to the pod interface' },
    tunnelQdisc: { ...addIngressQdisc(index), attempted: `add ingress qdisc to ${nodeEndName}` },
    podRedirect: {
      ...addRedirectFilter({ linkIndex: podIndex, targetIndex: index, priority, parent }),
      attempted: `redirect the pod interface to ${nodeEndName}`,
    },
    tunnelRedirect: {
      ...addRedirectFilter({ linkIndex: index, targetIndex: podIndex, priority }),
      attempted: `redirect ${nodeEndName} to the pod interface`,
    },
  };
}

/** Numbers and addresses that nothing else in the messages looks like. */
function templatesLike({ spec, parent }: TunnelMessage): Templates {
  const sample: TunnelMessage = {
    spec: {
      vni: 0xb3a29d,
      port: 0xd4c5,
      remote: ipVersion(spec.remote) === 4 ? '198.51.100.177' : '2001:db8::a1b1:c1d1',
      local: ipVersion(spec.local) === 4 ? '198.51.100.178' : '2001:db8::a2b2:c2d2',
      podMtu: 0x6e5f4c3d,
    },
    index: 0x1c2d3e4f,
    podIndex: 0x4b5d6e7f,
    parent,
    pod: new Netns('', 0x2a3b4c5d),
  };
  const messages = encodeTunnelMessages(sample);
  const marks = valuesOf(sample);
  const template = (name: keyof TunnelMessages) => new MessageTemplate(messages[name], marks);
  return {
    link: template('link'),
    podQdisc: template('podQdisc'),
    tunnelQdisc: template('tunnelQdisc'),
    podRedirect: template('podRedirect'),
    tunnelRedirect: template('tunnelRedirect'),
  };
}

function valuesOf({ spec, index, podIndex, pod }: TunnelMessage) {
  return {
    vni: spec.vni,
    port: Uint8Array.of(spec.port >>> 8, spec.port & 0xff),
    remote: parseIp(spec.remote),
    local: parseIp(spec.local),
    mtu: spec.podMtu,
    index: index,
    podIndex: podIndex,
    pod: pod.fd,
  };
}
