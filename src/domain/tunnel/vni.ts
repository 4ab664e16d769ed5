/** Picks the VXLAN network identifier of a new tunnel. */

import { parseVni, type Vni, vniMax } from '#base/brands.ts';
import { PeerPodError } from '#base/errors.ts';
import { type Random, randomInteger } from '#base/random.ts';

/**
 * Random, so that it cannot be guessed and does not collide after a restart; or the first free one from `minId`. `used`
 * must hold all VNIs of ledger and kernel: the kernel refuses a second one on the same port.
 */
export function allocateVni(used: ReadonlySet<number>, random: Random, minId?: number): Vni {
  const first = minId === undefined ? randomInteger(random, 1, vniMax) : parseVni(minId);
  const low = minId ?? 1;
  const span = vniMax - low + 1;
  for (let step = 0; step < span; step++) {
    const candidate = low + ((first - low + step) % span);
    if (!used.has(candidate)) return parseVni(candidate);
  }
  throw new PeerPodError('E_VNI_EXHAUSTED', `no VNI from ${low} on is free`);
}
