/** peerpods-webhook as a pod of its Deployment runs it: behind its Service, with its own account and certificates. */

import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectMeta } from '#io/kubernetes/api.ts';
import { MUTATING_WEBHOOK_CONFIGURATION, SERVICE } from '#io/kubernetes/kinds.ts';
import type { MutatingWebhookConfiguration } from '#io/kubernetes/objects.ts';
import { WebhookProcess } from '../../support/webhook-process.ts';
import { applyObject } from './manifests.ts';
import { holdAddress } from './service-address.ts';
import type { TestCluster } from './test-cluster.ts';

export const namespace = 'peerpods-system';
const name = 'peerpods-webhook';
const user = `system:serviceaccount:${namespace}:${name}`;
const rbac = 'rbac.authorization.k8s.io';

/** All that it asks for. */
export const clusterRules = [
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: [name],
    verbs: ['get', 'patch'],
  },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];
export const namespaceRules = [
  { apiGroups: [''], resources: ['secrets'], resourceNames: [`${name}-certificate`], verbs: ['get', 'update'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
];

/** Namespace, Service and rights; the configuration is the caller's. */
export async function prepareWebhook(cluster: TestCluster): Promise<void> {
  await cluster.createNamespace(namespace);
  const subjects = [{ apiGroup: rbac, kind: 'User', name: user }];
  const inside: ObjectMeta = { name, namespace };
  const ports = [{ name: 'webhook', port: 443, targetPort: 9443 }];
  for (const object of [
    { apiVersion: 'v1', kind: 'Service', metadata: inside, spec: { ports } },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules: clusterRules },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: inside, rules: namespaceRules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: inside,
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects,
    },
  ]) {
    await applyObject(cluster.api, object);
  }
}

/** Listens where the Service leads; resolves when it serves and the API server has been told whom to trust. */
export async function runWebhook(
  cluster: TestCluster,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<WebhookProcess> {
  const service = await cluster.api.get({ kind: SERVICE, namespace, name });
  const { clusterIP = '' } = (service?.spec ?? {}) as { readonly clusterIP?: string };
  holdAddress(clusterIP);
  const kubeconfig = await cluster.files.kubeconfigFor(user, ['system:serviceaccounts']);
  const listen = ['-bind-address', `${clusterIP}:443`, '-health-probe-bind-address', '127.0.0.1:0'];
  const webhook = new WebhookProcess([...listen, '-metrics-bind-address', '0', '-drain-delay', '0s', ...args], {
    KUBECONFIG: kubeconfig,
    POD_NAMESPACE: namespace,
    TMPDIR: cluster.files.folder,
    ...environment,
  });
  await webhook.logged('serving');
  const key = { kind: MUTATING_WEBHOOK_CONFIGURATION, name };
  for (let tries = 0; tries < 300; tries += 1) {
    const configuration = await cluster.api.get<MutatingWebhookConfiguration>(key);
    if (configuration?.webhooks?.every(({ clientConfig }) => clientConfig.caBundle)) return webhook;
    await pause(100);
  }
  throw new Error(`the configuration was not told whom to trust\n${webhook.stderr}`);
}
