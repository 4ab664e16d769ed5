/** Pieces that the pods of several components have in common. */

import type { ObjectMeta, OwnerReference } from '#io/kubernetes/api.ts';
import { apiVersionOf, PEER_POD_CONFIG } from '#io/kubernetes/kinds.ts';
import { type Component, labelsOf } from '../names.ts';
import type { PeerPodConfig } from '../peer-pod-config.ts';
import type { ClusterSettings } from '../settings.ts';

export interface DesiredContext {
  readonly config: PeerPodConfig;
  readonly settings: ClusterSettings;
  /** Undefined: the ConfigMap says it. */
  readonly clusterId: string | undefined;
  /** Word of the provider, from the ConfigMap or the Secret. */
  readonly providerName: string | undefined;
  /** Changes whenever ConfigMap or Secret do. */
  readonly configHash: string;
}

export function ownedBy({ name, uid }: PeerPodConfig): OwnerReference {
  const apiVersion = apiVersionOf(PEER_POD_CONFIG);
  return { apiVersion, kind: PEER_POD_CONFIG.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Cluster-scoped objects can not be owned by what has a namespace: they go by the finalizer. */
export function metadataOf(name: string, component: Component, context?: DesiredContext): ObjectMeta {
  const labels = labelsOf(component);
  if (!context) return { name, labels };
  return { name, namespace: context.settings.namespace, labels, ownerReferences: [ownedBy(context.config)] };
}

export function imageOf({ image, imagePullPolicy }: ClusterSettings) {
  return { image, imagePullPolicy };
}

export function pullSecretsOf({ imagePullSecrets }: ClusterSettings) {
  return imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };
}

export function hostPath(name: string, path: string, type: 'DirectoryOrCreate' | 'FileOrCreate') {
  return { name, hostPath: { path, type } };
}

/** SELinux keeps containers from what the host's shim makes, and the shim from what they make, unless they are this. */
export const hostSharing = { seLinuxOptions: { type: 'spc_t' } } as const;
