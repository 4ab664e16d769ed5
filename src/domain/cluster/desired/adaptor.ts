/** The DaemonSet of cloud-api-adaptor: it follows its settings, and rolls without touching pods. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { adaptorName, labelsOf, selectorOf, workerLabel } from '../names.ts';
import type { PeerPodConfig } from '../peer-pod-config.ts';
import { type DesiredContext, hostPath, hostSharing, imageOf, metadataOf, pullSecretsOf } from './names-and-labels.ts';

export const configHashAnnotation = 'peerpods.io/config-hash';

/** Which variable says the type of a pod VM that asks for no size. */
const instanceTypeVariables: Readonly<Record<string, string>> = {
  aws: 'PODVM_INSTANCE_TYPE',
  azure: 'AZURE_INSTANCE_SIZE',
  gcp: 'GCP_MACHINE_TYPE',
  ibmcloud: 'IBMCLOUD_PODVM_INSTANCE_PROFILE_NAME',
  alibabacloud: 'PODVM_INSTANCE_TYPE',
};

/** Undefined: this provider has no types, or not this one. */
export function instanceTypeVariable(provider: string | undefined): string | undefined {
  return provider !== undefined && Object.hasOwn(instanceTypeVariables, provider)
    ? instanceTypeVariables[provider]
    : undefined;
}

export function nodeSelectorOf({ nodeSelector }: PeerPodConfig): Readonly<Record<string, string>> {
  return Object.keys(nodeSelector).length > 0 ? nodeSelector : { [workerLabel]: '' };
}

const fieldRef = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

function environment({ config, settings, clusterId, providerName }: DesiredContext) {
  const typeVariable = instanceTypeVariable(providerName);
  return [
    fieldRef('NODE_NAME', 'spec.nodeName'),
    fieldRef('POD_UID', 'metadata.uid'),
    fieldRef('POD_NAMESPACE', 'metadata.namespace'),
    { name: 'RUNTIMECLASS_NAME', value: settings.runtimeClass },
    ...(clusterId === undefined ? [] : [{ name: 'CLUSTER_ID', value: clusterId }]),
    ...(config.limit === undefined ? [] : [{ name: 'PEERPODS_LIMIT_PER_NODE', value: config.limit }]),
    ...(config.instanceType !== undefined && typeVariable !== undefined
      ? [{ name: typeVariable, value: config.instanceType }]
      : []),
  ];
}

const probe = (path: string, timing: object) => ({
  httpGet: { path, port: 8000, host: '127.0.0.1', scheme: 'HTTP' },
  ...timing,
});

const optionalSecret = (name: string, secretName: string) => ({
  name,
  secret: { secretName, optional: true, defaultMode: 0o600 },
});

const volumes = [
  hostPath('peerpod', '/run/peerpod', 'DirectoryOrCreate'),
  hostPath('state', '/var/lib/peerpod', 'DirectoryOrCreate'),
  hostPath('netns', '/run/netns', 'DirectoryOrCreate'),
  hostPath('xtables-lock', '/run/xtables.lock', 'FileOrCreate'),
  hostPath('modules', '/lib/modules', 'DirectoryOrCreate'),
  hostPath('direct-volumes', '/run/kata-containers/shared/direct-volumes', 'DirectoryOrCreate'),
  optionalSecret('ssh-keys', 'ssh-key-secret'),
  optionalSecret('certificates', 'certs-for-tls'),
  optionalSecret('registry-auth', 'auth-json-secret'),
];

const mounts = [
  { name: 'peerpod', mountPath: '/run/peerpod' },
  { name: 'state', mountPath: '/var/lib/peerpod' },
  // Namespaces of pods that come later must show up here as well.
  { name: 'netns', mountPath: '/run/netns', mountPropagation: 'HostToContainer' },
  { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
  { name: 'modules', mountPath: '/lib/modules', readOnly: true },
  { name: 'direct-volumes', mountPath: '/run/kata-containers/shared/direct-volumes' },
  { name: 'ssh-keys', mountPath: '/root/.ssh', readOnly: true },
  { name: 'certificates', mountPath: '/etc/certificates', readOnly: true },
  { name: 'registry-auth', mountPath: '/root/containers', readOnly: true },
];

function container(context: DesiredContext) {
  const { config, settings } = context;
  return {
    name: 'adaptor',
    ...imageOf(settings),
    // The kubelet fills in variables of the environment.
    command: ['cloud-api-adaptor', '$(CLOUD_PROVIDER)'],
    // Of equal keys the later source counts: that of the ConfigMap.
    envFrom: [
      { secretRef: { name: config.secretName, optional: true } },
      { configMapRef: { name: config.configMapName } },
    ],
    env: environment(context),
    resources: { requests: { cpu: '50m', memory: '128Mi' } },
    securityContext: {
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'SYS_ADMIN'] },
      ...hostSharing,
    },
    volumeMounts: mounts,
    startupProbe: probe('/startup', { periodSeconds: 5, failureThreshold: 120, timeoutSeconds: 5 }),
    livenessProbe: probe('/healthz', { periodSeconds: 20, failureThreshold: 6, timeoutSeconds: 5 }),
    readinessProbe: probe('/readyz', { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 }),
  };
}

export function adaptorDaemonSet(context: DesiredContext): KubeObject {
  const { config, settings, configHash } = context;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadataOf(adaptorName, 'adaptor', context),
    spec: {
      selector: { matchLabels: selectorOf('adaptor') },
      // One at a time on a node: two adaptors would share one set of records. The relay holds callers meanwhile.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } },
      template: {
        metadata: { labels: labelsOf('adaptor'), annotations: { [configHashAnnotation]: configHash } },
        spec: {
          serviceAccountName: adaptorName,
          ...pullSecretsOf(settings),
          hostNetwork: true,
          dnsPolicy: 'ClusterFirstWithHostNet',
          priorityClassName: 'system-node-critical',
          nodeSelector: nodeSelectorOf(config),
          // Whoever chose the nodes meant them, tainted or not.
          tolerations: [{ operator: 'Exists' }],
          terminationGracePeriodSeconds: 30,
          containers: [container(context)],
          volumes,
        },
      },
    },
  };
}
