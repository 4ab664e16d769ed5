import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, parseOptions } from '#daemons/options.ts';
import { webhookOptions, webhookSettings } from './settings.ts';

const settings = (args: readonly string[], environment: Environment = {}) =>
  webhookSettings(parseOptions(webhookOptions, args, environment).values);

test('without any setting it is as existing deployments know it', () => {
  const { address, healthAddress, metricsAddress, mutation, certDir, certificates } = settings([]);
  assert.deepEqual(
    [address, healthAddress, metricsAddress],
    [
      { host: '', port: 9443 },
      { host: '', port: 8081 },
      { host: '', port: 8443 },
    ],
  );
  assert.deepEqual(mutation.runtimeClasses, ['kata-remote']);
  assert.deepEqual(mutation.excludedNamespaces, ['kube-system', 'kube-node-lease']);
  assert.equal(mutation.extendedResource, 'kata.peerpods.io/vm');
  assert.match(certDir, /\/k8s-webhook-server\/serving-certs$/);
  assert.equal(certificates, 'auto');
});

test('the older name of the runtime class counts where the other is absent, and an empty one is absent', () => {
  const classes = (environment: Environment) => settings([], environment).mutation.runtimeClasses;
  assert.deepEqual(classes({ TARGET_RUNTIME_CLASS: 'old' }), ['old']);
  assert.deepEqual(classes({ TARGET_RUNTIME_CLASS: 'old', TARGET_RUNTIMECLASS: ' new ,, newer ' }), ['new', 'newer']);
  assert.deepEqual(classes({ TARGET_RUNTIMECLASS: '' }), ['kata-remote']);
  assert.deepEqual(classes({ TARGET_RUNTIMECLASS: ' , ' }), ['kata-remote']);
});

test('its own namespace is left alone, and those that are named', () => {
  const { mutation } = settings(['-excluded-namespaces', 'openshift-*,infra'], { POD_NAMESPACE: 'peerpods-system' });
  assert.deepEqual(mutation.excludedNamespaces, [
    'kube-system',
    'kube-node-lease',
    'peerpods-system',
    'openshift-*',
    'infra',
  ]);
});

test('metrics can be switched off, and addresses may be of IPv6', () => {
  assert.equal(settings(['--metrics-bind-address=0']).metricsAddress, undefined);
  assert.deepEqual(settings(['--bind-address=[::1]:1']).address, { host: '::1', port: 1 });
});

for (const [args, message] of [
  [['-sizing', 'max'], /-sizing: "max" .*is none of scheduler, sum/],
  [['-pod-vm-extended-resource', 'cpu'], /"cpu" is no extended resource/],
  [['-pod-vm-extended-resource', 'kubernetes.io/vm'], /no extended resource/],
  [['-pod-vm-extended-resource', 'a.b/c/d'], /no extended resource/],
  [['-gpu-resources', 'nvidia.com/'], /-gpu-resources: "nvidia.com\/" is no extended resource/],
  [['-target-runtimeclass', 'Kata'], /"Kata" is no name of a runtime class/],
  [['-excluded-namespaces', '*-system'], /"\*-system" is no namespace/],
  [['-excluded-namespaces', '*'], /"\*" is no namespace/],
  [['-max-vcpus', '0'], /is not between 1 and/],
  [['-tls-cipher-suites', 'TLS_NULL'], /unknown TLS cipher suite/],
  [['-tls-cipher-suites', 'TLS_RSA_WITH_AES_128_GCM_SHA256', '-tls-min-version', 'VersionTLS13'], /cannot be chosen/],
  [['-certificate-overlap', '1h', '-certificate-validity', '5h'], /at least six times as long/],
  [['-certificate-overlap', '1ms'], /at least 1s/],
  [['-drain-delay', '-1s'], /-drain-delay is negative/],
  [['-bind-address', '9443'], /-bind-address "9443" is not \[HOST\]:PORT/],
  [['-bind-address', ':70000'], /is not \[HOST\]:PORT/],
  [['-what'], /unknown option -what/],
] as const) {
  test(`${args.join(' ')} is refused by name`, () => {
    assert.throws(() => settings(args), { code: 'E_SETTING', message });
  });
}
