/** Lets a tunnel's frames in from its own far end only, and keeps them out of connection tracking. */

import type { Netlink, NetlinkRequest } from '@peerpods/netlink';
import { runProgram } from '#io/run-program.ts';
import type { TunnelContext } from './context.ts';
import { IptablesPins } from './iptables-pins.ts';
import { NftAbsentError, NftPins } from './nft-pins.ts';
import type { Pin } from './pin-table.ts';

type PinContext = Pick<TunnelContext, 'netlink' | 'hostNetns' | 'keepsPinTable' | 'run'>;

interface Pins {
  readonly nft: NftPins;
  /** Once the kernel has said that it has no nf_tables. */
  iptables: IptablesPins | undefined;
}

/** By the kernel spoken to and the namespace's path: changes of one table wait for each other. */
const known = new WeakMap<Netlink, Map<string, Pins>>();

/** Idempotent. E_TUNNEL when the VNI is pinned to another address. */
export function addPin(context: PinContext, pin: Pin): Promise<void> {
  return withEither(
    context,
    (nft) => nft.add(pin, context.hostNetns),
    (iptables) => iptables.add(pin),
  );
}

/**
 * What adds a pin, to be sent along with what needs it. Undefined where it must be added by addPin, which also knows what
 * to do when these are refused.
 */
export function pinRequests(context: PinContext, pin: Pin): readonly NetlinkRequest[] | undefined {
  const { nft, iptables } = pinsOf(context);
  return iptables ? undefined : nft.requestsFor(pin);
}

/** What is gone is fine; with the last pin goes everything else that pinning needed, unless the context keeps it. */
export function removePin(context: PinContext, pin: Pin): Promise<void> {
  return withEither(
    context,
    (nft) => nft.remove(pin, context.hostNetns, context.keepsPinTable),
    (iptables) => iptables.remove(pin),
  );
}

/** Makes ahead of the first pin what is slow to make. Nothing where iptables does the pinning. */
export function preparePins(context: PinContext): Promise<void> {
  return withEither(
    context,
    (nft) => nft.prepare(context.hostNetns),
    async () => {},
  );
}

/** Once connections are tracked, keeps the tunnels' frames out of it. iptables' rules do so always. */
export function untrackTunnels(context: PinContext): Promise<void> {
  return withEither(
    context,
    (nft) => nft.untrackIfTracking(context.hostNetns),
    async () => {},
  );
}

/** Removes what preparePins made, unless a pin needs it. */
export function dropUnusedPins(context: PinContext): Promise<void> {
  return withEither(
    context,
    (nft) => nft.dropIfEmpty(context.hostNetns),
    async () => {},
  );
}

/** The VNIs that are pinned, with their UDP ports. */
export function readPins(context: PinContext): Promise<readonly Pick<Pin, 'port' | 'vni'>[]> {
  return withEither(
    context,
    (nft) => nft.list(context.hostNetns),
    (iptables) => iptables.list(),
  );
}

async function withEither<T>(
  context: PinContext,
  byNft: (nft: NftPins) => Promise<T>,
  byIptables: (iptables: IptablesPins) => Promise<T>,
): Promise<T> {
  const pins = pinsOf(context);
  if (!pins.iptables) {
    try {
      return await byNft(pins.nft);
    } catch (error) {
      if (!(error instanceof NftAbsentError)) throw error;
      pins.iptables ??= new IptablesPins(context.run ?? runProgram);
    }
  }
  return await byIptables(pins.iptables);
}

function pinsOf({ netlink, hostNetns }: PinContext): Pins {
  const byPath = known.get(netlink) ?? new Map<string, Pins>();
  known.set(netlink, byPath);
  const path = hostNetns?.path ?? '';
  const pins = byPath.get(path) ?? { nft: new NftPins(netlink), iptables: undefined };
  byPath.set(path, pins);
  return pins;
}
