/** The admission webhook: Deployment, Service, disruption budget, and the configuration that makes pods pass it. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { extendedResource, labelsOf, selectorOf, webhookName } from '../names.ts';
import { excludedNamespaces } from './excluded-namespaces.ts';
import { type DesiredContext, imageOf, metadataOf, pullSecretsOf } from './names-and-labels.ts';

export const webhookPath = '/mutate-v1-pod';
/** The webhook's entry within the configuration; readers know it by this name. */
export const mutatingWebhookName = 'mwebhook.peerpods.io';
const uid = 65_532;

function container({ settings }: DesiredContext) {
  return {
    name: 'webhook',
    ...imageOf(settings),
    command: ['peerpods-webhook'],
    env: [
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'TARGET_RUNTIMECLASS', value: settings.runtimeClass },
      { name: 'POD_VM_EXTENDED_RESOURCE', value: extendedResource },
      { name: 'LOG_LEVEL', value: settings.logLevel },
    ],
    ports: [
      { name: 'webhook', containerPort: 9443, protocol: 'TCP' },
      { name: 'metrics', containerPort: 8443, protocol: 'TCP' },
      { name: 'health', containerPort: 8081, protocol: 'TCP' },
    ],
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '256Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5, failureThreshold: 2 },
  };
}

export function webhookDeployment(context: DesiredContext): KubeObject {
  const { settings } = context;
  const spread = { labelSelector: { matchLabels: selectorOf('webhook') }, topologyKey: 'kubernetes.io/hostname' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(webhookName, 'webhook', context),
    spec: {
      replicas: settings.webhookReplicas,
      selector: { matchLabels: selectorOf('webhook') },
      // Never fewer than there should be: pods wait for it.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labelsOf('webhook') },
        spec: {
          serviceAccountName: webhookName,
          ...pullSecretsOf(settings),
          priorityClassName: 'system-cluster-critical',
          securityContext: {
            runAsNonRoot: true,
            runAsUser: uid,
            runAsGroup: uid,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: spread }],
            },
          },
          terminationGracePeriodSeconds: 30,
          containers: [container(context)],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '16Mi' } }],
        },
      },
    },
  };
}

export function webhookService(context: DesiredContext): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(webhookName, 'webhook', context),
    spec: {
      selector: selectorOf('webhook'),
      ports: [
        { name: 'webhook', port: 443, protocol: 'TCP', targetPort: 'webhook' },
        { name: 'metrics', port: 8443, protocol: 'TCP', targetPort: 'metrics' },
      ],
    },
  };
}

export function webhookDisruptionBudget(context: DesiredContext): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(webhookName, 'webhook', context),
    // Of one replica none could be spared, and its node could never be drained.
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf('webhook') } },
  };
}

/** `caBundle` is the webhook's own to write: our apply does not name it. */
export function webhookConfiguration(context: DesiredContext, failurePolicy: 'Fail' | 'Ignore'): KubeObject {
  const { namespace, excludedNamespaces: more } = context.settings;
  const excluded = [...new Set([namespace, ...excludedNamespaces, ...more])].toSorted();
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: metadataOf(webhookName, 'webhook'),
    webhooks: [
      {
        name: mutatingWebhookName,
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { name: webhookName, namespace, path: webhookPath, port: 443 } },
        // Not UPDATE: a pod that was there before the webhook would then be refused every change.
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' },
        ],
        failurePolicy,
        // No object selector: a pod that gets its class from a later webhook would never come here.
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: excluded }],
        },
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        matchPolicy: 'Equivalent',
        timeoutSeconds: 10,
      },
    ],
  };
}
