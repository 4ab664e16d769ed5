/** Makes a pod of one of our runtime classes a peer pod: its size in annotations, one VM in place of its resources. */

import { type Annotations, instanceTypeAnnotationsFor, sizeAnnotations, sizeAnnotationsFor } from './annotations.ts';
import { type JsonPatch, type JsonPatchOperation, memberPointer } from './json-patch.ts';
import { extendRecord, formatRecord, readRecord, recordAnnotation, recordLengthMax } from './original-resources.ts';
import {
  type ContainerView,
  ImpossibleResource,
  type JsonObject,
  type PodView,
  runtimeClassOf,
  viewPod,
} from './pod-view.ts';
import { type PodVmSize, podVmSize } from './pod-vm-size.ts';
import { isExcluded, type MutationSettings } from './settings.ts';
import { bounded, warningsOf } from './warnings.ts';

export type Mutation =
  | { readonly verdict: 'unchanged'; readonly why: 'other-class' | 'excluded-namespace' | 'no-containers' }
  | {
      readonly verdict: 'mutated';
      /** Empty when the pod is as it should be already. */
      readonly patch: JsonPatch;
      readonly size: PodVmSize;
      readonly warnings: readonly string[];
    }
  | { readonly verdict: 'denied'; readonly code: 403 | 422; readonly message: string };

/**
 * `pod` is what is being created, in any state of defaulting; `namespace` that of the request, since the pod may not name
 * one yet. Applying the patch and asking again gives an empty patch. Throws E_DECODE for what is no pod.
 */
export function mutatePod(pod: unknown, namespace: string, settings: MutationSettings): Mutation {
  const runtimeClass = runtimeClassOf(pod);
  if (runtimeClass === undefined || !settings.runtimeClasses.includes(runtimeClass)) {
    return { verdict: 'unchanged', why: 'other-class' };
  }
  if (isExcluded(namespace, settings.excludedNamespaces)) return { verdict: 'unchanged', why: 'excluded-namespace' };
  try {
    const view = viewPod(pod);
    // The API server refuses it, and knows better words for that.
    if (view.containers.length === 0) return { verdict: 'unchanged', why: 'no-containers' };
    return mutatePeerPod(view, settings);
  } catch (error) {
    if (error instanceof ImpossibleResource) return { verdict: 'denied', code: 422, message: error.message };
    throw error;
  }
}

function mutatePeerPod(pod: PodView, settings: MutationSettings): Mutation {
  const present = pod.annotations ?? {};
  const known = readRecord(pod, settings.extendedResource);
  const record = extendRecord(pod, known, {
    resources: ['cpu', 'memory', ...settings.gpuResources],
    keptSizes: settings.userSizes === 'keep' ? givenSizes(present) : [],
  });
  const recordText = formatRecord(record);
  if (recordText.length > recordLengthMax) {
    const message = `the resources of its ${record.containers.size + record.initContainers.size} containers do not fit in an annotation`;
    return { verdict: 'denied', code: 422, message };
  }
  const sized = sizeAnnotationsFor(present, podVmSize(pod, record, settings), record.keptSizes);
  const tooLarge = beyond(sized.size, settings.largest);
  if (tooLarge !== undefined) return { verdict: 'denied', code: 403, message: tooLarge };
  const wanted = {
    ...sized.wanted,
    ...instanceTypeAnnotationsFor(present, settings.instanceType),
    [recordAnnotation]: recordText,
  };
  return {
    verdict: 'mutated',
    patch: [...annotationOperations(pod.annotations, wanted), ...resourceOperations(pod, settings)],
    size: sized.size,
    warnings: bounded(warningsOf({ pod, record, known: known !== undefined, sized, wanted, settings })),
  };
}

function givenSizes(present: Annotations): readonly string[] {
  return Object.values(sizeAnnotations).filter((name) => Object.hasOwn(present, name) && present[name]?.trim() !== '');
}

/** A pod that no pod VM can hold would wait for ever: better that its author hears it now. */
function beyond(size: PodVmSize, largest: MutationSettings['largest']): string | undefined {
  const faults = (
    [
      ['vCPUs', size.vcpus, largest.vcpus],
      ['MiB of memory', size.memoryMiB, largest.memoryMiB],
      ['GPUs', size.gpus, largest.gpus],
    ] as const
  ).flatMap(([what, wanted, most]) =>
    wanted !== undefined && most !== undefined && wanted > most ? [`${wanted} ${what}, of ${most} at most`] : [],
  );
  return faults.length === 0 ? undefined : `the pod asks for a larger VM than there may be: ${faults.join('; ')}`;
}

function annotationOperations(present: Annotations | undefined, wanted: Annotations): readonly JsonPatchOperation[] {
  if (present === undefined) return [{ op: 'add', path: '/metadata/annotations', value: wanted }];
  return Object.entries(wanted).flatMap(([name, value]): JsonPatchOperation[] => {
    const has = Object.hasOwn(present, name);
    if (has && present[name] === value) return [];
    return [{ op: has ? 'replace' : 'add', path: memberPointer('/metadata/annotations', name), value }];
  });
}

function resourceOperations(pod: PodView, settings: MutationSettings): readonly JsonPatchOperation[] {
  const none = settings.strip === 'zero' ? { cpu: '0', memory: '0' } : undefined;
  const first = { ...none, [settings.extendedResource]: '1' };
  const of = (list: 'containers' | 'initContainers') => (container: ContainerView, at: number) => {
    const amounts = list === 'containers' && at === 0 ? first : none;
    return operationFor(container, `/spec/${list}/${at}/resources`, amounts && { limits: amounts, requests: amounts });
  };
  return [
    ...(pod.podLevel ? [{ op: 'remove', path: '/spec/resources' } as const] : []),
    ...pod.containers.flatMap(of('containers')),
    ...pod.initContainers.flatMap(of('initContainers')),
  ];
}

function operationFor(
  { raw }: ContainerView,
  path: string,
  wanted: Readonly<Record<string, JsonObject>> | undefined,
): readonly JsonPatchOperation[] {
  if (wanted === undefined) return raw === undefined ? [] : [{ op: 'remove', path }];
  if (raw !== undefined && isSame(raw, wanted)) return [];
  // `add` also replaces what is there, an empty object for one.
  return [{ op: 'add', path, value: wanted }];
}

function isSame(raw: JsonObject, wanted: Readonly<Record<string, JsonObject>>): boolean {
  return (
    Object.keys(raw).length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([list, amounts]) => {
      const own = raw[list];
      return (
        typeof own === 'object' &&
        own !== null &&
        Object.keys(own).length === Object.keys(amounts).length &&
        Object.entries(amounts).every(([name, amount]) => (own as JsonObject)[name] === amount)
      );
    })
  );
}

/** For the audit log and for ours: `6 vCPUs, 8192 MiB`. */
export function describeSize({ vcpus, memoryMiB, gpus }: PodVmSize): string {
  const parts = [
    vcpus === undefined ? '' : `${vcpus} vCPUs`,
    memoryMiB === undefined ? '' : `${memoryMiB} MiB`,
    gpus === undefined ? '' : `${gpus} GPUs`,
  ].filter((part) => part !== '');
  return parts.join(', ') || 'default size';
}
