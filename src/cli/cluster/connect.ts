/** The cluster that the command line or the environment names. */

import { silentLog } from '#base/log.ts';
import { type Cluster, connectKubernetes } from '#io/kubernetes/connect.ts';
import { systemRandom } from '#io/system-clock.ts';
import type { CommandOption, Invocation, World } from '../command.ts';

export const clusterOptions: readonly CommandOption[] = [
  { name: 'cluster', short: 'c', help: 'ask the Kubernetes API about all workers, instead of the daemons of this one' },
  {
    name: 'kubeconfig',
    value: 'PATH',
    help: 'how to reach the API; default KUBECONFIG, the service account in a pod, or ~/.kube/config',
  },
  { name: 'context', value: 'NAME', help: 'of the kubeconfig; default its current one' },
  { name: 'namespace', short: 'n', value: 'NAME', help: 'with --cluster: of this namespace only' },
];

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
