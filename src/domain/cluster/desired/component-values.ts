/** What an administrator says about the pods of one component: maps add to ours, everything else takes its place. */

import { errorText, PeerPodError } from '#base/errors.ts';
import type { KubeObject } from '#io/kubernetes/api.ts';
import { fieldsOf } from '../reading.ts';

export interface ComponentValues {
  readonly resources?: object;
  readonly tolerations?: readonly object[];
  readonly affinity?: object;
  readonly priorityClassName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly env?: readonly Named[];
  readonly volumes?: readonly Named[];
  readonly volumeMounts?: readonly Named[];
}

interface Named {
  readonly name: string;
}

const components = ['adaptor', 'relay', 'webhook'] as const;
export type CustomComponent = (typeof components)[number];
export type Components = Readonly<Partial<Record<CustomComponent, ComponentValues>>>;

const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown) =>
  isMap(value) && Object.values(fieldsOf(value)).every((one) => typeof one === 'string');
const isMaps = (value: unknown) => Array.isArray(value) && value.every(isMap);
const isNamed = (value: unknown) =>
  Array.isArray(value) && value.every((one) => typeof fieldsOf(one).name === 'string' && fieldsOf(one).name !== '');

const checks: Readonly<Record<keyof ComponentValues, (value: unknown) => boolean>> = {
  resources: isMap,
  tolerations: isMaps,
  affinity: isMap,
  priorityClassName: (value) => typeof value === 'string',
  nodeSelector: isTexts,
  podLabels: isTexts,
  podAnnotations: isTexts,
  env: isNamed,
  volumes: isNamed,
  volumeMounts: isNamed,
};

/** A JSON object by component. E_ARGUMENT says what of it is not understood. */
export function parseComponents(text: string): Components {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new PeerPodError('E_ARGUMENT', `is no JSON: ${errorText(error)}`);
  }
  if (!isMap(parsed)) throw new PeerPodError('E_ARGUMENT', 'is no JSON object');
  for (const [component, values] of Object.entries(fieldsOf(parsed))) {
    if (!components.some((one) => one === component)) {
      throw new PeerPodError('E_ARGUMENT', `there is no component ${component}, only ${components.join(', ')}`);
    }
    if (!isMap(values)) throw new PeerPodError('E_ARGUMENT', `${component} is no object`);
    for (const [name, value] of Object.entries(fieldsOf(values))) {
      const check = Object.hasOwn(checks, name) ? checks[name as keyof ComponentValues] : undefined;
      if (!check) throw new PeerPodError('E_ARGUMENT', `${component}.${name} is not known`);
      if (!check(value)) throw new PeerPodError('E_ARGUMENT', `${component}.${name} is not of its kind`);
    }
  }
  return parsed as Components;
}

/** A DaemonSet or Deployment with one container of ours. Labels that its selector needs stay. */
export function customised(object: KubeObject, values: ComponentValues | undefined): KubeObject {
  if (!values) return object;
  const spec = fieldsOf(object.spec);
  const template = fieldsOf(spec.template);
  const metadata = fieldsOf(template.metadata);
  const pod = fieldsOf(template.spec);
  const [first, ...others] = Array.isArray(pod.containers) ? pod.containers : [];
  const container = fieldsOf(first);
  const { resources, tolerations, affinity, priorityClassName, nodeSelector } = values;
  const ours = {
    ...container,
    ...(resources && { resources }),
    ...withNamed('env', container.env, values.env),
    ...withNamed('volumeMounts', container.volumeMounts, values.volumeMounts),
  };
  const podSpec = {
    ...pod,
    ...(tolerations && { tolerations }),
    ...(affinity && { affinity }),
    ...(priorityClassName !== undefined && { priorityClassName }),
    ...(nodeSelector && { nodeSelector: { ...fieldsOf(pod.nodeSelector), ...nodeSelector } }),
    ...withNamed('volumes', pod.volumes, values.volumes),
    containers: [ours, ...others],
  };
  const podMetadata = {
    ...metadata,
    labels: { ...values.podLabels, ...fieldsOf(metadata.labels) },
    ...(values.podAnnotations && { annotations: { ...values.podAnnotations, ...fieldsOf(metadata.annotations) } }),
  };
  return { ...object, spec: { ...spec, template: { ...template, metadata: podMetadata, spec: podSpec } } };
}

/** Entries with a name that is there take its place, the others come after. */
function withNamed(field: string, there: unknown, given: readonly Named[] | undefined): Record<string, unknown> {
  if (!given) return {};
  const ours = (Array.isArray(there) ? there : []) as readonly Named[];
  const replaced = ours.map((one) => given.find(({ name }) => name === one.name) ?? one);
  return { [field]: [...replaced, ...given.filter(({ name }) => !ours.some((one) => one.name === name))] };
}
