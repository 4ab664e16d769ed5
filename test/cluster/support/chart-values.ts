/** Sets of values that people might give the chart: each provider, references, and everything at once. */

import type { Values } from './helm.ts';

const pem = (what: string) => `-----BEGIN ${what}-----\nMIIB\n-----END ${what}-----\n`;

export const valueSets: Readonly<Record<string, Values>> = {
  aws: {
    provider: 'aws',
    providerConfigs: {
      aws: { AWS_REGION: 'eu-west-1', PODVM_AMI_ID: 'ami-0abc', ROOT_VOLUME_SIZE: 1_500_000, USE_PUBLIC_IP: true },
      azure: { AZURE_REGION: 'another provider, so left out' },
    },
    providerSecrets: { aws: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'a/b+c="d": {{ e }}' } },
  },
  azure: {
    provider: 'azure',
    providerConfigs: {
      azure: {
        AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000001',
        AZURE_RESOURCE_GROUP: 'pods',
        AZURE_SUBNET_ID: '/subscriptions/x',
        AZURE_IMAGE_ID: '/subscriptions/y',
        AZURE_REGION: 'westeurope',
      },
    },
    controller: { podLabels: { 'azure.workload.identity/use': 'true' } },
    adaptor: {
      podLabels: { 'azure.workload.identity/use': 'true' },
      serviceAccount: { annotations: { 'azure.workload.identity/client-id': 'id' } },
    },
  },
  ibmcloud: {
    provider: 'ibmcloud',
    providerConfigs: { ibmcloud: { IBMCLOUD_PODVM_IMAGE_ID: 'r010-1,r010-2' } },
    providerSecrets: { ibmcloud: { IBMCLOUD_IAM_PROFILE_ID: 'Profile-1' } },
  },
  libvirt: {
    provider: 'libvirt',
    image: { name: 'registry.example:5000/peerpods', tag: 'libvirt' },
    providerConfigs: { libvirt: { LIBVIRT_URI: 'qemu+ssh://root@192.168.122.1/system', LIBVIRT_POOL: 'default' } },
    providerSecrets: { libvirt: { id_rsa: pem('OPENSSH PRIVATE KEY'), id_rsa_pub: 'ssh-rsa AAAA' } },
  },
  vsphere: {
    provider: 'vsphere',
    providerConfigs: { vsphere: { GOVC_URL: 'vcenter.example', GOVC_DATACENTER: 'dc "1"' } },
    providerSecrets: { vsphere: { GOVC_USERNAME: 'u', GOVC_PASSWORD: 'line\nbreak' } },
  },
  references: {
    provider: 'aws',
    configMap: { mode: 'reference', existingName: 'peer-pods-cm' },
    secrets: {
      mode: 'reference',
      existingSecretName: 'cloud-keys',
      existingSshKeySecretName: 'my-ssh',
      existingTlsSecretName: 'my-tls',
    },
  },
  everything: {
    provider: 'aws',
    providerConfigs: {
      aws: { PEERPODS_LIMIT_PER_NODE: 5, CACERT_FILE: '/etc/certificates/ca.crt', NOTE: '# no\n---\n' },
    },
    secrets: {
      tlsCerts: { caCert: pem('CERTIFICATE'), clientCert: pem('CERTIFICATE'), clientKey: pem('PRIVATE KEY') },
    },
    tlsProfile: { minVersion: 'VersionTLS13', cipherSuites: '' },
    image: { name: 'registry.example/peerpods', digest: `sha256:${'a1'.repeat(32)}`, pullPolicy: 'Always' },
    imagePullSecrets: ['registry-one', 'registry-two'],
    peerPodConfig: {
      name: 'all-workers',
      limit: 20,
      instanceType: 't3.small',
      nodeSelector: { 'node-role.kubernetes.io/kata-oc': '', zone: 'a' },
    },
    runtimeClass: { name: 'kata-remote-cc', overhead: { cpu: '100m', memory: '120Mi' } },
    controller: {
      replicas: 3,
      logLevel: 'debug',
      kataConfig: false,
      sweep: 'report',
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
      affinity: { podAntiAffinity: {} },
      priorityClassName: 'system-cluster-critical',
      podLabels: { team: 'platform' },
      podAnnotations: { note: 'yes' },
      serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/x' } },
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
    },
    adaptor: {
      pullSecrets: false,
      resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } },
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
      priorityClassName: 'system-node-critical',
      podAnnotations: { note: 'yes' },
      env: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
      volumes: [{ name: 'ca', configMap: { name: 'proxy-ca' } }],
      volumeMounts: [{ name: 'ca', mountPath: '/etc/ssl/proxy' }],
    },
    relay: { resources: { limits: { memory: '2Gi' } } },
    webhook: {
      replicas: 3,
      failurePolicy: 'Ignore',
      env: [{ name: 'PEERPODS_MAX_VCPUS', value: '64' }],
      excludedNamespaces: ['infra', 'monitoring'],
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
    },
    networkPolicy: { egressPorts: [443, 16_509], metricsNamespaceSelector: { matchLabels: { name: 'monitoring' } } },
    uninstall: { timeoutSeconds: 120 },
    global: { anything: 'of a parent chart' },
  },
  bare: {
    configMap: { mode: 'reference' },
    secrets: { mode: 'reference' },
    peerPodConfig: { create: false },
    networkPolicy: { enabled: false },
    uninstall: { wait: false },
  },
};
