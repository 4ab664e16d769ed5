/** Why the pod VM of a PeerPod is not gone yet, in words for whoever runs `kubectl get peerpod`. */

import type { Verdict } from './conditions.ts';
import { abandonAnnotation, type PeerPod, vmDeletedType } from './peer-pod.ts';

export type { Verdict } from './conditions.ts';

type Told = Pick<PeerPod, 'provider' | 'podVmId' | 'node' | 'podName' | 'uid' | 'sandboxId'>;

/** `detail` is a failure's text or an id. Messages hold no counts or times, so that the same trouble is told once. */
const table = {
  WaitingForPod: {
    status: 'False',
    warns: false,
    text: ({ podName }) => `pod ${podName} still exists; its pod VM goes when the pod is gone, or its grace is over`,
  },
  PodUnknown: { status: 'Unknown', warns: true, text: (_, detail) => `the pod could not be looked at: ${detail}` },
  LookingUp: {
    status: 'False',
    warns: false,
    text: ({ sandboxId, provider }) =>
      `no pod VM is on record; waiting until one with the tag of sandbox ${sandboxId} would be listed by ${provider}`,
  },
  Deleting: {
    status: 'False',
    warns: false,
    text: ({ podVmId, provider }) => `${provider} deletes pod VM ${podVmId || '(found by its tags)'}`,
  },
  DeleteFailed: {
    status: 'False',
    warns: true,
    text: ({ podVmId, uid }, detail) =>
      `deleting pod VM ${podVmId || '(found by its tags)'} failed and is tried again: ${detail}. To give it up: ` +
      `annotate this object with ${abandonAnnotation}=${uid}`,
  },
  ProviderNotReady: {
    status: 'Unknown',
    warns: true,
    text: ({ provider }, detail) => `provider ${JSON.stringify(provider)} can not be asked: ${detail}`,
  },
  WaitingForAdaptor: {
    status: 'False',
    warns: false,
    text: ({ node, provider }) => `pod VMs of ${provider} live on their worker: the adaptor on ${node} must end it`,
  },
  NotOurs: {
    status: 'False',
    warns: true,
    text: ({ uid }, detail) =>
      `pod VM ${detail} carries the tags of another cluster or sandbox and is left alone. To let this object go: ` +
      `annotate it with ${abandonAnnotation}=${uid}`,
  },
  Abandoned: {
    status: 'Unknown',
    warns: true,
    text: ({ podVmId, sandboxId, provider }) =>
      `given up by annotation; pod VM ${podVmId || `of sandbox ${sandboxId}`} may still exist at ${provider}`,
  },
  Deleted: { status: 'True', warns: false, text: ({ podVmId }) => `pod VM ${podVmId || '(none)'} is gone` },
} as const satisfies Record<
  string,
  { status: Verdict['status']; warns: boolean; text: (told: Told, detail: string) => string }
>;

export type VmReason = keyof typeof table;

export const vmReasons = Object.keys(table) as readonly VmReason[];

export function vmVerdict(reason: VmReason, peerPod: Told, detail = ''): Verdict {
  const { status, text } = table[reason];
  return { type: vmDeletedType, status, reason, message: text(peerPod, detail) };
}

/** Whether an Event of type Warning goes with it. */
export function warns(verdict: Verdict): boolean {
  return Object.hasOwn(table, verdict.reason) && table[verdict.reason as VmReason].warns;
}
