/** Disks that a pod brings with it: checked before the VM is asked for, since Azure would refuse the VM only half way. */

import { ProviderError } from '@peerpods/provider';
import type { Arm } from './arm.ts';
import { parseDiskId, sameText } from './arm-id.ts';
import type { AzureSettings } from './options.ts';

export interface VolumeCheck {
  readonly arm: Arm;
  readonly settings: Pick<AzureSettings, 'region' | 'zones' | 'subscription'>;
  /** The VM that the disks are for: it may have them already. */
  readonly own: string;
  readonly signal: AbortSignal;
}

/** The zones that the VM may be in: a disk of a zone can be attached only there. */
export async function checkVolumes(volumes: readonly string[], check: VolumeCheck): Promise<readonly string[]> {
  const { settings } = check;
  const zones = await Promise.all(volumes.map((id) => zonesOf(id, check)));
  const bound = zones.filter((one) => one.length > 0);
  if (bound.length === 0) return settings.zones;
  const common = bound.reduce((some, others) => some.filter((zone) => others.includes(zone)));
  const allowed = settings.zones.length === 0 ? common : common.filter((zone) => settings.zones.includes(zone));
  if (allowed.length > 0) return allowed;
  throw new ProviderError('invalid-configuration', `no zone of -zone has all of the disks ${volumes.join(', ')}`);
}

async function zonesOf(volume: string, { arm, settings, own, signal }: VolumeCheck): Promise<readonly string[]> {
  const id = parseDiskId(volume);
  if (!id || !sameText(id.subscription, settings.subscription)) {
    throw new ProviderError(
      'invalid-configuration',
      `volume ${volume} is no disk of subscription ${settings.subscription}`,
    );
  }
  const disk = await arm.call('get disk', 'read', (api, ending) => api.disks.get(id.group, id.name, ending), signal);
  if (!disk) throw new ProviderError('invalid-configuration', `there is no disk ${volume}`);
  if (!sameText(disk.location.replaceAll(' ', ''), settings.region)) {
    throw new ProviderError(
      'invalid-configuration',
      `disk ${volume} is in ${disk.location}, not in ${settings.region}`,
    );
  }
  // The pod's last VM may not have let go of it yet.
  if (!sameText(disk.managedBy, own) && (disk.diskState === 'Attached' || disk.diskState === 'Reserved')) {
    throw new ProviderError('transient', `disk ${volume} is ${disk.diskState.toLowerCase()}`);
  }
  return disk.zones ?? [];
}
