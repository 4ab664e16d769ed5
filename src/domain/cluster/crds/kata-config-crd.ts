/** KataConfig: the switch of OpenShift's sandboxed containers, for clusters without that operator. */

import { type CrdSource, conditionsSchema, rootSchema, type Schema } from './definition.ts';

const names: Schema = { type: 'array', items: { type: 'string' } };

const labelSelector: Schema = {
  type: 'object',
  nullable: true,
  properties: {
    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['key', 'operator'],
        properties: { key: { type: 'string' }, operator: { type: 'string' }, values: names },
      },
    },
  },
};

export const kataConfigCrd: CrdSource = {
  group: 'kataconfiguration.openshift.io',
  version: 'v1',
  kind: 'KataConfig',
  plural: 'kataconfigs',
  singular: 'kataconfig',
  scope: 'Cluster',
  columns: [
    { name: 'InProgress', type: 'string', jsonPath: '.status.conditions[?(@.type=="InProgress")].status' },
    { name: 'Completed', type: 'integer', jsonPath: '.status.kataNodes.readyNodeCount' },
    { name: 'Total', type: 'integer', jsonPath: '.status.kataNodes.nodeCount' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema: rootSchema(
    'Switches peer pods on and off. Kata itself is installed by others. There is one in a cluster.',
    {
      type: 'object',
      nullable: true,
      // Required there without a value in most manifests: the default fills it in.
      required: ['checkNodeEligibility'],
      properties: {
        kataConfigPoolSelector: labelSelector,
        checkNodeEligibility: { type: 'boolean', default: false, description: 'Without effect when peer pods are on.' },
        logLevel: { type: 'string', default: 'info' },
        enablePeerPods: { type: 'boolean', default: false },
      },
    },
    {
      type: 'object',
      properties: {
        runtimeClasses: names,
        kataNodes: {
          type: 'object',
          properties: {
            nodeCount: { type: 'integer' },
            readyNodeCount: { type: 'integer' },
            installed: names,
            installing: names,
            waitingToInstall: names,
            failedToInstall: names,
            uninstalling: names,
            waitingToUninstall: names,
            failedToUninstall: names,
          },
        },
        conditions: conditionsSchema,
        waitingForMcoToStart: { type: 'boolean', default: false },
      },
    },
  ),
};
