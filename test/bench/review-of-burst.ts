/** An AdmissionReview of the size that a usual pod of a Deployment has. */

import { admissionReview } from '../support/admission-reviews.ts';

const container = (name: string) => ({
  name,
  image: `registry.example.com/shop/${name}:1.2.3`,
  env: Array.from({ length: 20 }, (_, n) => ({ name: `VARIABLE_${n}`, value: `the value of variable ${n}` })),
  resources: { limits: { cpu: '2', memory: '4Gi' }, requests: { cpu: '500m', memory: '1Gi' } },
  volumeMounts: [
    { name: 'kube-api-access-abcde', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
  ],
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
});

/** A pod as a ReplicaSet makes it, with this metadata besides. */
export function burstPod(metadata: Readonly<Record<string, string>>) {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      ...metadata,
      labels: { app: 'shop', 'pod-template-hash': '7d9c5b8f6' },
      annotations: { 'example.com/owner': 'team-shop' },
    },
    spec: {
      runtimeClassName: 'kata-remote',
      containers: [container('app'), container('proxy')],
      initContainers: [container('migrate')],
      volumes: [{ name: 'kube-api-access-abcde', emptyDir: {} }],
      serviceAccountName: 'default',
      overhead: { cpu: '250m', memory: '120Mi' },
    },
    status: {},
  };
}

export function burstReview(): string {
  return admissionReview(burstPod({ generateName: 'shop-7d9c5b8f6-', namespace: 'shop' }));
}
