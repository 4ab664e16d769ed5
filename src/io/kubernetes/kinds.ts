/** The kinds that this project reads or writes. */

import type { ObjectKey, ResourceKind } from './api.ts';
import type { KubeObject } from './objects.ts';

type Scope = 'namespaced' | 'cluster';

function kind(groupVersion: string, name: string, plural: string, scope: Scope): ResourceKind {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return { group: group ?? '', version: version ?? '', kind: name, plural, namespaced: scope === 'namespaced' };
}

export const POD = kind('v1', 'Pod', 'pods', 'namespaced');
export const NODE = kind('v1', 'Node', 'nodes', 'cluster');
export const NAMESPACE = kind('v1', 'Namespace', 'namespaces', 'cluster');
export const SECRET = kind('v1', 'Secret', 'secrets', 'namespaced');
export const CONFIG_MAP = kind('v1', 'ConfigMap', 'configmaps', 'namespaced');
export const SERVICE = kind('v1', 'Service', 'services', 'namespaced');
export const SERVICE_ACCOUNT = kind('v1', 'ServiceAccount', 'serviceaccounts', 'namespaced');
export const EVENT = kind('v1', 'Event', 'events', 'namespaced');
export const RESOURCE_QUOTA = kind('v1', 'ResourceQuota', 'resourcequotas', 'namespaced');
export const LIMIT_RANGE = kind('v1', 'LimitRange', 'limitranges', 'namespaced');
export const DAEMON_SET = kind('apps/v1', 'DaemonSet', 'daemonsets', 'namespaced');
export const DEPLOYMENT = kind('apps/v1', 'Deployment', 'deployments', 'namespaced');
export const REPLICA_SET = kind('apps/v1', 'ReplicaSet', 'replicasets', 'namespaced');
export const LEASE = kind('coordination.k8s.io/v1', 'Lease', 'leases', 'namespaced');
export const RUNTIME_CLASS = kind('node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses', 'cluster');
export const POD_DISRUPTION_BUDGET = kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', 'namespaced');
export const NETWORK_POLICY = kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', 'namespaced');
export const ROLE = kind('rbac.authorization.k8s.io/v1', 'Role', 'roles', 'namespaced');
export const ROLE_BINDING = kind('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', 'namespaced');
export const CLUSTER_ROLE = kind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', 'cluster');
export const CLUSTER_ROLE_BINDING = kind(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  'cluster',
);
export const MUTATING_WEBHOOK_CONFIGURATION = kind(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  'cluster',
);
export const CRD = kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', 'cluster');
export const PEER_POD = kind('confidentialcontainers.org/v1alpha1', 'PeerPod', 'peerpods', 'namespaced');
export const PEER_POD_CONFIG = kind(
  'confidentialcontainers.org/v1alpha1',
  'PeerPodConfig',
  'peerpodconfigs',
  'namespaced',
);
export const KATA_CONFIG = kind('kataconfiguration.openshift.io/v1', 'KataConfig', 'kataconfigs', 'cluster');

/** Every kind above; for tools that take objects of any of them. */
export const knownKinds: readonly ResourceKind[] = [
  POD,
  NODE,
  NAMESPACE,
  SECRET,
  CONFIG_MAP,
  SERVICE,
  SERVICE_ACCOUNT,
  EVENT,
  RESOURCE_QUOTA,
  LIMIT_RANGE,
  DAEMON_SET,
  DEPLOYMENT,
  REPLICA_SET,
  LEASE,
  RUNTIME_CLASS,
  POD_DISRUPTION_BUDGET,
  NETWORK_POLICY,
  ROLE,
  ROLE_BINDING,
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  MUTATING_WEBHOOK_CONFIGURATION,
  CRD,
  PEER_POD,
  PEER_POD_CONFIG,
  KATA_CONFIG,
];

/** 'v1', or group and version. */
export function apiVersionOf({ group, version }: ResourceKind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Undefined for a kind that is not in the table. */
export function kindOf(object: { readonly apiVersion: string; readonly kind: string }): ResourceKind | undefined {
  return knownKinds.find((known) => known.kind === object.kind && apiVersionOf(known) === object.apiVersion);
}

/** Where the object is, by its own metadata. */
export function keyOf(object: KubeObject, kind: ResourceKind): ObjectKey {
  const { name = '', namespace } = object.metadata;
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}
