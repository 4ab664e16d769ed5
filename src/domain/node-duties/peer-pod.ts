/** The PeerPod of a sandbox: its name, what is written into it, and how our finalizer is taken off. Pure. */

import { createHash } from 'node:crypto';
import type { SandboxId } from '#base/brands.ts';
import type { KubeObject, ObjectKey, Patch } from '#io/kubernetes/api.ts';
import { apiVersionOf, PEER_POD } from '#io/kubernetes/kinds.ts';

export const finalizer = 'peer.pod/finalizer';
/** So that an adaptor finds those of its node; a value that is no label stands as its digest. */
export const nodeLabel = 'kata.peerpods.io/node';
/** Beside `spec.sandboxID`, which older definitions of the resource drop; too long for a label. */
export const sandboxAnnotation = 'kata.peerpods.io/sandbox-id';

export interface PeerPod extends KubeObject {
  readonly spec?: {
    readonly cloudProvider?: string;
    readonly instanceID?: string;
    readonly nodeName?: string;
    readonly podUID?: string;
    readonly sandboxID?: string;
    readonly sandboxCreatedAt?: string;
  };
}

/** What is to be written for a sandbox. */
export interface WantedPeerPod {
  readonly sandboxId: SandboxId;
  readonly podName: string;
  readonly podNamespace: string;
  /** Of the PeerPod. */
  readonly name: string;
  /** Wall clock, ms. */
  readonly sandboxCreatedAtMs: number;
  /** Absent until there is a pod VM. */
  readonly podVmId?: string | undefined;
}

export interface PeerPodWriter {
  readonly provider: string;
  readonly node: string;
}

const nameLengthMax = 253;
const suffixLength = 5;
const cutDigestLength = 8;

function digest(text: string, length: number): string {
  const bits = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
  return bits.toString(36).slice(-length);
}

/**
 * POD-resource-XXXXX, the five from the sandbox id: a restarted adaptor comes to the same name. A pod name that is too
 * long is cut, with a digest of the whole.
 */
export function peerPodName(podName: string, sandboxId: string): string {
  const suffix = `-resource-${digest(sandboxId, suffixLength)}`;
  const room = nameLengthMax - suffix.length;
  if (podName.length <= room) return `${podName}${suffix}`;
  const cut = podName.slice(0, room - cutDigestLength - 1).replace(/[-.]+$/, '');
  return `${cut}-${digest(podName, cutDigestLength)}${suffix}`;
}

export function nodeLabelValue(node: string): string {
  return node.length <= 63 && /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(node) ? node : digest(node, 32);
}

export function encodePeerPod(wanted: WantedPeerPod, podUid: string, writer: PeerPodWriter): PeerPod {
  const { sandboxId, podName, podNamespace, name, sandboxCreatedAtMs, podVmId } = wanted;
  const owner = { apiVersion: 'v1', kind: 'Pod', name: podName, uid: podUid };
  return {
    apiVersion: apiVersionOf(PEER_POD),
    kind: PEER_POD.kind,
    metadata: {
      name,
      namespace: podNamespace,
      labels: {
        'app.kubernetes.io/managed-by': 'cloud-api-adaptor',
        [nodeLabel]: nodeLabelValue(writer.node),
      },
      annotations: { [sandboxAnnotation]: sandboxId },
      finalizers: [finalizer],
      ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }],
    },
    spec: {
      cloudProvider: writer.provider,
      ...(podVmId !== undefined && { instanceID: podVmId }),
      nodeName: writer.node,
      podUID: podUid,
      sandboxID: sandboxId,
      sandboxCreatedAt: new Date(sandboxCreatedAtMs).toISOString().replace('Z', '000Z'),
    },
  };
}

export const instancePatch = (podVmId: string): Patch => ({ type: 'merge', body: { spec: { instanceID: podVmId } } });

export const sandboxOf = ({ spec, metadata }: PeerPod): string | undefined =>
  spec?.sandboxID ?? metadata.annotations?.[sandboxAnnotation];

/** Takes off our finalizer and no other; refused when the list has changed meanwhile. Undefined: it is off. */
export function releasePatch({ metadata }: PeerPod): Patch | undefined {
  const at = metadata.finalizers?.indexOf(finalizer) ?? -1;
  if (at < 0) return undefined;
  const path = `/metadata/finalizers/${at}`;
  return {
    type: 'json',
    operations: [
      { op: 'test', path, value: finalizer },
      { op: 'remove', path },
    ],
  };
}

export function peerPodKey(namespace: string, name: string): ObjectKey {
  return { kind: PEER_POD, namespace, name };
}
