/** The pod VM's end of a tunnel as a plan: the device, and on it all that the CNI gave the pod. Pure. */

import {
  addAddress,
  addNeighbour,
  addRoute,
  delLink,
  type NetlinkRequest,
  type Netns,
  newLink,
  setLink,
} from '@peerpods/netlink';
import { parsePrefix } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import {
  neighbourStates,
  type PodNeighbour,
  type PodNetwork,
  type PodRoute,
  routeProtocols,
  routeScopes,
} from '#codec/pod-network.ts';
import type { Operation } from './apply.ts';
import { linkIndexOf } from './node-plan.ts';

export interface VmTunnel {
  readonly remote: string;
  readonly port: number;
  readonly vni: number;
  /** The VM's own address; undefined leaves it to routing. */
  readonly local?: string | undefined;
}

/** E_POD_NETWORK when it is not told. */
export function tunnelOf(podNetwork: PodNetwork): VmTunnel {
  const { vni, vxlanPort: port } = podNetwork;
  if (vni === 0 || port === 0) throw new PeerPodError('E_POD_NETWORK', 'vxlan-id or vxlan-port is missing');
  return { remote: parsePrefix(podNetwork.workerNodeIp).address, port, vni };
}

/** With `existingIndex` the link is there already and what it has is kept. */
export function planVmEnd(
  podNetwork: PodNetwork,
  vxlan: VmTunnel,
  mtu: number,
  existingIndex: number | undefined,
  pod: Netns,
  hostNetns: Netns | undefined,
): Operation[] {
  const index = existingIndex ?? linkIndexOf(vxlan.vni);
  const { interface: name, podMac: mac } = podNetwork;
  // Only what was left by a run before may be there already; otherwise it is a conflict.
  const tolerate = existingIndex === undefined ? [] : ['EEXIST'];
  const first: Operation =
    existingIndex === undefined
      ? {
          netns: hostNetns,
          request: newLink({ kind: 'vxlan', name, index, mac, mtu, up: true, netns: pod, vxlan }),
          undo: () => [{ netns: pod, request: delLink({ index }) }],
        }
      : { netns: pod, request: setLink({ index }, { mac, mtu, up: true }) };
  const addresses = [podNetwork.podIp, ...podNetwork.podIps6].filter((entry) => entry !== undefined).map(parsePrefix);
  const rest: NetlinkRequest[] = [
    // The list of routes has the subnet's when the pod is to have it: PTP-style CNIs have none.
    ...addresses.map(({ address, length }) =>
      addAddress({ linkIndex: index, address, prefixLength: length, noPrefixRoute: true, noDad: true }),
    ),
    ...[podNetwork.routes, podNetwork.routes6].flatMap((routes) =>
      withoutGatewayFirst(routes).map((route) => routeRequest(route, index)),
    ),
    ...[...podNetwork.neighbours, ...podNetwork.neighbours6].map((neighbour) => neighbourRequest(neighbour, index)),
  ];
  return [first, ...rest.map((request) => ({ netns: pod, tolerate, request }))];
}

/** A gateway is reachable only once the route to it is there. */
function withoutGatewayFirst(routes: readonly PodRoute[]): PodRoute[] {
  return [
    ...routes.filter((route) => route.gateway === undefined),
    ...routes.filter((route) => route.gateway !== undefined),
  ];
}

function routeRequest(route: PodRoute, linkIndex: number): NetlinkRequest {
  const direct = route.gateway === undefined;
  const scope = direct && !route.destination.includes(':') ? routeScopes.link : routeScopes[route.scope ?? 'universe'];
  return addRoute({
    destination: parsePrefix(route.destination),
    linkIndex,
    gateway: route.gateway,
    source: route.source,
    metric: route.metric,
    mtu: route.mtu,
    onlink: route.onlink,
    protocol: routeProtocols[route.protocol ?? 'boot'],
    scope,
  });
}

function neighbourRequest({ address, mac, state = 'permanent' }: PodNeighbour, linkIndex: number): NetlinkRequest {
  if (mac === undefined) throw new PeerPodError('E_POD_NETWORK', `neighbour ${address} has no hw-addr`);
  if (state === 'none') throw new PeerPodError('E_POD_NETWORK', `neighbour ${address} has state none`);
  return addNeighbour({ linkIndex, address, mac, state: neighbourStates[state] });
}
