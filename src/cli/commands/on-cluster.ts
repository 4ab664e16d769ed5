/** Runs a body with the Kubernetes API at hand; what stands in the way is said with its remedy. */

import { isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import type { Scope } from '../cluster/view.ts';
import type { Invocation, World } from '../command.ts';

export async function onCluster<T>(
  invocation: Invocation,
  world: World,
  body: (api: KubernetesApi, scope: Scope) => Promise<T>,
): Promise<T> {
  const { openCluster } = await import('../cluster/connect.ts');
  using cluster = await openCluster(invocation, world);
  const namespace = invocation.text('namespace');
  try {
    return await body(cluster.api, namespace === undefined ? {} : { namespace });
  } catch (error) {
    throw withRemedy(error, cluster.server);
  }
}

function withRemedy(error: unknown, server: string): unknown {
  if (!isPeerPodError(error)) return error;
  const text = error.message.replace(/^E_\w+: /, '');
  const remedy = remedies[error.code];
  return remedy === undefined ? error : new PeerPodError(error.code, `${text}\n${remedy(server)}`, { cause: error });
}

const remedies: Readonly<Record<string, (server: string) => string>> = {
  E_KUBE_UNAVAILABLE: (server) => `Does ${server} answer? Another cluster: --kubeconfig, --context.`,
  E_KUBE_UNAUTHORIZED: () =>
    'The credentials of the kubeconfig are not accepted: log in again, or choose another --context.',
  E_KUBE_FORBIDDEN: () =>
    'Ask for get and list on pods, nodes, events, peerpods and peerpodconfigs, or choose another --context.',
  E_KUBE_NOT_FOUND: () =>
    'Is the chart installed? Its CustomResourceDefinitions make PeerPods and PeerPodConfigs known.',
};
