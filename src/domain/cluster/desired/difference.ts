/** Whether an object is as we want it, so that nothing is written for nothing. */

import { createHash } from 'node:crypto';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { fieldsOf } from '../reading.ts';

/** Of what was applied last: a field that we want no more is in no comparison with what we want. */
export const appliedAnnotation = 'peerpods.io/applied';

/** The object with the mark of its own content. */
export function marked(desired: KubeObject): KubeObject {
  const { annotations } = desired.metadata;
  const mark = createHash('sha256').update(canonical(desired)).digest('hex').slice(0, 16);
  return { ...desired, metadata: { ...desired.metadata, annotations: { ...annotations, [appliedAnnotation]: mark } } };
}

/** `wanted` has its mark. What others added to the object does not count, what they changed of ours does. */
export function isAsWanted(observed: KubeObject | undefined, wanted: KubeObject): boolean {
  return observed !== undefined && satisfies(observed, wanted);
}

function satisfies(observed: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(observed)) return observed === undefined && wanted.length === 0;
    const key = keyOf(wanted);
    if (key === undefined) {
      return observed.length === wanted.length && wanted.every((entry, at) => satisfies(observed[at], entry));
    }
    return wanted.every((entry) =>
      satisfies(
        observed.find((one) => fieldsOf(one)[key] === entry[key]),
        entry,
      ),
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    // The server leaves out what is empty.
    if (observed === undefined) return Object.values(wanted).every((inner) => satisfies(undefined, inner));
    if (typeof observed !== 'object' || observed === null) return false;
    const fields = fieldsOf(observed);
    return Object.entries(wanted).every(([name, inner]) => inner === undefined || satisfies(fields[name], inner));
  }
  return observed === wanted;
}

/** By what the server tells entries of a list apart, where it does. */
const keys = ['uid', 'name', 'mountPath', 'containerPort'] as const;

function keyOf(list: readonly unknown[]): (typeof keys)[number] | undefined {
  return list.length === 0
    ? undefined
    : keys.find((key) => list.every((entry) => ['string', 'number'].includes(typeof fieldsOf(entry)[key])));
}

/** The same text for the same content, whatever the order of its fields. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
