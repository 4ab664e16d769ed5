/**
 * The record of what containers asked for before their resources were taken away, in an annotation of the pod. The API
 * server calls the webhook again for a pod that something has changed since, a LimitRange for one: the size is always
 * computed from the record, never from what came back.
 */

import type { ContainerView, JsonObject, PodView, ResourceList, Resources } from './pod-view.ts';
import { isObject } from './pod-view.ts';
import { formatQuantity, one, parseQuantity, type Quantity } from './quantity.ts';

export const recordAnnotation = 'kata.peerpods.io/original-resources';
/** Of the annotation, in characters; all annotations of a pod have 256 KiB. */
export const recordLengthMax = 96 * 1024;
const version = 1;

export interface OriginalResources {
  /** By name. */
  readonly containers: ReadonlyMap<string, Resources>;
  readonly initContainers: ReadonlyMap<string, Resources>;
  readonly podLevel: Resources | undefined;
  /** Size annotations that the pod came with, where they are to be kept. */
  readonly keptSizes: readonly string[];
}

const nothing: OriginalResources = {
  containers: new Map(),
  initContainers: new Map(),
  podLevel: undefined,
  keptSizes: [],
};

/**
 * What is known from an earlier call about this pod. A record that the creator did not send is ours. One that was sent
 * comes from a pod that was copied, and may not be about these containers: it counts only while a container it names
 * holds the extended resource.
 */
export function readRecord(pod: PodView, extendedResource: string): OriginalResources | undefined {
  const record = parseRecord(pod.annotations?.[recordAnnotation]);
  if (record && pod.sentAnnotations?.has(recordAnnotation) === false) return record;
  const holds = ({ name, resources }: ContainerView) =>
    record?.containers.has(name) && resources.limits.get(extendedResource) === one;
  return pod.containers.some(holds) ? record : undefined;
}

/** The record with the containers that it does not have yet, as they are now, and without those that are gone. */
export function extendRecord(
  pod: PodView,
  known: OriginalResources | undefined,
  names: { readonly resources: readonly string[]; readonly keptSizes: readonly string[] },
): OriginalResources {
  const before = known ?? nothing;
  const extend = (containers: readonly ContainerView[], recorded: ReadonlyMap<string, Resources>) =>
    new Map(containers.map(({ name, resources }) => [name, recorded.get(name) ?? only(resources, names.resources)]));
  return {
    containers: extend(pod.containers, before.containers),
    initContainers: extend(pod.initContainers, before.initContainers),
    podLevel: before.podLevel ?? (pod.podLevel && only(pod.podLevel, names.resources)),
    keptSizes: known ? known.keptSizes : names.keptSizes,
  };
}

function only(resources: Resources, names: readonly string[]): Resources {
  const some = (list: ResourceList) =>
    new Map(names.flatMap((name) => (list.has(name) ? [[name, list.get(name) ?? 0n] as const] : [])));
  return { requests: some(resources.requests), limits: some(resources.limits) };
}

export function formatRecord(record: OriginalResources): string {
  const list = (amounts: ResourceList) =>
    Object.fromEntries([...amounts].map(([name, quantity]) => [name, formatQuantity(quantity)]));
  const resources = ({ requests, limits }: Resources) => ({
    ...(requests.size > 0 && { r: list(requests) }),
    ...(limits.size > 0 && { l: list(limits) }),
  });
  const all = (containers: ReadonlyMap<string, Resources>) =>
    Object.fromEntries([...containers].map(([name, amounts]) => [name, resources(amounts)]));
  return JSON.stringify({
    v: version,
    c: all(record.containers),
    ...(record.initContainers.size > 0 && { i: all(record.initContainers) }),
    ...(record.podLevel && { p: resources(record.podLevel) }),
    ...(record.keptSizes.length > 0 && { k: record.keptSizes }),
  });
}

/** undefined for what is absent, of another version, or was written by somebody else. */
export function parseRecord(text: string | undefined): OriginalResources | undefined {
  if (text === undefined || text.length > recordLengthMax) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (!isObject(record) || record.v !== version) return undefined;
    const { k: keptSizes = [] } = record;
    if (!Array.isArray(keptSizes) || !keptSizes.every((name) => typeof name === 'string')) return undefined;
    return {
      containers: resourcesByName(record.c),
      initContainers: resourcesByName(record.i),
      podLevel: record.p === undefined ? undefined : parseResources(record.p),
      keptSizes,
    };
  } catch {
    return undefined;
  }
}

function resourcesByName(value: unknown): ReadonlyMap<string, Resources> {
  return new Map(Object.entries(asObject(value)).map(([name, resources]) => [name, parseResources(resources)]));
}

function parseResources(value: unknown): Resources {
  const { r, l } = asObject(value);
  return { requests: parseList(r), limits: parseList(l) };
}

function parseList(value: unknown): ResourceList {
  return new Map(
    Object.entries(asObject(value)).map(([name, text]): [string, Quantity] => {
      const quantity = parseQuantity(text);
      if (quantity < 0n) throw new RangeError('a negative amount was never recorded');
      return [name, quantity];
    }),
  );
}

function asObject(value: unknown): JsonObject {
  if (value === undefined) return {};
  if (!isObject(value)) throw new TypeError('not an object');
  return value;
}
