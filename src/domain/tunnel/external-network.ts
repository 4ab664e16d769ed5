/**
 * Gives the pod the VM's second interface for its way out, and takes it back. The link carries a note (its alias) from
 * before it leaves until all it had is restored, so that any run can finish what another began.
 */

import { getAddresses, getLinks, getRoutes, type Link, type Netns, openNetns, query, setLink } from '@peerpods/netlink';
import { sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import { applyAll, clearAll } from './apply.ts';
import type { TunnelContext } from './context.ts';
import {
  chooseExternal,
  type ExternalNic,
  encodeAlias,
  parseAlias,
  planInside,
  planRestoration,
  type SeenHost,
} from './external-plan.ts';
import { linkOfBestDefault, mainTable } from './host-interface.ts';

export interface ExternalOptions {
  /** Ends the waiting for the interface. */
  readonly signal?: AbortSignal | undefined;
  readonly waitMs?: number | undefined;
}

const waitMsMax = 180_000;
const tickMs = 100;

/** Idempotent; on failure the interface is where and as it was. `underlayIndex` is the tunnel's own interface. */
export async function moveExternalIn(
  pod: Netns,
  underlayIndex: number,
  context: TunnelContext,
  options: ExternalOptions = {},
): Promise<void> {
  const { netlink, hostNetns } = context;
  let nic = (await findNoted(pod, context))?.nic;
  try {
    if (!nic) {
      await restoreNoted(context);
      const chosen = await awaitExternal(underlayIndex, context, options);
      nic = chosen.nic;
      const { index, name } = chosen.link;
      await applyAll(netlink, [
        {
          netns: hostNetns,
          request: setLink({ index }, { alias: encodeAlias(nic) }),
          undo: () => [{ netns: hostNetns, request: setLink({ index }, { alias: chosen.link.alias ?? '' }) }],
        },
      ]);
      await applyAll(netlink, [
        { netns: hostNetns, request: setLink({ index }, { netns: pod, name: await freeName(pod, name, context) }) },
      ]);
    }
    const inside = await findNoted(pod, context);
    if (!inside) throw new PeerPodError('E_POD_NETWORK', `interface ${nic.name} did not arrive in ${pod.path}`);
    const podRoutes = await query(netlink, pod, getRoutes({ table: mainTable }));
    await applyAll(netlink, planInside(nic, inside.link.index, podRoutes, pod));
  } catch (error) {
    const failures = await moveExternalOut(pod, context, nic);
    if (failures.length > 0) throw new AggregateError([error, ...failures], 'and the roll-back failed too');
    throw error;
  }
}

/** What could not be done. `nic` is what it had, if that is known better than from the note. */
export async function moveExternalOut(pod: Netns, context: TunnelContext, nic?: ExternalNic): Promise<unknown[]> {
  const { netlink, hostNetns } = context;
  try {
    const inside = await findNoted(pod, context);
    if (inside) {
      using own = hostNetns ? undefined : openNetns('/proc/self/ns/net');
      const target = hostNetns ?? own;
      const back = setLink({ index: inside.link.index }, { ...(target && { netns: target }), name: inside.nic.name });
      const failures = await clearAll(netlink, [{ netns: pod, request: back }]);
      if (failures.length > 0) return failures;
    }
    return await restoreNoted(context, nic);
  } catch (error) {
    return [error];
  }
}

/** A link with a note in the VM's own namespace was on its way in or out. */
async function restoreNoted(context: TunnelContext, nic?: ExternalNic): Promise<Error[]> {
  const found = await findNoted(context.hostNetns, context);
  if (!found) return [];
  return await clearAll(context.netlink, planRestoration(nic ?? found.nic, found.link.index, context.hostNetns));
}

async function findNoted(
  netns: Netns | undefined,
  { netlink }: TunnelContext,
): Promise<{ link: Link; nic: ExternalNic } | undefined> {
  for (const link of await query(netlink, netns, getLinks())) {
    const nic = parseAlias(link.alias);
    if (nic) return { link, nic };
  }
  return undefined;
}

/** Its own, unless a link of the pod has that. */
async function freeName(pod: Netns, name: string, { netlink }: TunnelContext): Promise<string> {
  const names = new Set((await query(netlink, pod, getLinks())).map((link) => link.name));
  for (let n = 0, candidate = name; ; candidate = `ext${n++}`) if (!names.has(candidate)) return candidate;
}

async function awaitExternal(
  underlayIndex: number,
  { netlink, hostNetns, clock }: TunnelContext,
  { signal, waitMs = waitMsMax }: ExternalOptions,
): Promise<{ link: Link; nic: ExternalNic }> {
  const deadline = clock.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const seen: SeenHost = {
      links: await query(netlink, hostNetns, getLinks()),
      addresses: await query(netlink, hostNetns, getAddresses()),
      routes: await query(netlink, hostNetns, getRoutes({ table: mainTable })),
    };
    const primary = linkOfBestDefault(seen.routes, 4);
    const chosen = chooseExternal(seen, [underlayIndex, ...(primary ? [primary.index] : [])]);
    if (chosen) return chosen;
    if (clock.now() >= deadline) {
      throw new PeerPodError(
        'E_POD_NETWORK',
        `no second interface with an IPv4 address and a gateway after ${waitMs} ms`,
      );
    }
    await sleep(clock, tickMs, signal);
  }
}
