/** What a Pod object tells the adaptor that the shim does not. Pure. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import type { Pod } from '#io/kubernetes/objects.ts';

export interface PodFacts {
  readonly uid: string;
  readonly serviceAccount: string;
  readonly pullSecrets: readonly string[];
  /** Of all its containers. */
  readonly images: readonly string[];
}

/** Undefined for a pod of another node: another pod of that name, made since. */
export function readPodFacts(object: KubeObject, node: string): PodFacts | undefined {
  const { metadata, spec } = object as Pod;
  const { uid } = metadata;
  if (uid === undefined || spec.nodeName !== node) return undefined;
  const ephemeral = (spec.ephemeralContainers ?? []) as Pod['spec']['containers'];
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...ephemeral];
  return {
    uid,
    serviceAccount: spec.serviceAccountName || 'default',
    pullSecrets: (spec.imagePullSecrets ?? []).flatMap(({ name }) => (name ? [name] : [])),
    images: [...new Set(containers.flatMap(({ image }) => (image ? [image] : [])))],
  };
}

/**
 * Of the pods of this node, those of the runtime class that were there before `sinceMs`, wall clock, and have stopped
 * being ready since. Finished pods and those that are ending do not count.
 */
export function pausedPods(pods: readonly KubeObject[], runtimeClass: string, sinceMs: number): readonly string[] {
  return (pods as readonly Pod[]).flatMap(({ metadata, spec, status }) => {
    const isFinished = metadata.deletionTimestamp !== undefined || /^(Succeeded|Failed)$/.test(status?.phase ?? '');
    if (spec.runtimeClassName !== runtimeClass || isFinished) return [];
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    const isOlder = Date.parse(metadata.creationTimestamp ?? '') < sinceMs;
    const hasPaused = ready?.status === 'False' && Date.parse(ready.lastTransitionTime ?? '') > sinceMs;
    return isOlder && hasPaused ? [`${metadata.namespace}/${metadata.name}`] : [];
  });
}
