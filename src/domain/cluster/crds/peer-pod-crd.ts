/** PeerPod: one pod VM and who owns it; written before the VM, gone after it. */

import { type CrdSource, conditionsSchema, rootSchema } from './definition.ts';

export const peerPodCrd: CrdSource = {
  group: 'confidentialcontainers.org',
  version: 'v1alpha1',
  kind: 'PeerPod',
  plural: 'peerpods',
  singular: 'peerpod',
  scope: 'Namespaced',
  columns: [
    { name: 'Provider', type: 'string', jsonPath: '.spec.cloudProvider' },
    { name: 'Instance', type: 'string', jsonPath: '.spec.instanceID' },
    { name: 'Node', type: 'string', jsonPath: '.spec.nodeName' },
    {
      name: 'Deletion',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="VmDeleted")].reason',
      description: 'how far the deletion of the pod VM is, while the object is being deleted',
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Pod UID', type: 'string', jsonPath: '.spec.podUID', priority: 1 },
  ],
  schema: rootSchema(
    'A pod VM and its owner. The adaptor makes it before the VM and the finalizer peer.pod/finalizer holds it until the VM is gone.',
    {
      type: 'object',
      properties: {
        cloudProvider: { type: 'string', description: 'The provider that the pod VM is made with, for example aws.' },
        instanceID: {
          type: 'string',
          description: "The provider's id of the pod VM. Empty until it exists: then it is looked up by its tags.",
        },
        nodeName: { type: 'string', description: 'The worker whose adaptor made the pod VM.' },
        podUID: { type: 'string', description: 'UID of the pod, which the owner reference names as well.' },
        sandboxID: { type: 'string', description: "Kata's sandbox id, which the pod VM is tagged with." },
        sandboxCreatedAt: {
          type: 'string',
          format: 'date-time',
          description: 'When the sandbox was made, to the microsecond: which of two sandboxes of one pod is the older.',
        },
      },
    },
    {
      type: 'object',
      properties: {
        // The spelling is that of existing installations.
        cleand: { type: 'boolean', description: 'The pod VM is gone.' },
        conditions: conditionsSchema,
      },
    },
  ),
};
