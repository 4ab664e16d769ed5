/** The marks that say whose a pod VM is, in a form that every cloud's tags can hold, and tokens made from them. */

import { createHash } from 'node:crypto';
import type { Owner, PodVmSpec } from './pod-vm.ts';

/** Keys are letters and hyphens only; values at most 253 characters of what Kubernetes and containerd allow. */
export const ownerTagKeys = {
  cluster: 'peerpods-cluster',
  node: 'peerpods-node',
  sandbox: 'peerpods-sandbox',
  pod: 'peerpods-pod',
  namespace: 'peerpods-namespace',
  /** On VMs that run before a pod asks, in place of a sandbox: the id of their batch. */
  warm: 'peerpods-warm',
} as const;

type Tagged = Pick<PodVmSpec, 'sandboxId' | 'owner' | 'podName' | 'podNamespace'>;

export function ownerTags(spec: Tagged): Readonly<Record<string, string>> {
  return {
    [ownerTagKeys.cluster]: spec.owner.cluster,
    [ownerTagKeys.node]: spec.owner.node,
    [ownerTagKeys.sandbox]: spec.sandboxId,
    [ownerTagKeys.pod]: spec.podName,
    [ownerTagKeys.namespace]: spec.podNamespace,
  };
}

/** Undefined for what is not one of ours. */
export function parseOwnerTags(
  tags: Readonly<Record<string, string | undefined>>,
): { readonly owner: Owner; readonly sandboxId: string } | undefined {
  const cluster = tags[ownerTagKeys.cluster];
  const node = tags[ownerTagKeys.node];
  const sandboxId = tags[ownerTagKeys.sandbox];
  if (cluster === undefined || node === undefined || sandboxId === undefined) return undefined;
  return { owner: { cluster, node }, sandboxId };
}

/**
 * The same words give the same 64 hex digits, after a restart as well: a client token, or the source of a
 * deterministic name. Two clusters in one account differ by the cluster's id, which belongs among the words.
 */
export function deterministicToken(...words: readonly string[]): string {
  // Lengths first, so that no two lists of words are the same text.
  return createHash('sha256')
    .update(words.map((word) => `${Buffer.byteLength(word)}:${word}`).join(''))
    .digest('hex');
}
