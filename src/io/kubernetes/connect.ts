/** The API of the cluster that the environment speaks of. */

import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { KubernetesClient } from './client.ts';
import type { ClusterConnection } from './connection.ts';
import { inClusterConnection } from './in-cluster.ts';

export interface ConnectOptions {
  /** KUBECONFIG; else KUBERNETES_SERVICE_HOST and _PORT; else HOME, for .kube/config in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Instead of what the environment says. */
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The program's name, for the server's audit log and as the field manager. */
  readonly program: string;
}

export interface Cluster extends Disposable {
  readonly api: KubernetesClient;
  /** The https address, for people. */
  readonly server: string;
  /** One's own, where the configuration names it. */
  readonly namespace: string | undefined;
}

/** Makes no call. E_SETTING if the environment speaks of no cluster, E_IO for files that can not be read. */
export async function connectKubernetes(options: ConnectOptions): Promise<Cluster> {
  const connection = await findConnection(options);
  const { clock, random, log, program } = options;
  const api = new KubernetesClient({ connection, clock, random, log, userAgent: `${program}/peerpods` });
  return {
    api,
    server: connection.server.href,
    namespace: connection.namespace,
    [Symbol.dispose]: () => api[Symbol.dispose](),
  };
}

async function findConnection(options: ConnectOptions): Promise<ClusterConnection> {
  const { env, clock, context, kubeconfig = env.KUBECONFIG } = options;
  if (!kubeconfig) {
    const own = await inClusterConnection({ env, clock });
    if (own) return own;
  }
  const paths = kubeconfig || (env.HOME && join(env.HOME, '.kube', 'config'));
  if (!paths) throw new PeerPodError('E_SETTING', 'no cluster: neither KUBECONFIG nor KUBERNETES_SERVICE_HOST is set');
  const { kubeconfigConnection } = await import('./kubeconfig.ts');
  return await kubeconfigConnection({ paths, context });
}
