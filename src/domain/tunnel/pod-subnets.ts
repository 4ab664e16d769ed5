/** Subnets that a pod reaches through its CNI even when its default route leads out of the pod VM directly. Pure. */

import { formatPrefix, networkOf, parsePrefix } from '@peerpods/netlink/addresses';
import { PeerPodError } from '#base/errors.ts';
import type { PodRoute } from '#codec/pod-network.ts';

/** A comma list of CIDRs, as of -pod-subnet-cidrs; E_SETTING names the one that is malformed. */
export function parsePodSubnets(list: string): readonly string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      try {
        return formatPrefix(networkOf(parsePrefix(entry)));
      } catch (error) {
        throw new PeerPodError('E_SETTING', `-pod-subnet-cidrs: ${JSON.stringify(entry)} is not a CIDR`, {
          cause: error,
        });
      }
    });
}

/** Routes to them by the gateway of the pod's best default route; none to what has a route already. */
export function routesToSubnets(
  subnets: readonly string[],
  routes: readonly PodRoute[],
  version: 4 | 6,
  device: string,
): PodRoute[] {
  const wanted = subnets.filter((subnet) => subnet.includes(':') === (version === 6));
  const [best] = routes
    .filter((route) => parsePrefix(route.destination).length === 0)
    .toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
  if (!best && wanted.length > 0) {
    throw new PeerPodError('E_POD_NETWORK', `the pod has no default route for the subnets ${wanted.join(', ')}`);
  }
  const known = new Set(routes.map((route) => route.destination));
  return wanted
    .filter((subnet) => !known.has(subnet))
    .map((destination) => ({
      destination,
      gateway: best?.gateway,
      device,
      protocol: undefined,
      scope: undefined,
      metric: undefined,
      source: undefined,
      onlink: best?.onlink ?? false,
      mtu: undefined,
    }));
}
