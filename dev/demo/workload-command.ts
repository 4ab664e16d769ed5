/** How the container's program is started: from this repository, or, in a VM with its own disk, from the image. */

import { join } from 'node:path';

export function workloadCommand(settings: string | undefined): readonly string[] {
  const { provider } = JSON.parse(settings ?? '{}') as { provider?: string };
  return provider === 'qemu' ? ['demo-workload'] : [process.execPath, join(import.meta.dirname, 'workload.ts')];
}
