/** The cluster that the command line or the environment names. */

import { silentLog } from '#base/log.ts';
import { type Cluster, connectKubernetes } from '#io/kubernetes/connect.ts';
import { systemRandom } from '#io/system-clock.ts';
import type { Invocation, World } from '../command.ts';

/** Throws E_SETTING when nothing names a cluster. */
export async function openCluster(invocation: Invocation, { env, clock }: World): Promise<Cluster> {
  const kubeconfig = invocation.text('kubeconfig');
  const context = invocation.text('context');
  return await connectKubernetes({
    env,
    clock,
    random: systemRandom,
    log: silentLog,
    program: 'peerpodctl',
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
}
