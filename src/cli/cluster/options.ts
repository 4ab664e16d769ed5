/** How a command line names a cluster. Apart from what connects to it, which most commands do not load. */

import type { CommandOption } from '../command.ts';

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
