/** Which of the pool's shapes will do for a pod: pure. */

import type { InstanceType, PodVmSpec } from '@peerpods/provider';

export interface WarmShape {
  /** The provider's name for it; `default`: what the provider makes of a pod that asks for no size. */
  readonly name: string;
  readonly count: number;
}

export const defaultShape = 'default';

/**
 * Names of shapes, the smallest first; none when the pod needs something that is only made with a VM of its own. A pod
 * that asks for one of vCPUs and memory is left to the provider's own rule.
 */
export function fittingShapes(
  spec: Pick<PodVmSpec, 'sizing' | 'image' | 'dedicatedInterface' | 'volumes'>,
  shapes: readonly WarmShape[],
  types: readonly InstanceType[],
): readonly string[] {
  const { sizing, image, dedicatedInterface, volumes = [] } = spec;
  if ((image ?? '') !== '' || dedicatedInterface || volumes.length > 0) return [];
  const { instanceType = '', vcpus = 0, memoryMiB = 0, gpus = 0 } = sizing;
  if (gpus > 0) return [];
  const names = shapes.map(({ name }) => name);
  if (instanceType !== '') return names.filter((name) => name === instanceType);
  if (vcpus <= 0 && memoryMiB <= 0) return names.filter((name) => name === defaultShape);
  if (vcpus <= 0 || memoryMiB <= 0) return [];
  return types
    .filter((type) => names.includes(type.name) && type.gpus === 0)
    .filter((type) => type.vcpus >= vcpus && type.memoryMiB >= memoryMiB)
    .toSorted((one, other) => one.memoryMiB - other.memoryMiB || one.vcpus - other.vcpus)
    .map(({ name }) => name);
}
