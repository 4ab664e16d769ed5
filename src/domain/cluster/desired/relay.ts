/** The DaemonSet of agent-relay: it carries the pods' calls, so nothing replaces it but a person, node by node. */

import type { KubeObject } from '#io/kubernetes/api.ts';
import { labelsOf, relayName, selectorOf } from '../names.ts';
import { nodeSelectorOf } from './adaptor.ts';
import { type DesiredContext, hostPath, hostSharing, imageOf, metadataOf, pullSecretsOf } from './names-and-labels.ts';

/** The sockets' places, if the ConfigMap has others: both daemons must agree. Nothing else in it is the relay's. */
const sharedKeys = ['REMOTE_HYPERVISOR_ENDPOINT', 'ADAPTOR_SOCKET', 'RELAY_SOCKET', 'PODS_DIR'] as const;

export function relayDaemonSet(context: DesiredContext): KubeObject {
  const { config, settings } = context;
  const env = sharedKeys.map((key) => ({
    name: key,
    valueFrom: { configMapKeyRef: { name: config.configMapName, key, optional: true } },
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadataOf(relayName, 'relay', context),
    spec: {
      selector: { matchLabels: selectorOf('relay') },
      updateStrategy: { type: 'OnDelete' },
      template: {
        metadata: { labels: labelsOf('relay') },
        spec: {
          serviceAccountName: relayName,
          automountServiceAccountToken: false,
          ...pullSecretsOf(settings),
          hostNetwork: true,
          dnsPolicy: 'ClusterFirstWithHostNet',
          priorityClassName: 'system-node-critical',
          nodeSelector: nodeSelectorOf(config),
          tolerations: [{ operator: 'Exists' }],
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'relay',
              ...imageOf(settings),
              command: ['agent-relay'],
              env,
              resources: { requests: { cpu: '50m', memory: '128Mi' } },
              securityContext: {
                runAsUser: 0,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                ...hostSharing,
              },
              volumeMounts: [{ name: 'peerpod', mountPath: '/run/peerpod' }],
            },
          ],
          volumes: [hostPath('peerpod', '/run/peerpod', 'DirectoryOrCreate')],
        },
      },
    },
  };
}
