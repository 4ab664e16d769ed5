/** The annotations by which a pod tells the adaptor what VM it wants, and which of them the webhook writes. */

import { ImpossibleResource } from './pod-view.ts';
import type { PodVmSize } from './pod-vm-size.ts';
import type { MutationSettings } from './settings.ts';

const hypervisor = 'io.katacontainers.config.hypervisor.';

/** Kata refuses annotations under this prefix that its configuration does not list: nothing else is ever written there. */
export const sizeAnnotations = {
  vcpus: `${hypervisor}default_vcpus`,
  memoryMiB: `${hypervisor}default_memory`,
  gpus: `${hypervisor}default_gpus`,
} as const satisfies Record<keyof PodVmSize, string>;

export const machineTypeAnnotation = `${hypervisor}machine_type`;
/** Of the first peer pods; read by people only. */
export const instanceTypeAnnotation = 'kata.peerpods.io/instance_type';

export type Annotations = Readonly<Record<string, string>>;

export const sizeNames = Object.keys(sizeAnnotations) as (keyof PodVmSize)[];

export interface SizedAnnotations {
  /** To be set; those that are so already are among them. */
  readonly wanted: Annotations;
  /** What the pod VM will be, by whomever it was said. */
  readonly size: PodVmSize;
  /** Size annotations that the pod came with and that are replaced by something else. */
  readonly replaced: readonly string[];
}

/** A size that is not computed leaves the pod's own alone. Throws ImpossibleResource when that is no amount. */
export function sizeAnnotationsFor(
  present: Annotations,
  computed: PodVmSize,
  keptSizes: readonly string[],
): SizedAnnotations {
  const wanted: Record<string, string> = {};
  const size: Record<keyof PodVmSize, bigint | undefined> = { ...computed };
  const replaced: string[] = [];
  for (const name of sizeNames) {
    const annotation = sizeAnnotations[name];
    const value = computed[name];
    const own = ownText(present, annotation);
    if (value === undefined || keptSizes.includes(annotation)) {
      size[name] = own === undefined ? undefined : amountOf(annotation, own);
      continue;
    }
    wanted[annotation] = String(value);
    if (own !== undefined && own !== String(value)) replaced.push(annotation);
  }
  return { wanted, size, replaced };
}

/** A type that the pod names in either way wins over the setting. */
export function instanceTypeAnnotationsFor(
  present: Annotations,
  setting: MutationSettings['instanceType'],
): Annotations {
  if (setting === undefined) return {};
  const told = ownText(present, instanceTypeAnnotation) || setting;
  return {
    [instanceTypeAnnotation]: told,
    [machineTypeAnnotation]: ownText(present, machineTypeAnnotation) || told,
  };
}

/** The amount as the adaptor reads it: a decimal, rounded up; blank is none. */
function amountOf(annotation: string, text: string): bigint | undefined {
  const match = /^(\d{1,18})(?:\.(\d+))?$/.exec(text.trim());
  if (text.trim() === '') return undefined;
  if (!match) {
    const shown = JSON.stringify(text.slice(0, 64));
    throw new ImpossibleResource(`annotation ${annotation} is ${shown}, which is no amount`);
  }
  return BigInt(match[1] ?? 0) + (/[1-9]/.test(match[2] ?? '') ? 1n : 0n);
}

function ownText(annotations: Annotations, name: string): string | undefined {
  return Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}
