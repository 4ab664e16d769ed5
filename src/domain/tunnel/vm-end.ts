/** The pod VM's end of a tunnel: the VXLAN device itself is the pod's interface, with all that the CNI gave the pod. */

import {
  addAddress,
  addNeighbour,
  addRoute,
  delLink,
  getLinks,
  type Netns,
  newLink,
  query,
  setLink,
} from '@peerpods/netlink';
import { parsePrefix } from '@peerpods/netlink/addresses';
import { asPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import { neighbourStates, type PodNetwork, type PodRoute, routeProtocols, routeScopes } from '#codec/pod-network.ts';
import type { Operation } from './apply.ts';
import { runAll } from './apply.ts';
import { findHostInterface } from './host-interface.ts';
import { tunnelMtu } from './inspect.ts';
import { applyWhenVniIsFree, isSameTunnel, open, type TunnelContext } from './node-end.ts';
import { addPin, removePin } from './source-pin.ts';

export interface VmEndSpec {
  /** Parsed, or as it stands in apf.json. */
  readonly podNetwork: PodNetwork;
  readonly podNetnsPath: string;
  readonly hostInterface?: string | undefined;
}

/** Idempotent: after a crash of the forwarder the same interface is completed, not made anew. */
export async function setUpVmEnd(spec: VmEndSpec, context: TunnelContext): Promise<void> {
  const { netlink, hostNetns } = context;
  const { podNetwork } = spec;
  if (podNetwork.externalNetViaPodVm) {
    throw new PeerPodError('E_POD_NETWORK', 'external-net-via-pod-vm is not supported yet');
  }
  const tunnel = tunnelOf(podNetwork);
  const host = await findHostInterface(netlink, hostNetns, spec.hostInterface);
  using pod = open(spec.podNetnsPath);
  const links = await query(netlink, pod, getLinks());
  const existing = links.find((link) => link.name === podNetwork.interface);
  if (existing && !isSameTunnel(existing, tunnel)) {
    throw new PeerPodError('E_TUNNEL', `interface ${existing.name} in ${spec.podNetnsPath} is not this tunnel's`);
  }
  const mtu = Math.min(podNetwork.mtu || Number.POSITIVE_INFINITY, tunnelMtu(host.mtu, tunnel.remote));
  try {
    await addPin(netlink, hostNetns, tunnel);
    await applyWhenVniIsFree(planVmEnd(podNetwork, mtu, existing?.index, pod, hostNetns), tunnel, context);
  } catch (error) {
    if (!existing) {
      await removePin(netlink, hostNetns, tunnel).catch((failure: unknown) =>
        context.log.warn({ err: failure }, 'a pin stays behind'),
      );
    }
    throw asPeerPodError(error, 'E_TUNNEL', `set up the VM end of VNI ${tunnel.vni}`);
  }
}

export async function tearDownVmEnd(spec: VmEndSpec, context: TunnelContext): Promise<void> {
  const tunnel = tunnelOf(spec.podNetwork);
  const failures: unknown[] = [];
  await removePin(context.netlink, context.hostNetns, tunnel).catch((error: unknown) => failures.push(error));
  try {
    using pod = open(spec.podNetnsPath);
    const links = await query(context.netlink, pod, getLinks());
    const link = links.find((entry) => entry.name === spec.podNetwork.interface);
    if (link && isSameTunnel(link, tunnel)) {
      failures.push(...(await runAll(context.netlink, [{ netns: pod, request: delLink({ index: link.index }) }])));
    }
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    if (systemErrorCode(cause) !== 'ENOENT') failures.push(error);
  }
  if (failures.length > 0) {
    throw asPeerPodError(new AggregateError(failures), 'E_TUNNEL', `tear down the VM end of VNI ${tunnel.vni}`);
  }
}

/** Pure. With `existingIndex` the link is there already and what it has is kept. */
export function planVmEnd(
  podNetwork: PodNetwork,
  mtu: number,
  existingIndex: number | undefined,
  pod: Netns,
  hostNetns: Netns | undefined,
): Operation[] {
  const vxlan = tunnelOf(podNetwork);
  const index = existingIndex ?? 0x100_0000 + vxlan.vni;
  const { interface: name, podMac: mac } = podNetwork;
  // Only what was left by a run before may be there already; otherwise it is a conflict.
  const tolerate = existingIndex === undefined ? [] : ['EEXIST'];
  const first: Operation =
    existingIndex === undefined
      ? {
          netns: hostNetns,
          request: newLink({ kind: 'vxlan', name, index, mac, mtu, up: true, netns: pod, vxlan }),
          undo: { netns: pod, request: delLink({ index }) },
        }
      : { netns: pod, request: setLink({ index }, { mac, mtu, up: true }) };
  const addresses = [podNetwork.podIp, ...podNetwork.podIps6].filter((entry) => entry !== undefined).map(parsePrefix);
  return [
    first,
    ...addresses.map(({ address, length }) => ({
      netns: pod,
      tolerate,
      // The list of routes has the subnet's when the pod is to have it: PTP-style CNIs have none.
      request: addAddress({ linkIndex: index, address, prefixLength: length, noPrefixRoute: true, noDad: true }),
    })),
    ...[podNetwork.routes, podNetwork.routes6].flatMap((routes) =>
      withoutGatewayFirst(routes).map((route) => ({ netns: pod, tolerate, request: routeRequest(route, index) })),
    ),
    ...[...podNetwork.neighbours, ...podNetwork.neighbours6].map(({ address, mac: neighbourMac, state }) => {
      if (neighbourMac === undefined) throw new PeerPodError('E_POD_NETWORK', `neighbour ${address} has no hw-addr`);
      const number = neighbourStates[state ?? 'permanent'];
      return {
        netns: pod,
        request: addNeighbour({ linkIndex: index, address, mac: neighbourMac, state: number }),
      };
    }),
  ];
}

/** A gateway is reachable only once the route to it is there. */
function withoutGatewayFirst(routes: readonly PodRoute[]): PodRoute[] {
  return [
    ...routes.filter((route) => route.gateway === undefined),
    ...routes.filter((route) => route.gateway !== undefined),
  ];
}

function routeRequest(route: PodRoute, linkIndex: number) {
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

function tunnelOf(podNetwork: PodNetwork): { remote: string; port: number; vni: number } {
  const { vni, vxlanPort: port } = podNetwork;
  if (vni === 0 || port === 0) throw new PeerPodError('E_POD_NETWORK', 'vxlan-id or vxlan-port is missing');
  return { remote: parsePrefix(podNetwork.workerNodeIp).address, port, vni };
}
