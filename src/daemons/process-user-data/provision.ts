/** Provisions the machine that this runs on. */

import { awaitAssignment } from '#domain/boot/await-assignment.ts';
import { provisionFiles } from '#domain/boot/provision-files.ts';
import { findUserDataSource, thisMachine } from '#domain/boot/user-data-sources.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';

/** The forwarder's own, which begins to listen once the pod is known. */
const waiting = { host: '0.0.0.0', port: 15_150 } as const;

export interface ProvisionPodVmOptions {
  readonly timeoutMs: number;
  /** Called when the machine has no pod yet; it waits for one, and can be given one, once that is done. */
  readonly beforeWaiting?: () => Promise<void>;
}

export async function provisionPodVm({ timeoutMs, beforeWaiting }: ProvisionPodVmOptions): Promise<void> {
  const log = openLog({ component: 'process-user-data', level: 'info' });
  const parts = { clock: systemClock, log };
  await provisionFiles({
    ...parts,
    source: await findUserDataSource(thisMachine),
    directory: '/run/peerpod',
    timeoutMs,
    async awaitAssignment(bootstrap) {
      await beforeWaiting?.();
      return await awaitAssignment(bootstrap, { ...parts, ...waiting });
    },
  });
}
