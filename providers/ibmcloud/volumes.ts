/** Volumes that a pod brings with it: checked before the instance is asked for. */

import { ProviderError } from '@peerpods/provider';
import type { Vpc } from './vpc.ts';

export interface VolumeCheck {
  readonly vpc: Vpc;
  readonly zones: readonly string[];
  /** Of the instance that they are for: it may have them already. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** The zones that the instance may be in: a volume can be attached only in its own. */
export async function checkVolumes(volumes: readonly string[], check: VolumeCheck): Promise<readonly string[]> {
  const bound = new Set(await Promise.all(volumes.map((id) => zoneOf(id, check))));
  const zones = bound.size === 0 ? check.zones : check.zones.filter((zone) => bound.size === 1 && bound.has(zone));
  if (zones.length > 0) return zones;
  const where = [...bound].join(', ');
  throw new ProviderError('invalid-configuration', `volumes in ${where}, pod VMs in ${check.zones.join(', ')}`);
}

async function zoneOf(id: string, { vpc, name, signal }: VolumeCheck): Promise<string> {
  const volume = await vpc.call('get volume', 'read', (api, ending) => api.volume(id, ending), signal);
  if (!volume) throw new ProviderError('invalid-configuration', `there is no volume ${id}`);
  const own = volume.volume_attachments.some(({ instance }) => instance.name === name);
  // The pod's last VM may not have let go of it yet.
  if (volume.attachment_state !== 'unattached' && !own) {
    throw new ProviderError('transient', `volume ${id} is ${volume.attachment_state}`);
  }
  return volume.zone.name;
}
