/** Reads the network that the CNI gave a pod: what the pod VM must be told to have the same. */

import {
  getAddresses,
  getLinks,
  getNeighbours,
  getRoutes,
  getRules,
  isNetlinkError,
  type LinkRef,
  type Netlink,
  type Netns,
  type Question,
  queryAll,
  type Route,
} from '@peerpods/netlink';
import { asPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import { describePod, findPodLink, furtherLinks, leftBehind, type SeenPod } from './describe-network.ts';
import {
  describeWanted,
  type HostInterface,
  hostInterfaceOf,
  hostQuestions,
  linkOfBestDefault,
  mainTable,
  type WantedInterface,
} from './host-interface.ts';
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
  /** Makes the next inspection quicker, and no other. */
  readonly lastHost?: LastHost | undefined;
}

/** The link that was the host's interface the last time: asked for with all the rest, and looked for when it is not. */
export interface LastHost {
  link?: { readonly index: number } | undefined;
}

/** Changes nothing. E_POD_NETWORK says what about the network can not be carried over. */
export async function inspectPodNetwork(
  netnsPath: string,
  settings: InspectSettings,
  { netlink, hostNetns, log, lastHost = {} }: InspectParts,
): Promise<PodNetwork> {
  const { hostInterface, podSubnets = [], externalNetViaPodVm = false } = settings;
  const guess = hostInterface === undefined ? lastHost.link : { name: hostInterface };
  const { hostRoutes, guessed, seen } = await lookAround(netnsPath, settings.podInterface, netlink, hostNetns, guess);
  const primary = linkOfBestDefault(hostRoutes);
  if (!primary) throw noHostInterface({});
  const isHost = guessed && (hostInterface !== undefined || guessed.index === primary.index);
  const wanted = hostInterface === undefined ? primary : { name: hostInterface };
  const host = isHost ? guessed : await readHostInterface(netlink, hostNetns, wanted, hostInterface);
  lastHost.link = { index: host.index };
  const [workerNodeIp] = host.addresses;
  if (workerNodeIp === undefined) throw new PeerPodError('E_POD_NETWORK', `no address on host interface ${host.name}`);
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

/** All of the pod and the host's routes in one exchange: each takes its time, however little it asks for. */
async function lookAround(
  netnsPath: string,
  podInterface: string | undefined,
  netlink: Netlink,
  hostNetns: Netns | undefined,
  guess: LinkRef | undefined,
): Promise<{ hostRoutes: readonly Route[]; guessed: HostInterface | undefined; seen: SeenPod }> {
  using pod = open(netnsPath);
  try {
    const around = [
      { netns: hostNetns, request: getRoutes({ table: mainTable }) },
      { netns: pod, request: getLinks() },
      { netns: pod, request: getRoutes({ table: mainTable }) },
      { netns: pod, request: getAddresses() },
      { netns: pod, request: getNeighbours() },
      { netns: pod, request: getRules() },
    ] as const;
    const [guessed, [hostRoutes, links, routes, addresses, neighbours, rules]] = (guess &&
      (await withHost(netlink, hostNetns, guess, around))) ?? [undefined, await queryAll(netlink, around)];
    const link = findPodLink(links, routes, podInterface);
    const isOfLink = ({ linkIndex }: { readonly linkIndex: number }) => linkIndex === link.index;
    const seen = {
      link,
      routes,
      rules,
      addresses: addresses.filter(isOfLink),
      neighbours: neighbours.filter(isOfLink),
      furtherLinks: furtherLinks(links, link, addresses),
    };
    return { hostRoutes, guessed, seen };
  } catch (error) {
    throw asPeerPodError(error, 'E_POD_NETWORK', `read the network of ${netnsPath}`);
  }
}

/** undefined: there is no such link any more. */
async function withHost<const Questions extends readonly Question<unknown>[]>(
  netlink: Netlink,
  hostNetns: Netns | undefined,
  ref: LinkRef,
  around: Questions,
) {
  try {
    const [[link], addresses, ...rest] = await queryAll(netlink, [...hostQuestions(hostNetns, ref), ...around]);
    return [link && hostInterfaceOf(link, addresses), rest] as const;
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

async function readHostInterface(
  netlink: Netlink,
  netns: Netns | undefined,
  ref: LinkRef,
  name: string | undefined,
): Promise<HostInterface> {
  try {
    const [[link], addresses] = await queryAll(netlink, hostQuestions(netns, ref));
    if (link) return hostInterfaceOf(link, addresses);
  } catch (error) {
    if (!isNetlinkError(error, 'ENODEV')) throw asPeerPodError(error, 'E_POD_NETWORK', 'read the host’s interface');
  }
  throw noHostInterface({ name });
}

function noHostInterface(wanted: WantedInterface): PeerPodError {
  return new PeerPodError('E_POD_NETWORK', `no host interface ${describeWanted(wanted)}`);
}
