/** What does not fit together between the records of this worker, the kernel, the relay and the provider: pure. */

import type { SandboxId } from '#base/brands.ts';
import type { PeerPodName, SeenPeerPod } from '../node-duties/peer-pods.ts';
import type { SandboxState } from './state.ts';

export interface RecordedSandbox {
  readonly sandboxId: SandboxId;
  readonly state: SandboxState;
  readonly podVmId?: string | undefined;
}

export interface Observation {
  readonly records: readonly RecordedSandbox[];
  /** Sandboxes whose records cannot be read: nothing is known of them, so nothing of theirs is touched. */
  readonly unreadable: ReadonlySet<string>;
  /** Sandboxes whose pod's network namespace is gone. */
  readonly withoutNetns: ReadonlySet<string>;
  /** All pod VMs of this owner; undefined when the provider could not be asked. */
  readonly podVms: readonly { readonly id: string; readonly sandboxId: string }[] | undefined;
  /** PeerPods of this node that something holds; undefined outside of Kubernetes, or when it could not be asked. */
  readonly peerPods?: readonly SeenPeerPod[] | undefined;
  /** Sandboxes that the relay serves, and whether they are connected; undefined when it could not be asked. */
  readonly relay: ReadonlyMap<string, boolean> | undefined;
}

export type Finding =
  /** Its namespace is gone: the pod has ended, and nobody stopped the sandbox. */
  | { readonly what: 'ended-pod'; readonly sandboxId: string; readonly podVmId: string | undefined }
  /** A pod VM that no record knows. */
  | { readonly what: 'unknown-pod-vm'; readonly sandboxId: string; readonly podVmId: string }
  /** A running sandbox whose pod VM the provider does not have any more. */
  | { readonly what: 'lost-pod-vm'; readonly sandboxId: string; readonly podVmId: string }
  /** A running sandbox that the relay does not carry. */
  | { readonly what: 'not-relayed'; readonly sandboxId: string }
  /** An agent socket of a sandbox that no record knows. */
  | { readonly what: 'unknown-socket'; readonly sandboxId: string }
  /** A PeerPod of this node, of a sandbox that no record knows. */
  | {
      readonly what: 'unknown-peer-pod';
      readonly sandboxId: string;
      readonly podVmId: string | undefined;
      readonly peerPod: PeerPodName;
    };

/** How long a finding must last before it is acted on; ms. What is under way looks like a finding for a moment. */
export const graceMs: Readonly<Record<Finding['what'], number>> = {
  'ended-pod': 60_000,
  'unknown-pod-vm': 300_000,
  'lost-pod-vm': 60_000,
  'not-relayed': 0,
  'unknown-socket': 60_000,
  'unknown-peer-pod': 300_000,
};

export function findings(observed: Observation): readonly Finding[] {
  const known = new Set<string>(observed.records.map(({ sandboxId }) => sandboxId));
  const isUnknown = (sandboxId: string) => !known.has(sandboxId) && !observed.unreadable.has(sandboxId);
  const strangers = (observed.podVms ?? []).filter(({ sandboxId }) => isUnknown(sandboxId));
  const sockets = [...(observed.relay?.keys() ?? [])].filter(isUnknown);
  const peerPods = (observed.peerPods ?? []).filter(({ sandboxId }) => isUnknown(sandboxId));
  return [
    ...observed.records.flatMap((record) => ofRecord(record, observed)),
    ...strangers.map(({ id, sandboxId }) => ({ what: 'unknown-pod-vm' as const, sandboxId, podVmId: id })),
    ...sockets.map((sandboxId) => ({ what: 'unknown-socket' as const, sandboxId })),
    ...peerPods.map(({ sandboxId, podVmId, namespace, name }) => ({
      what: 'unknown-peer-pod' as const,
      sandboxId,
      podVmId,
      peerPod: { namespace, name },
    })),
  ];
}

function ofRecord({ sandboxId, state, podVmId }: RecordedSandbox, observed: Observation): readonly Finding[] {
  if (state.at !== 'running' && state.at !== 'created') return []; // being started or released: its own task looks after it
  if (observed.withoutNetns.has(sandboxId)) return [{ what: 'ended-pod', sandboxId, podVmId }];
  if (state.at === 'created') return [];
  const lost = podVmId !== undefined && observed.podVms && !observed.podVms.some(({ id }) => id === podVmId);
  if (lost) return [{ what: 'lost-pod-vm', sandboxId, podVmId }];
  return observed.relay && observed.relay.get(sandboxId) !== true ? [{ what: 'not-relayed', sandboxId }] : [];
}

/** Remembers since when each finding lasts; one that was not seen again is forgotten. */
export class LastingFindings {
  #since = new Map<string, number>();

  /** The findings that have lasted their grace at `nowMs`, the monotonic time of this observation. */
  due(found: readonly Finding[], nowMs: number): readonly Finding[] {
    const since = new Map<string, number>();
    for (const finding of found) since.set(keyOf(finding), this.#since.get(keyOf(finding)) ?? nowMs);
    this.#since = since;
    return found.filter((finding) => nowMs - (since.get(keyOf(finding)) ?? nowMs) >= graceMs[finding.what]);
  }
}

function keyOf(finding: Finding): string {
  const { namespace = '', name = '' } = 'peerPod' in finding ? finding.peerPod : {};
  return [finding.what, finding.sandboxId, 'podVmId' in finding ? finding.podVmId : '', namespace, name].join(' ');
}
