/** The RuntimeClass that makes a pod a peer pod, with what it costs the worker beside its VM. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { nodeSelectorOf } from './adaptor.ts';
import { type DesiredContext, metadataOf } from './names-and-labels.ts';

export function runtimeClass({ config, settings }: DesiredContext): KubeObject {
  const { runtimeClass: name, overheadCpu: cpu, overheadMemory: memory } = settings;
  return {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: metadataOf(name, 'controller'),
    handler: name,
    overhead: { podFixed: { cpu, memory } },
    scheduling: { nodeSelector: nodeSelectorOf(config) },
  };
}
