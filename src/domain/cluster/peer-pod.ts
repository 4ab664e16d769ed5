/** A PeerPod as far as the controller needs it: small, since there may be 150,000, and read without trusting anything. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { conditionsOf, type TimedVerdict } from './conditions.ts';
import { fieldsOf, listOf, textOf, timeOf } from './reading.ts';

export const peerPodFinalizer = 'peer.pod/finalizer';
/** Set to the object's own UID: the finalizer goes, whatever becomes of the pod VM. */
export const abandonAnnotation = 'peerpods.io/abandon';
/** Where the adaptor writes the sandbox's id as well. */
export const sandboxAnnotation = 'kata.peerpods.io/sandbox-id';
export const vmDeletedType = 'VmDeleted';

export interface PeerPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Undefined: no pod owns it, as far as it says. */
  readonly podUid: string | undefined;
  readonly podName: string | undefined;
  /** The API server's, in whole seconds: the texts compare as the times do. */
  readonly createdAt: string;
  readonly sandboxCreatedAtMs: number | undefined;
  /** Undefined: it is not being deleted. */
  readonly deletedAtMs: number | undefined;
  /** Our finalizer is on it. */
  readonly held: boolean;
  readonly provider: string;
  /** Empty: none is on record. */
  readonly podVmId: string;
  readonly node: string;
  readonly sandboxId: string;
  readonly abandoned: boolean;
  /** What we said of it last; read only while it is being deleted. */
  readonly told: TimedVerdict | undefined;
}

/** `shared` gives one copy of texts that many objects have in common. */
export function readPeerPod(object: KubeObject, shared: (text: string) => string = (text) => text): PeerPod {
  const metadata = fieldsOf(object.metadata);
  const spec = fieldsOf(object.spec);
  const annotations = fieldsOf(metadata.annotations);
  const owner = listOf(metadata.ownerReferences)
    .map(fieldsOf)
    .find(({ kind, apiVersion, uid }) => kind === 'Pod' && apiVersion === 'v1' && textOf(uid) !== undefined);
  const deletedAtMs = timeOf(metadata.deletionTimestamp);
  const uid = textOf(metadata.uid) ?? '';
  return {
    namespace: shared(textOf(metadata.namespace) ?? ''),
    name: textOf(metadata.name) ?? '',
    uid,
    podUid: textOf(owner?.uid) ?? textOf(spec.podUID),
    podName: textOf(owner?.name),
    createdAt: shared(textOf(metadata.creationTimestamp) ?? ''),
    sandboxCreatedAtMs: microsecondsOf(spec.sandboxCreatedAt),
    deletedAtMs,
    held: listOf(metadata.finalizers).includes(peerPodFinalizer),
    provider: shared(textOf(spec.cloudProvider) ?? ''),
    podVmId: textOf(spec.instanceID) ?? '',
    node: shared(textOf(spec.nodeName) ?? ''),
    // Older definitions of the resource drop the field.
    sandboxId: textOf(spec.sandboxID) ?? textOf(annotations[sandboxAnnotation]) ?? '',
    abandoned: uid !== '' && annotations[abandonAnnotation] === uid,
    told:
      deletedAtMs === undefined ? undefined : conditionsOf(object.status).find(({ type }) => type === vmDeletedType),
  };
}

/** A number whose order is that of the times, to the microsecond: Date knows milliseconds only. */
function microsecondsOf(value: unknown): number | undefined {
  const ms = timeOf(value);
  if (ms === undefined || typeof value !== 'string') return undefined;
  const fraction = /\.(\d+)/.exec(value)?.[1] ?? '';
  return ms + Number(fraction.padEnd(6, '0').slice(3, 6)) / 1000;
}

/** Undefined: nobody can tell. Times of creation are whole seconds, and a pod may get two sandboxes in one. */
export function olderOf(one: PeerPod, other: PeerPod): PeerPod | undefined {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? one : other;
  const [oneAt, otherAt] = [one.sandboxCreatedAtMs, other.sandboxCreatedAtMs];
  if (oneAt === undefined || otherAt === undefined || oneAt === otherAt) return undefined;
  return oneAt < otherAt ? one : other;
}
