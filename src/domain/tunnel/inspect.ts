/** Reads the network that the CNI gave a pod: what the pod VM must be told to have the same. */

import {
  getAddresses,
  getLinks,
  getNeighbours,
  getRoutes,
  getRules,
  type Netlink,
  type Netns,
  query,
} from '@peerpods/netlink';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import { describePod, findPodLink, leftBehind, type SeenPod } from './describe-network.ts';
import { findHostInterface, mainTable } from './host-interface.ts';
import { podMtu } from './mtu.ts';
import { open } from './pod-netns.ts';

export interface InspectSettings {
  readonly vni: number;
  readonly port: number;
  /** The name of the pod's interface; undefined: that of its default route. */
  readonly podInterface?: string | undefined;
  readonly hostInterface?: string | undefined;
  readonly externalNetViaPodVm?: boolean;
  /** CIDRs as parsePodSubnets gives them: each becomes a route by the pod's gateway. */
  readonly podSubnets?: readonly string[];
}

export interface InspectParts {
  readonly netlink: Netlink;
  readonly hostNetns?: Netns | undefined;
  /** Told what can not be carried over. */
  readonly log?: Log | undefined;
}

/** Changes nothing. E_POD_NETWORK says what about the network can not be carried over. */
export async function inspectPodNetwork(
  netnsPath: string,
  settings: InspectSettings,
  { netlink, hostNetns, log }: InspectParts,
): Promise<PodNetwork> {
  const { hostInterface, podSubnets = [], externalNetViaPodVm = false } = settings;
  const host = await findHostInterface(netlink, hostNetns, { name: hostInterface });
  const primary = hostInterface === undefined ? host : await findHostInterface(netlink, hostNetns);
  const [workerNodeIp] = host.addresses;
  if (workerNodeIp === undefined) throw new PeerPodError('E_POD_NETWORK', `no address on host interface ${host.name}`);
  const seen = await lookIntoPod(netnsPath, settings.podInterface, netlink);
  const side = describePod(seen, podSubnets);
  const mtu = podMtu(seen.link.mtu, host.mtu, workerNodeIp, side.podIps6.length > 0);
  const left = leftBehind(seen);
  if (left.length > 0) log?.warn({ netnsPath, left: left.join(', ') }, 'not carried over to the pod VM');
  if (mtu < seen.link.mtu) {
    // Who sends the pod larger ones without looking (plain UDP) has them cut into fragments
    log?.warn(
      { netnsPath, podMtu: seen.link.mtu, tunnelMtu: mtu },
      'the pod network has larger packets than the tunnel',
    );
  }
  return {
    ...side,
    workerNodeIp,
    mtu,
    index: 0,
    vxlanPort: settings.port,
    vni: settings.vni,
    dedicated: host.index !== primary.index,
    externalNetViaPodVm,
  };
}

async function lookIntoPod(netnsPath: string, podInterface: string | undefined, netlink: Netlink): Promise<SeenPod> {
  using pod = open(netnsPath);
  try {
    const links = await query(netlink, pod, getLinks());
    const routes = await query(netlink, pod, getRoutes({ table: mainTable }));
    const link = findPodLink(links, routes, podInterface);
    return {
      link,
      routes,
      addresses: await query(netlink, pod, getAddresses({ linkIndex: link.index })),
      neighbours: await query(netlink, pod, getNeighbours({ linkIndex: link.index })),
      rules: await query(netlink, pod, getRules()),
    };
  } catch (error) {
    throw asPeerPodError(error, 'E_POD_NETWORK', `read the network of ${netnsPath}`);
  }
}
