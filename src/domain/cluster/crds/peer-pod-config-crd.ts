/** PeerPodConfig: peer pods on a set of workers, and how many. */

import { type CrdSource, conditionsSchema, rootSchema } from './definition.ts';

export const peerPodConfigCrd: CrdSource = {
  group: 'confidentialcontainers.org',
  version: 'v1alpha1',
  kind: 'PeerPodConfig',
  plural: 'peerpodconfigs',
  singular: 'peerpodconfig',
  scope: 'Namespaced',
  columns: [
    { name: 'Limit', type: 'string', jsonPath: '.spec.limit' },
    { name: 'Available', type: 'string', jsonPath: '.status.conditions[?(@.type=="Available")].status' },
    { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Available")].reason' },
    { name: 'Nodes', type: 'integer', jsonPath: '.status.nodes.desired' },
    { name: 'Ready', type: 'integer', jsonPath: '.status.nodes.ready' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema: rootSchema(
    'Sets up peer pods on the selected nodes. There is one in a cluster, in the namespace of the controller.',
    {
      type: 'object',
      properties: {
        cloudSecretName: {
          type: 'string',
          default: 'peer-pods-secret',
          maxLength: 253,
          description: "Secret with the provider's credentials.",
        },
        configMapName: {
          type: 'string',
          default: 'peer-pods-cm',
          maxLength: 253,
          description: 'ConfigMap with the settings of adaptor and provider.',
        },
        instanceType: {
          type: 'string',
          maxLength: 256,
          description: 'Type of pod VMs that ask for no size; replaces the setting in the ConfigMap.',
        },
        limit: {
          anyOf: [{ type: 'integer' }, { type: 'string' }],
          'x-kubernetes-int-or-string': true,
          pattern: '^[0-9]{1,9}$',
          description: 'Most pod VMs of each node. Absent: PEERPODS_LIMIT_PER_NODE of the ConfigMap, or 10.',
        },
        nodeSelector: {
          type: 'object',
          additionalProperties: { type: 'string' },
          'x-kubernetes-map-type': 'atomic',
          description: 'Labels of the nodes meant. Empty: those with node.kubernetes.io/worker="".',
        },
      },
    },
    {
      type: 'object',
      properties: {
        setupCompleted: { type: 'boolean', description: 'Every component is in place.' },
        observedGeneration: { type: 'integer', format: 'int64' },
        nodes: {
          type: 'object',
          properties: {
            desired: { type: 'integer', description: 'Nodes that the selector means.' },
            ready: { type: 'integer', description: 'Of those, the ones whose adaptor serves.' },
          },
        },
        conditions: conditionsSchema,
      },
    },
  ),
};
