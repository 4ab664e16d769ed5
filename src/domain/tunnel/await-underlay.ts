/** Waits, in a pod VM that has just booted, for the interface that the tunnel goes over and for its address. */

import { isNetlinkError } from '@peerpods/netlink';
import { sleep } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { TunnelContext } from './context.ts';
import { describeWanted, type HostInterface, lookForHostInterface, type WantedInterface } from './host-interface.ts';

export interface WantedUnderlay {
  /** Of the worker's address: the tunnel's outer packets. */
  readonly version: 4 | 6;
  /** Another interface than the primary one carries the tunnel: `hostInterface`. */
  readonly dedicated: boolean;
  readonly hostInterface?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For each thing waited for; ms. */
  readonly waitMs?: number | undefined;
}

export interface Underlay extends HostInterface {
  /** The tunnel's source; undefined when there are several and the kernel chooses (IPv6 only). */
  readonly local: string | undefined;
}

const waitMsMax = 180_000;
const tickMs = 100;

/** E_POD_NETWORK when the time is over, and at once when there are several IPv4 addresses to choose from. */
export async function awaitUnderlay(wanted: WantedUnderlay, context: TunnelContext): Promise<Underlay> {
  const { version, dedicated, hostInterface } = wanted;
  const primary = await poll(wanted, context, { version }, (found) => found);
  if (!dedicated) {
    if (hostInterface !== undefined && hostInterface !== primary.name) {
      context.log.warn({ hostInterface, primary: primary.name }, 'the worker sends to the primary interface');
    }
    return await poll(wanted, context, { name: primary.name }, (found) => withAddress(found, version));
  }
  if (hostInterface === undefined || hostInterface === primary.name) {
    const why = hostInterface === undefined ? 'not set' : 'the primary interface';
    throw new PeerPodError('E_POD_NETWORK', `the tunnel has a dedicated interface, but -host-interface is ${why}`);
  }
  return await poll(wanted, context, { name: hostInterface }, (found) => withAddress(found, version));
}

async function poll<T>(
  { signal, waitMs = waitMsMax, version }: WantedUnderlay,
  { netlink, hostNetns, clock }: TunnelContext,
  wanted: WantedInterface,
  judge: (found: HostInterface) => T | undefined,
): Promise<T> {
  const deadline = clock.now() + waitMs;
  for (let missing = ''; ; ) {
    signal?.throwIfAborted();
    try {
      const found = await lookForHostInterface(netlink, hostNetns, wanted);
      const judged = found && judge(found);
      if (judged !== undefined) return judged;
      missing = found ? `IPv${version} address on ${found.name}` : `interface ${describeWanted(wanted)}`;
    } catch (error) {
      // Interfaces and addresses come and go while a machine boots
      if (!isNetlinkError(error, 'EINTR')) throw error;
      missing = error.message;
    }
    if (clock.now() >= deadline) throw new PeerPodError('E_POD_NETWORK', `no ${missing} after ${waitMs} ms`);
    await sleep(clock, tickMs, signal);
  }
}

/** Pure. IPv4: exactly one, since the worker lets in frames from one only. */
export function withAddress(found: HostInterface, version: 4 | 6): Underlay | undefined {
  const candidates = found.addresses.filter((address) => address.includes(':') === (version === 6));
  if (version === 4 && candidates.length > 1) {
    const all = candidates.join(', ');
    throw new PeerPodError('E_POD_NETWORK', `${found.name} has several IPv4 addresses (${all}), not exactly one`);
  }
  if (candidates.length === 0) return undefined;
  const [only] = candidates.length === 1 ? candidates : [];
  return { ...found, local: only?.split('/')[0] };
}
