/** The end of a pod VM: the instance first, then its boot volume if that did not follow. */

import { checkPodVmId, isProviderError, throwIfAborted } from '@peerpods/provider';
import type { Instances } from './instances.ts';
import { parseTags } from './tags.ts';
import type { Vpc } from './vpc.ts';

export interface DeletionOptions {
  readonly vpc: Vpc;
  readonly instances: Instances;
}

export class Deletion {
  readonly #options: DeletionOptions;

  constructor(options: DeletionOptions) {
    this.#options = options;
  }

  /** `podVmId` may be that of a boot volume that was left behind; see orphanOf. */
  async delete(podVmId: string, signal: AbortSignal): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    if (!isResourceId(podVmId)) return 'gone';
    const { vpc, instances } = this.#options;
    const instance = await instances.byId(podVmId, signal);
    if (instance?.status === 'deleting') return 'deleting';
    if (instance || instances.isNew(podVmId)) {
      const outcome = await vpc.call(
        'delete instance',
        'write',
        (api, ending) => api.deleteInstance(podVmId, ending),
        signal,
      );
      if (outcome === 'accepted') return 'deleting';
    }
    const volume = instances.bootVolumeOf(podVmId) ?? (isVolumeId(podVmId) ? podVmId : undefined);
    if (volume !== undefined && (await this.#deleteVolume(volume, signal))) return 'deleting';
    instances.forget(podVmId);
    return 'gone';
  }

  /** Whether there was one. Only volumes with our marks: anything may be behind an id that we do not know. */
  async #deleteVolume(id: string, signal: AbortSignal): Promise<boolean> {
    const { vpc, instances } = this.#options;
    const volume = await instances.volume(id, signal);
    if (!volume || !parseTags(volume.user_tags)) return false;
    if (volume.attachment_state === 'attached') return true; // it goes with its instance
    try {
      await vpc.call('delete volume', 'write', (api, ending) => api.deleteVolume(id, ending), signal);
    } catch (error) {
      if (!isProviderError(error, 'transient')) throw error;
    }
    return true;
  }
}

/** What the API takes for an id at all; anything else it would refuse as malformed. */
export function isResourceId(id: string): boolean {
  return /^[-0-9a-z_]{1,64}$/.test(id);
}

/** Volumes are known in a region, instances in a zone: `r010-UUID` and `0717_UUID`. */
function isVolumeId(id: string): boolean {
  return /^r\d+-/.test(id);
}
