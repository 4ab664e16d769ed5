/** What the webhook looks at in a pod. The rest is neither read nor written. */

import { PeerPodError } from '#base/errors.ts';
import { parseQuantity, type Quantity } from './quantity.ts';

export type ResourceList = ReadonlyMap<string, Quantity>;

export interface Resources {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

export interface ContainerView {
  readonly name: string;
  /** An init container that goes on running beside the containers (restartPolicy Always). */
  readonly sidecar: boolean;
  /** As it is in the pod; undefined where there is nothing to remove. */
  readonly raw: JsonObject | undefined;
  readonly resources: Resources;
  /** Devices claimed from the worker node. */
  readonly claims: number;
}

export interface PodView {
  /** undefined: the pod has no such field. */
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Names of annotations that the creator sent; undefined where the API server does not tell. */
  readonly sentAnnotations: ReadonlySet<string> | undefined;
  readonly containers: readonly ContainerView[];
  readonly initContainers: readonly ContainerView[];
  /** spec.resources, where the pod has it. */
  readonly podLevel: Resources | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A quantity that Kubernetes itself would refuse; the text is for the pod's author. */
export class ImpossibleResource extends Error {
  override readonly name = 'ImpossibleResource';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** spec.runtimeClassName; undefined when there is none. Throws E_DECODE when this is no pod at all. */
export function runtimeClassOf(pod: unknown): string | undefined {
  const spec = objectAt(objectAt(pod, 'the pod')?.spec, 'spec');
  const name = spec?.runtimeClassName ?? undefined;
  if (name !== undefined && typeof name !== 'string') throw wrongType('spec.runtimeClassName', 'a text');
  return name;
}

/** Throws E_DECODE for what is no pod, ImpossibleResource for a quantity that is negative or none. */
export function viewPod(pod: unknown): PodView {
  const { metadata, spec } = objectAt(pod, 'the pod') ?? {};
  if (!isObject(metadata)) throw wrongType('metadata', 'an object');
  const { annotations } = metadata;
  const { containers, initContainers, resources } = objectAt(spec, 'spec') ?? {};
  return {
    annotations: textsAt(annotations, 'metadata.annotations'),
    sentAnnotations: sentAnnotations(metadata.managedFields),
    containers: containersAt(containers, 'containers'),
    initContainers: containersAt(initContainers, 'initContainers'),
    podLevel: isEmpty(resources) ? undefined : resourcesAt(objectAt(resources, 'spec.resources'), 'the pod'),
  };
}

/** The API server notes who set which field before it calls a webhook, and what webhooks set only afterwards. */
function sentAnnotations(managedFields: unknown): ReadonlySet<string> | undefined {
  if (!Array.isArray(managedFields) || managedFields.length === 0) return undefined;
  const member = (value: unknown, name: string) => (isObject(value) ? value[name] : undefined);
  const names = managedFields.flatMap((entry: unknown) => {
    const annotations = member(member(member(entry, 'fieldsV1'), 'f:metadata'), 'f:annotations');
    return isObject(annotations) ? Object.keys(annotations) : [];
  });
  return new Set(names.filter((name) => name.startsWith('f:')).map((name) => name.slice(2)));
}

function containersAt(value: unknown, list: string): readonly ContainerView[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(`spec.${list}`, 'a list');
  return value.map((entry: unknown, at) => {
    const path = `spec.${list}[${at}]`;
    const container = objectAt(entry, path) ?? {};
    const { name = '', resources, restartPolicy } = container;
    if (typeof name !== 'string') throw wrongType(`${path}.name`, 'a text');
    const raw = isEmpty(resources) ? undefined : objectAt(resources, `${path}.resources`);
    return {
      name,
      sidecar: restartPolicy === 'Always',
      raw,
      resources: resourcesAt(raw, `container ${JSON.stringify(name)}`),
      claims: Array.isArray(raw?.claims) ? raw.claims.length : 0,
    };
  });
}

function resourcesAt(raw: JsonObject | undefined, whose: string): Resources {
  return {
    requests: quantitiesAt(raw?.requests, `${whose} requests`),
    limits: quantitiesAt(raw?.limits, `${whose} limits`),
  };
}

function quantitiesAt(value: unknown, does: string): ResourceList {
  const amounts = new Map<string, Quantity>();
  for (const [resource, text] of Object.entries(objectAt(value, does) ?? {})) {
    amounts.set(resource, possibleQuantity(text, `${does} ${resource}`));
  }
  return amounts;
}

function possibleQuantity(text: unknown, what: string): Quantity {
  let quantity: Quantity;
  try {
    quantity = text === null ? 0n : parseQuantity(text);
  } catch (error) {
    throw new ImpossibleResource(`${what} of ${JSON.stringify(text)?.slice(0, 64)}, which is not a quantity`, {
      cause: error,
    });
  }
  if (quantity < 0n) throw new ImpossibleResource(`${what} of ${String(text)}: a negative amount cannot be had`);
  return quantity;
}

function textsAt(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
  const object = objectAt(value, path);
  if (object && !Object.values(object).every((text) => typeof text === 'string')) {
    throw wrongType(path, 'a map of texts');
  }
  return object as Readonly<Record<string, string>> | undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
}

/** null is absent, as in Kubernetes. */
function objectAt(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(path, 'an object');
  return value;
}

function wrongType(path: string, wanted: string): PeerPodError {
  return new PeerPodError('E_DECODE', `${path} is not ${wanted}`);
}
