/** Does what a plan says, in its order, and stops at the first thing that fails: the next look plans anew. */

import { unreachable } from '#base/assert.ts';
import { isPeerPodError } from '#base/errors.ts';
import type { KubeObject, KubernetesApi, ObjectKey } from '#io/kubernetes/api.ts';
import { apiVersionOf, NODE } from '#io/kubernetes/kinds.ts';
import type { Action } from './actions.ts';
import type { EventRecorder } from './event-recorder.ts';
import { extendedResource, fieldManager } from './names.ts';

export interface PerformParts {
  readonly api: KubernetesApi;
  readonly events: EventRecorder;
}

/** Throws what the API server refused. What is as it should be already is no failure. */
export async function perform(actions: readonly Action[], parts: PerformParts, signal: AbortSignal): Promise<void> {
  for (const action of actions) {
    signal.throwIfAborted();
    await performOne(action, parts, signal);
  }
}

async function performOne(action: Action, { api, events }: PerformParts, signal: AbortSignal): Promise<void> {
  switch (action.do) {
    case 'apply': {
      const patch = { type: 'apply', body: action.object, fieldManager, force: true } as const;
      await api.patch(action.key, patch, { signal });
      return;
    }
    case 'delete':
      await api.delete(action.key, { signal, preconditions: { uid: action.uid } }).catch((error: unknown) => {
        if (!isPeerPodError(error, 'E_KUBE_CONFLICT')) throw error; // another object has the name by now
      });
      return;
    case 'add-finalizer':
      return await addFinalizer(api, action, signal);
    case 'remove-finalizer':
      return await removeFinalizer(api, action, signal);
    case 'write-status': {
      const { kind, namespace, name } = action.key;
      const metadata = { name, uid: action.uid, ...(namespace !== undefined && { namespace }) };
      const body = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata, status: action.status };
      const patch = { type: 'apply', body, fieldManager, force: true } as const;
      await ifThere(api.patch(action.key, patch, { signal, subresource: 'status' }));
      return;
    }
    case 'record-event': {
      const { kind, namespace, name } = action.key;
      const regarding = { apiVersion: apiVersionOf(kind), kind: kind.kind, name, uid: action.uid };
      await events.record({ ...regarding, ...(namespace !== undefined && { namespace }) }, action.note);
      return;
    }
    case 'withdraw-capacity':
      return await withdrawCapacity(api, action.node, signal);
    default:
      return unreachable(action);
  }
}

type FinalizerAction = Extract<Action, { finalizer: string }>;

/** With the version in hand, so that nobody else's entry is lost in between. */
async function addFinalizer(api: KubernetesApi, action: FinalizerAction, signal: AbortSignal): Promise<void> {
  const object = await own(api, action, signal);
  const finalizers = object?.metadata.finalizers ?? [];
  if (!object || finalizers.includes(action.finalizer)) return;
  const { resourceVersion, uid } = object.metadata;
  const body = { metadata: { uid, resourceVersion, finalizers: [...finalizers, action.finalizer] } };
  await ifThere(api.patch(action.key, { type: 'merge', body }, { signal }));
}

/** Only this entry, and only where it still is. */
async function removeFinalizer(api: KubernetesApi, action: FinalizerAction, signal: AbortSignal): Promise<void> {
  const object = await own(api, action, signal);
  const at = object?.metadata.finalizers?.indexOf(action.finalizer) ?? -1;
  if (!object || at < 0) return;
  const operations = [
    { op: 'test', path: '/metadata/uid', value: action.uid },
    { op: 'test', path: `/metadata/finalizers/${at}`, value: action.finalizer },
    { op: 'remove', path: `/metadata/finalizers/${at}` },
  ] as const;
  await ifThere(api.patch(action.key, { type: 'json', operations }, { signal }));
}

async function own(
  api: KubernetesApi,
  { key, uid }: { readonly key: ObjectKey; readonly uid: string },
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const object = await api.get(key, { signal });
  return object?.metadata.uid === uid ? object : undefined;
}

async function withdrawCapacity(api: KubernetesApi, node: string, signal: AbortSignal): Promise<void> {
  const path = `/status/capacity/${extendedResource.replaceAll('/', '~1')}`;
  const patch = { type: 'json', operations: [{ op: 'remove', path }] } as const;
  try {
    await ifThere(api.patch({ kind: NODE, name: node }, patch, { signal, subresource: 'status' }));
  } catch (error) {
    if (!isPeerPodError(error, 'E_KUBE_INVALID')) throw error; // the adaptor was quicker
  }
}

async function ifThere(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isPeerPodError(error, 'E_KUBE_NOT_FOUND')) throw error;
  }
}
