/** The name of a pod VM: fit for clouds, for DNS and for the server certificate, where it is checked. */

import type { SandboxId } from '#base/brands.ts';

const podPartLengthMax = 48;
const nameLengthMax = 63;

/** `podvm-POD-SANDBOX8`: lower case, everything outside [a-z0-9-] becomes a dash. */
export function podVmName(podName: string, sandboxId: SandboxId): string {
  const sanitise = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
  const pod = sanitise(podName).slice(0, podPartLengthMax);
  return `podvm-${pod}-${sanitise(sandboxId.slice(0, 8))}`.slice(0, nameLengthMax);
}
