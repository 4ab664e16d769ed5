/** Namespaces whose pods are never peer pods: what a cluster needs to come up must not wait for a webhook. */

const openshift = [
  ...['apiserver', 'apiserver-operator', 'authentication', 'authentication-operator', 'cloud-controller-manager'],
  ...['cloud-controller-manager-operator', 'cloud-credential-operator', 'cloud-network-config-controller'],
  ...['cluster-csi-drivers', 'cluster-machine-approver', 'cluster-node-tuning-operator', 'cluster-samples-operator'],
  ...['cluster-storage-operator', 'cluster-version', 'config', 'config-managed', 'config-operator', 'console'],
  ...['console-operator', 'console-user-settings', 'controller-manager', 'controller-manager-operator', 'dns'],
  ...['dns-operator', 'etcd', 'etcd-operator', 'host-network', 'image-registry', 'infra', 'ingress', 'ingress-canary'],
  ...['ingress-operator', 'insights', 'kni-infra', 'kube-apiserver', 'kube-apiserver-operator', 'kube-proxy'],
  ...['kube-controller-manager', 'kube-controller-manager-operator', 'kube-scheduler', 'kube-scheduler-operator'],
  ...['kube-storage-version-migrator', 'kube-storage-version-migrator-operator', 'machine-api'],
  ...['machine-config-operator', 'marketplace', 'monitoring', 'multus', 'network-diagnostics', 'network-operator'],
  ...['node', 'nutanix-infra', 'oauth-apiserver', 'openstack-infra', 'operator-lifecycle-manager', 'operators'],
  ...['ovirt-infra', 'ovn-kubernetes', 'route-controller-manager', 'sandboxed-containers-operator', 'service-ca'],
  ...['service-ca-operator', 'user-workload-monitoring', 'vsphere-infra'],
].map((name) => `openshift-${name}`);

export const excludedNamespaces: readonly string[] = [
  'kube-system',
  'kube-node-lease',
  'peer-pods-webhook-system',
  'calico-system',
  'tigera-operator',
  'openshift',
  ...openshift,
];
