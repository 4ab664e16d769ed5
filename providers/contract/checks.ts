/** What every provider checks before its first call. */

import { ProviderError } from './errors.ts';
import type { PodVmSpec } from './pod-vm.ts';

/** `bytes` is the length in the measure that the cloud counts in; default: UTF-8 of the text. */
export function checkUserData(
  { userData }: Pick<PodVmSpec, 'userData'>,
  bytesMax: number,
  bytes = Buffer.byteLength(userData),
): void {
  if (bytes <= bytesMax) return;
  throw new ProviderError('invalid-configuration', `${bytes} bytes of user-data, the cloud takes ${bytesMax}`);
}

/** An id from an empty record is a defect of the caller; it must not become "delete everything" or "gone". */
export function checkPodVmId(podVmId: string): void {
  if (podVmId === '') throw new ProviderError('invalid-configuration', 'the pod VM id is empty');
}

export function checkSandboxId(sandboxId: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(sandboxId)) {
    throw new ProviderError('invalid-configuration', `sandbox id ${JSON.stringify(sandboxId)} is not one`);
  }
}
