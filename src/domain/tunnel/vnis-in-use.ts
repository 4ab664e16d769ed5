/** The VNIs that the kernel knows on a worker, for when the ledger that knew them is lost. */

import { getLinks, type Netns, query } from '@peerpods/netlink';
import { errorText } from '#base/errors.ts';
import type { TunnelContext } from './context.ts';
import { isGone, open } from './pod-netns.ts';
import { readPins } from './source-pin.ts';

/** Namespaces read at once. */
const readersMax = 8;

/**
 * VNIs that a new tunnel on UDP port `port` cannot have: those of the VXLAN devices in the host's namespace and in the
 * given ones (paths, such as all below /run/netns), and those pinned. Which namespace a device's socket is in cannot be
 * told from outside, so a device with another underlay costs a VNI too. A VNI is unique on one worker only: two
 * workers may use the same.
 */
export async function readVnisInUse(
  netnsPaths: Iterable<string>,
  port: number,
  context: Omit<TunnelContext, 'clock'>,
): Promise<Set<number>> {
  const { netlink, hostNetns, log } = context;
  const vnis = new Set<number>();
  const addThoseOf = async (netns: Netns | undefined) => {
    for (const { vxlan } of await query(netlink, netns, getLinks())) if (vxlan?.port === port) vnis.add(vxlan.vni);
  };
  await addThoseOf(hostNetns);
  for (const pin of await readPins(context)) if (pin.port === port) vnis.add(pin.vni);
  const paths = new Set(netnsPaths).values();
  const readAll = async () => {
    for (const path of paths) {
      try {
        using netns = open(path);
        await addThoseOf(netns);
      } catch (error) {
        if (!isGone(error)) log.warn({ path, error: errorText(error) }, 'VNIs in use there are not known');
      }
    }
  };
  await Promise.all(Array.from({ length: readersMax }, readAll));
  return vnis;
}
