/** The kernel's state in a few milliseconds, through netlink: for comparing hundreds of times what `snapshot` shows. */

import {
  answersTo,
  getAddresses,
  getElements,
  getFilters,
  getLinks,
  getNeighbours,
  getQdiscs,
  getRoutes,
  getRules,
  getTables,
  type NetlinkQuery,
  netlink,
} from '@peerpods/netlink';
import { nodeEndName } from '#domain/tunnel/node-messages.ts';
import { tunnels } from '#domain/tunnel/pin-table.ts';
import type { Place } from './topology.ts';

const permanent = 0x80;
const tableLocal = 255;

/** `links` are those whose filters to look at, by ifindex; ones that do not exist are fine. */
export async function fingerprint(places: readonly Place[], links: readonly number[]): Promise<string> {
  const texts = await Promise.all(places.map((each) => fingerprintOf(each, links)));
  return texts.join('\n');
}

async function fingerprintOf({ netns }: Place, links: readonly number[]): Promise<string> {
  const route: NetlinkQuery<unknown>[] = [
    getLinks(),
    getAddresses(),
    getRoutes(),
    getRules(),
    getNeighbours(),
    getQdiscs(),
    ...links.map((index) => getFilters(index)),
    ...links.map((index) => getFilters(index, 0xfffffff2)),
  ];
  const netfilter: NetlinkQuery<unknown>[] = [getTables(), getElements(tunnels)];
  const legs = await netlink.exchange([
    { netns, family: 'route', messages: route },
    { netns, family: 'netfilter', messages: netfilter, evenAfterErrors: true },
  ]);
  const replies = legs.flatMap((leg) => leg.replies);
  return [...route, ...netfilter]
    .map((request, index) => {
      const reply = replies[index];
      if (reply?.error) return `${request.attempted}: ${reply.error.code}`;
      const values = answersTo(request, reply).filter(isLasting);
      return values
        .map((value) => JSON.stringify(value, withoutVolatile))
        .toSorted()
        .join('\n');
    })
    .join('\n');
}

/** Neighbours come and go with packets; the routes of table local follow an address a moment later. */
function isLasting(value: unknown): boolean {
  const { state, table } = value as { state?: number; table?: number };
  return (state === undefined || state === permanent) && table !== tableLocal;
}

/** Raw attributes hold counters and times; what is decoded does not. The worker's VXLAN device has a random MAC. */
function withoutVolatile(this: { name?: string }, key: string, value: unknown): unknown {
  return key === 'attributes' || (key === 'mac' && this.name === nodeEndName) ? undefined : value;
}
