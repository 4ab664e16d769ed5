/** The rights of adaptor and webhook: the chart says what they are, a PeerPodConfig that they are given. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { adaptorName, type Component, webhookName } from '../names.ts';
import { type DesiredContext, metadataOf } from './names-and-labels.ts';

function clusterRoleBinding(name: string, component: Component, namespace: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(name, component),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}

export function adaptorBinding({ settings }: DesiredContext): KubeObject {
  return clusterRoleBinding(adaptorName, 'adaptor', settings.namespace);
}

export function webhookBinding({ settings }: DesiredContext): KubeObject {
  return clusterRoleBinding(webhookName, 'webhook', settings.namespace);
}
