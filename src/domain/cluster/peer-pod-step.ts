/** What is to be done next about one PeerPod: pure. The interpreter does it, and asks again with what came of it. */

import { unreachable } from '#base/assert.ts';
import { olderOf, type PeerPod } from './peer-pod.ts';
import { type Verdict, vmVerdict } from './peer-pod-verdicts.ts';

/** What a call came to that did not work; `text` is for people and holds no secret. */
export interface Failure {
  readonly kind: 'provider' | 'setup';
  readonly text: string;
  readonly retryAfterMs?: number;
}

export type PodSight =
  | { readonly at: 'gone' }
  | { readonly at: 'ended' }
  /** `untilMs`: when its termination's grace ends; undefined: nobody is ending it. */
  | { readonly at: 'there'; readonly untilMs: number | undefined }
  | { readonly at: 'unknown'; readonly failure: Failure };

export interface FoundVm {
  readonly id: string;
  /** Undefined: the provider shows no such pod VM, or not yet. */
  readonly owner: { readonly cluster: string; readonly sandboxId: string } | undefined;
}

export type VmSight =
  | { readonly at: 'found'; readonly vms: readonly FoundVm[] }
  /** Its pod VMs live and die with their worker: only the adaptor there reaches them. */
  | { readonly at: 'on-worker'; readonly workerThere: boolean }
  | { readonly at: 'unknown'; readonly failure: Failure };

export type DeletionSight =
  | { readonly at: 'gone' }
  | { readonly at: 'deleting' }
  | { readonly at: 'failed'; readonly failure: Failure };

export interface PeerPodObservation {
  readonly peerPod: PeerPod;
  readonly twins: readonly PeerPod[];
  /** Wall clock. */
  readonly nowMs: number;
  /** The owner tag of this cluster's pod VMs. */
  readonly cluster: string;
  /** How long the provider's list may hide a pod VM. */
  readonly listLagMs: number;
  /** Undefined: not asked yet. */
  readonly pod?: PodSight;
  readonly vms?: VmSight;
  readonly deletion?: DeletionSight;
}

export type PeerPodStep =
  | { readonly do: 'nothing' }
  | { readonly do: 'delete-twins'; readonly twins: readonly PeerPod[] }
  | { readonly do: 'look-at-pod' }
  | { readonly do: 'find-vms' }
  | { readonly do: 'delete-vms'; readonly ids: readonly string[] }
  | { readonly do: 'remove-finalizer'; readonly verdict: Verdict | undefined }
  /** Says why, and comes back; `againMs` undefined: with back-off. */
  | { readonly do: 'wait'; readonly verdict: Verdict; readonly againMs: number | undefined };

/** After the end of a pod's grace the kubelet had its chance. */
const podOverdueMs = 60_000;
const podLookMs = 15_000;
const deletingLookMs = 5000;

export function nextPeerPodStep(observed: PeerPodObservation): PeerPodStep {
  const { peerPod } = observed;
  if (peerPod.deletedAtMs === undefined) return alive(observed);
  if (!peerPod.held) return { do: 'nothing' };
  if (peerPod.abandoned) return { do: 'remove-finalizer', verdict: vmVerdict('Abandoned', peerPod) };
  // An older sandbox of a pod that has a newer one has ended, though its pod has not.
  const replaced = observed.twins.some((twin) => twin.deletedAtMs === undefined && olderOf(peerPod, twin) === peerPod);
  if (!replaced && peerPod.podUid !== undefined && peerPod.podName !== undefined) {
    const waiting = podWait(observed);
    if (waiting) return waiting;
  }
  return endVm(observed, peerPod.deletedAtMs);
}

/** The older sandboxes of the pod go: each new one means that the one before has ended. */
function alive({ peerPod, twins }: PeerPodObservation): PeerPodStep {
  const living = twins.length === 0 ? [] : [peerPod, ...twins.filter(({ deletedAtMs }) => deletedAtMs === undefined)];
  const old = living.filter((one) => living.some((other) => other !== one && olderOf(one, other) === one));
  return old.length === 0 ? { do: 'nothing' } : { do: 'delete-twins', twins: old };
}

/** Undefined: the pod needs its VM no more. A namespace's end deletes PeerPods while their pods still wind up. */
function podWait({ peerPod, pod, nowMs }: PeerPodObservation): PeerPodStep | undefined {
  if (!pod) return { do: 'look-at-pod' };
  switch (pod.at) {
    case 'gone':
    case 'ended':
      return undefined;
    case 'unknown':
      return { do: 'wait', verdict: vmVerdict('PodUnknown', peerPod, pod.failure.text), againMs: undefined };
    case 'there':
      if (pod.untilMs !== undefined && nowMs >= pod.untilMs + podOverdueMs) return undefined;
      return { do: 'wait', verdict: vmVerdict('WaitingForPod', peerPod), againMs: podLookMs };
    default:
      return unreachable(pod);
  }
}

function endVm(observed: PeerPodObservation, deletedAtMs: number): PeerPodStep {
  const { peerPod, vms, deletion, nowMs, listLagMs } = observed;
  if (peerPod.podVmId === '' && peerPod.sandboxId === '') return done(peerPod); // nothing says that there ever was one
  if (!vms) return { do: 'find-vms' };
  switch (vms.at) {
    case 'on-worker':
      if (!vms.workerThere) return done(peerPod);
      return { do: 'wait', verdict: vmVerdict('WaitingForAdaptor', peerPod), againMs: undefined };
    case 'unknown':
      return failed(peerPod, vms.failure);
    case 'found':
      break;
    default:
      return unreachable(vms);
  }
  const stranger = vms.vms.find(({ owner }) => owner && !isOurs(owner, observed));
  if (stranger) {
    return { do: 'wait', verdict: vmVerdict('NotOurs', peerPod, stranger.id), againMs: undefined };
  }
  if (vms.vms.length === 0) {
    const hiddenMs = deletedAtMs + listLagMs - nowMs;
    if (hiddenMs <= 0) return done(peerPod);
    return { do: 'wait', verdict: vmVerdict('LookingUp', peerPod), againMs: hiddenMs };
  }
  if (!deletion) return { do: 'delete-vms', ids: vms.vms.map(({ id }) => id) };
  switch (deletion.at) {
    case 'gone':
      return done(peerPod);
    case 'deleting':
      return { do: 'wait', verdict: vmVerdict('Deleting', peerPod), againMs: deletingLookMs };
    case 'failed':
      return failed(peerPod, deletion.failure);
    default:
      return unreachable(deletion);
  }
}

/** The record's id may be anybody's: whoever may write PeerPods must not be able to end other people's machines. */
function isOurs(
  owner: { readonly cluster: string; readonly sandboxId: string },
  { peerPod, cluster }: PeerPodObservation,
): boolean {
  return owner.cluster === cluster && (peerPod.sandboxId === '' || owner.sandboxId === peerPod.sandboxId);
}

function done(peerPod: PeerPod): PeerPodStep {
  return { do: 'remove-finalizer', verdict: peerPod.told && vmVerdict('Deleted', peerPod) };
}

function failed(peerPod: PeerPod, { kind, text, retryAfterMs }: Failure): PeerPodStep {
  const reason = kind === 'provider' ? 'DeleteFailed' : 'ProviderNotReady';
  return { do: 'wait', verdict: vmVerdict(reason, peerPod, text), againMs: retryAfterMs };
}
