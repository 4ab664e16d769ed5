/** Does what peer-pod-step.ts decides, for one PeerPod at a time. */

import { unreachable } from '#base/assert.ts';
import type { Clock } from '#base/clock.ts';
import { errorText, isPeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { apiVersionOf, PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import { conditionsOf, messageLengthMax, saysTheSame, timed, type Verdict } from './conditions.ts';
import type { EventRecorder } from './event-recorder.ts';
import { fieldManager } from './names.ts';
import { type PeerPod, peerPodFinalizer, readPeerPod, vmDeletedType } from './peer-pod.ts';
import { type PeerPodIndex, peerPodKey } from './peer-pod-index.ts';
import { nextPeerPodStep, type PeerPodObservation, type PeerPodStep, type PodSight } from './peer-pod-step.ts';
import { warns } from './peer-pod-verdicts.ts';
import type { PodVms } from './pod-vms.ts';
import { fieldsOf, listOf, textOf, timeOf } from './reading.ts';

export interface PeerPodWorkerParts {
  readonly api: KubernetesApi;
  readonly index: PeerPodIndex;
  readonly vms: PodVms;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

/** Without a time: again with back-off. `why` is a reason of peer-pod-verdicts.ts. */
export type Outcome =
  | { readonly done: true }
  | { readonly done: false; readonly againMs?: number; readonly why: string };

const done: Outcome = { done: true };
/** look at the pod, find, delete, remove the finalizer; more is a defect. */
const stepsMax = 8;

export class PeerPodWorker {
  readonly #parts: PeerPodWorkerParts;

  constructor(parts: PeerPodWorkerParts) {
    this.#parts = parts;
  }

  /** Throws KubernetesError for what the API server refused; the caller comes back later. */
  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const cached = this.#parts.index.get(key);
    if (!cached) return done;
    // What is alive costs no call. What ends is read anew: the informer may be behind, and it is a machine's end.
    let observed = this.#observation(cached);
    if (cached.deletedAtMs !== undefined && cached.held) {
      const object = await this.#parts.api.get(objectKey(cached), { signal });
      if (!object) return done;
      observed = this.#observation(readPeerPod(object));
    }
    for (let count = 0; count < stepsMax; count += 1) {
      const step = nextPeerPodStep(observed);
      switch (step.do) {
        case 'nothing':
          return done;
        case 'delete-twins':
          return await this.#deleteTwins(observed, step.twins, signal);
        case 'look-at-pod':
          observed = { ...observed, pod: await this.#podSight(observed.peerPod, signal) };
          break;
        case 'find-vms': {
          const vms = await this.#parts.vms.find(observed.peerPod, signal);
          observed = { ...observed, vms, listLagMs: vms.listLagMs ?? observed.listLagMs };
          break;
        }
        case 'delete-vms': {
          // Begun, it is ended on deadlines of its own: cut off, it would only be done a second time.
          const deletion = await this.#parts.vms.delete(observed.peerPod.provider, step.ids);
          observed = { ...observed, deletion };
          break;
        }
        case 'remove-finalizer':
          return await this.#release(observed, step);
        case 'wait':
          await this.#tell(observed, step.verdict, signal);
          return {
            done: false,
            why: step.verdict.reason,
            ...(step.againMs !== undefined && { againMs: step.againMs }),
          };
        default:
          unreachable(step);
      }
    }
    return { done: false, why: 'TooManySteps' };
  }

  #observation(peerPod: PeerPod): PeerPodObservation {
    const { index, clock, vms } = this.#parts;
    const cluster = vms.cluster() ?? '';
    return { peerPod, twins: index.twins(peerPod), nowMs: clock.wallNow(), cluster, listLagMs: listLagMsDefault };
  }

  async #podSight({ namespace, podName, podUid }: PeerPod, signal: AbortSignal): Promise<PodSight> {
    try {
      const pod = await this.#parts.api.get({ kind: POD, namespace, name: podName ?? '' }, { signal });
      if (!pod || pod.metadata.uid !== podUid) return { at: 'gone' }; // another pod of that name is another pod
      const phase = textOf(fieldsOf(pod.status).phase);
      if (phase === 'Succeeded' || phase === 'Failed') return { at: 'ended' };
      return { at: 'there', untilMs: timeOf(pod.metadata.deletionTimestamp) };
    } catch (error) {
      signal.throwIfAborted();
      return { at: 'unknown', failure: { kind: 'setup', text: errorText(error) } };
    }
  }

  async #deleteTwins(
    { peerPod }: PeerPodObservation,
    twins: readonly PeerPod[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { api, log } = this.#parts;
    for (const twin of twins) {
      log.info({ peerPod: peerPodKey(twin), newer: peerPodKey(peerPod) }, 'deleting the PeerPod of an older sandbox');
      await api.delete(objectKey(twin), { signal, preconditions: { uid: twin.uid } }).catch((error: unknown) => {
        if (!isPeerPodError(error, 'E_KUBE_CONFLICT')) throw error; // another object has the name by now
      });
    }
    return done;
  }

  /** Only our entry, and only if it is still where it was: other finalizers are other people's. */
  async #release(
    { peerPod }: PeerPodObservation,
    { verdict }: Extract<PeerPodStep, { do: 'remove-finalizer' }>,
  ): Promise<Outcome> {
    const { api, events, log } = this.#parts;
    const fresh = await api.get(objectKey(peerPod));
    if (!fresh || fresh.metadata.uid !== peerPod.uid) return done;
    const finalizers = listOf(fresh.metadata.finalizers);
    const at = finalizers.indexOf(peerPodFinalizer);
    if (at < 0) return done;
    // Nobody reads the status of what is about to be gone.
    if (finalizers.length > 1) await this.#writeStatus(peerPod, fresh, verdict, !peerPod.abandoned);
    if (verdict) await events.record(regarding(peerPod), noteOf(verdict));
    const operations = [
      { op: 'test', path: '/metadata/uid', value: peerPod.uid },
      { op: 'test', path: `/metadata/finalizers/${at}`, value: peerPodFinalizer },
      { op: 'remove', path: `/metadata/finalizers/${at}` },
    ] as const;
    try {
      await api.patch(objectKey(peerPod), { type: 'json', operations });
    } catch (error) {
      if (isPeerPodError(error, 'E_KUBE_NOT_FOUND')) return done;
      if (isPeerPodError(error, 'E_KUBE_INVALID')) return { done: false, why: 'FinalizersChanged' };
      throw error;
    }
    log.info({ peerPod: peerPodKey(peerPod), podVmId: peerPod.podVmId, reason: verdict?.reason }, 'PeerPod released');
    return done;
  }

  /** Once for each change: a condition, and an event with it. */
  async #tell({ peerPod }: PeerPodObservation, verdict: Verdict, signal: AbortSignal): Promise<void> {
    if (saysTheSame(peerPod.told, { ...verdict, message: verdict.message.slice(0, messageLengthMax) })) return;
    await this.#writeStatus(peerPod, undefined, verdict, false, signal);
    if (peerPod.told?.reason !== verdict.reason) {
      await this.#parts.events.record(regarding(peerPod), noteOf(verdict));
    }
  }

  async #writeStatus(
    peerPod: PeerPod,
    fresh: KubeObject | undefined,
    verdict: Verdict | undefined,
    cleand: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const { api, clock, log } = this.#parts;
    const before = fresh ? conditionsOf(fresh.status) : peerPod.told ? [peerPod.told] : [];
    const body = {
      apiVersion: apiVersionOf(PEER_POD),
      kind: PEER_POD.kind,
      metadata: { name: peerPod.name, namespace: peerPod.namespace, uid: peerPod.uid },
      status: {
        ...(cleand && { cleand }),
        ...(verdict && { conditions: [timed({ ...verdict, type: vmDeletedType }, before, clock.wallNow())] }),
      },
    };
    const patch = { type: 'apply', body, fieldManager, force: true } as const;
    try {
      await api.patch(objectKey(peerPod), patch, { subresource: 'status', ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      // The VM's end must not hang on a status that can not be written.
      log.warn({ peerPod: peerPodKey(peerPod), error: errorText(error) }, 'status not written');
    }
  }
}

/** Until the provider says its own. */
const listLagMsDefault = 60_000;

function objectKey({ namespace, name }: PeerPod) {
  return { kind: PEER_POD, namespace, name };
}

function regarding({ namespace, name, uid }: PeerPod) {
  return { apiVersion: apiVersionOf(PEER_POD), kind: PEER_POD.kind, namespace, name, uid };
}

function noteOf(verdict: Verdict) {
  return {
    type: warns(verdict) ? ('Warning' as const) : ('Normal' as const),
    reason: verdict.reason,
    message: verdict.message,
  };
}
