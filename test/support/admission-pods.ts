/** Pods as they reach a webhook, and what the API server does to them around it. */

import type { JsonPatch } from '#domain/admission/json-patch.ts';

export interface TestContainer {
  name: string;
  restartPolicy?: string;
  resources?: TestResources;
}

export interface TestResources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
  claims?: { name: string }[];
}

export interface TestPod {
  apiVersion: 'v1';
  kind: 'Pod';
  metadata: { name?: string; generateName?: string; annotations?: Record<string, string>; managedFields?: unknown };
  spec: {
    runtimeClassName?: string;
    containers: TestContainer[];
    initContainers?: TestContainer[];
    resources?: TestResources;
    [field: string]: unknown;
  };
}

/** A pod of class kata-remote. */
export function peerPod(
  containers: TestContainer[],
  more: { spec?: Partial<TestPod['spec']>; annotations?: Record<string, string> } = {},
): TestPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', ...(more.annotations && { annotations: more.annotations }) },
    spec: { runtimeClassName: 'kata-remote', containers, ...more.spec },
  };
}

/** `both` as requests and limits. */
export function container(name: string, requests: Record<string, string>, limits = requests): TestContainer {
  return { name, resources: { requests, limits } };
}

/** The object after the patch; throws where Kubernetes would refuse the patch. */
export function applied<T>(object: T, patch: JsonPatch): T {
  const result = structuredClone(object);
  for (const operation of patch) {
    const keys = operation.path.split('/').slice(1);
    const names = keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop() ?? '';
    let parent: unknown = result;
    for (const name of names) parent = (parent as Record<string, unknown> | undefined)?.[name];
    if (typeof parent !== 'object' || parent === null) throw new Error(`${operation.path}: there is no parent`);
    const members = parent as Record<string, unknown>;
    if (operation.op !== 'add' && !Object.hasOwn(members, last)) throw new Error(`${operation.path} is not there`);
    if (operation.op === 'remove') delete members[last];
    else members[last] = structuredClone(operation.value);
  }
  return result;
}

/** What a LimitRange's defaults do: fill in what a container does not say. */
export function withLimitRange(
  pod: TestPod,
  range: { limits: Record<string, string>; requests: Record<string, string> },
): TestPod {
  const result = structuredClone(pod);
  for (const one of [...result.spec.containers, ...(result.spec.initContainers ?? [])]) {
    const { requests = {}, limits = {} } = one.resources ?? {};
    one.resources = {
      ...one.resources,
      limits: { ...range.limits, ...limits },
      requests: { ...range.requests, ...requests },
    };
  }
  return result;
}
