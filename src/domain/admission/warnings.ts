/** What `kubectl apply` shows a pod's author of what became of the resources. */

import { type Annotations, machineTypeAnnotation, type SizedAnnotations, sizeAnnotations } from './annotations.ts';
import type { OriginalResources } from './original-resources.ts';
import type { PodView } from './pod-view.ts';
import { totalsOf } from './pod-vm-size.ts';
import { formatQuantity } from './quantity.ts';
import type { MutationSettings } from './settings.ts';

/** Kubernetes cuts a warning at 256 characters and drops what is over 4096 in all. */
const lengthMax = 256;
const countMax = 12;

interface Case {
  readonly pod: PodView;
  readonly record: OriginalResources;
  /** Seen before: what concerns the pod as it came was said then. */
  readonly known: boolean;
  readonly sized: SizedAnnotations;
  readonly wanted: Annotations;
  readonly settings: MutationSettings;
}

export function warningsOf(one: Case): readonly string[] {
  const { pod, known, sized } = one;
  return [
    ...(pod.podLevel ? ['spec.resources became the size of the pod VM and was removed'] : []),
    ...lostResources(one),
    ...limitsBelowRequests(one),
    ...halfSize(one),
    ...(known ? [] : sized.replaced.map((name) => `annotation ${name} was replaced: the containers' resources count`)),
  ];
}

/** At most as many and as long as Kubernetes passes on. */
export function bounded(warnings: readonly string[]): readonly string[] {
  return warnings
    .slice(0, countMax)
    .map((text) => (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`));
}

/** CPU and memory became the VM's; storage of the worker means nothing to it; the rest is missed by somebody. */
function lostResources({ pod, settings }: Case): readonly string[] {
  const expected = new Set(['cpu', 'memory', 'ephemeral-storage', settings.extendedResource, ...settings.gpuResources]);
  const containers = [...pod.containers, ...pod.initContainers];
  const lists = [pod.podLevel, ...containers.map(({ resources }) => resources)].flatMap((resources) =>
    resources ? [resources.requests, resources.limits] : [],
  );
  const lost = [...new Set(lists.flatMap((list) => [...list.keys()]))].filter((name) => !expected.has(name));
  const claims = containers.some((container) => container.claims > 0);
  return [
    ...lost.map((name) => `${name} was removed: pod VMs do not get it`),
    ...(claims ? ['resource claims of containers were removed: devices of the worker node are not in the pod VM'] : []),
  ];
}

function limitsBelowRequests({ pod, record, settings }: Case): readonly string[] {
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const { requests, limits } = totalsOf(resource, pod, record, settings.sizing);
    if (limits === 0n || limits >= requests) return [];
    const [more, less] = [formatQuantity(requests), formatQuantity(limits)];
    return [`${resource} limits are ${less} in all, below the requests of ${more}: the pod VM is sized by requests`];
  });
}

/** Most providers take the default instance type then, as the original does. */
function halfSize({ sized: { size }, pod, wanted }: Case): readonly string[] {
  const { vcpus, memoryMiB, gpus } = size;
  if (gpus !== undefined || (vcpus === undefined) === (memoryMiB === undefined)) return [];
  if (wanted[machineTypeAnnotation] || pod.annotations?.[machineTypeAnnotation]) return [];
  const [has, lacks] = vcpus === undefined ? (['memory', 'CPU'] as const) : (['CPU', 'memory'] as const);
  const missing = sizeAnnotations[vcpus === undefined ? 'vcpus' : 'memoryMiB'];
  return [`asks for ${has} but no ${lacks}: the pod VM may be of the default size; set both, or annotate ${missing}`];
}
