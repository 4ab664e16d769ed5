/** Nodes and the adaptors on them, as far as a PeerPodConfig asks for them. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { extendedResource } from './names.ts';
import { fieldsOf, listOf, textOf, textsOf } from './reading.ts';

export interface NodeSight {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It says how many pod VMs it takes. */
  readonly advertises: boolean;
}

export interface AdaptorSight {
  readonly node: string;
  readonly ready: boolean;
}

export function readNode(object: KubeObject): NodeSight {
  const metadata = fieldsOf(object.metadata);
  const capacity = fieldsOf(fieldsOf(object.status).capacity);
  return {
    name: textOf(metadata.name) ?? '',
    labels: textsOf(metadata.labels),
    advertises: capacity[extendedResource] !== undefined,
  };
}

/** Of a pod of the adaptor's DaemonSet. */
export function readAdaptorPod(object: KubeObject): AdaptorSight {
  const conditions = listOf(fieldsOf(object.status).conditions).map(fieldsOf);
  return {
    node: textOf(fieldsOf(object.spec).nodeName) ?? '',
    ready:
      fieldsOf(object.metadata).deletionTimestamp === undefined &&
      conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  };
}

export function matches(node: NodeSight, selector: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => node.labels[key] === value);
}
