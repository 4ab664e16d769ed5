/** The webhook's options, with the names that existing deployments set, and their checked values. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OptionSpec, OptionValues } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';
import type { LogLevel } from '#base/log.ts';
import { parseTlsProfile, type TlsProfile } from '#codec/tls-profile.ts';
import {
  defaultMutationSettings,
  type MutationSettings,
  parseExtendedResource,
  parseNamespacePattern,
  parseRuntimeClass,
} from '#domain/admission/settings.ts';

export interface Address {
  /** Empty: all addresses, IPv4 and IPv6. */
  readonly host: string;
  readonly port: number;
}

export interface WebhookSettings {
  readonly address: Address;
  readonly healthAddress: Address;
  /** undefined: no metrics. */
  readonly metricsAddress: Address | undefined;
  readonly tlsProfile: TlsProfile;
  readonly certificates: 'auto' | 'files' | 'self';
  readonly certDir: string;
  readonly selfManaged: {
    /** undefined: what the cluster's configuration says. */
    readonly namespace: string | undefined;
    readonly service: string;
    readonly secret: string;
    readonly configuration: string;
    readonly dnsNames: readonly string[];
    readonly validityMs: number;
    readonly overlapMs: number;
  };
  readonly kubeconfig: string | undefined;
  readonly drainDelayMs: number;
  readonly logLevel: LogLevel;
  readonly mutation: MutationSettings;
}

const fallback = defaultMutationSettings;
const usualCertDir = 'k8s-webhook-server/serving-certs';

export const webhookOptions: readonly OptionSpec[] = [
  {
    flag: 'target-runtimeclass',
    env: 'TARGET_RUNTIMECLASS',
    kind: 'list',
    help: `runtime classes whose pods are peer pods; absent: ${fallback.runtimeClasses.join()}`,
  },
  {
    flag: 'target-runtime-class',
    env: 'TARGET_RUNTIME_CLASS',
    kind: 'list',
    help: 'the same under its older name; counts where the other is absent',
  },
  {
    flag: 'pod-vm-extended-resource',
    env: 'POD_VM_EXTENDED_RESOURCE',
    kind: 'string',
    default: fallback.extendedResource,
    help: 'resource of the nodes that counts pod VMs; the first container asks for one',
  },
  {
    flag: 'pod-vm-instance-type',
    env: 'POD_VM_INSTANCE_TYPE',
    kind: 'string',
    help: 'instance type for pods that name none; absent: none is written, and the size decides',
  },
  {
    flag: 'gpu-resources',
    env: 'PEERPODS_GPU_RESOURCES',
    kind: 'list',
    help: `resources that become GPUs of the pod VM; absent: ${fallback.gpuResources.join()}`,
  },
  {
    flag: 'sizing',
    env: 'PEERPODS_SIZING',
    kind: 'string',
    choices: ['scheduler', 'sum'],
    default: fallback.sizing,
    help: 'scheduler: init containers count by their maximum, sidecars beside all; sum: all containers are added up',
  },
  {
    flag: 'strip',
    env: 'PEERPODS_STRIP',
    kind: 'string',
    choices: ['remove', 'zero'],
    default: fallback.strip,
    help: 'remove: containers keep no resources; zero: they ask for 0 CPU and memory, for namespaces with quotas',
  },
  {
    flag: 'user-sizes',
    env: 'PEERPODS_USER_SIZES',
    kind: 'string',
    choices: ['overwrite', 'keep'],
    default: fallback.userSizes,
    help: 'what becomes of size annotations that a pod comes with when its resources say a size too',
  },
  {
    flag: 'excluded-namespaces',
    env: 'EXCLUDED_NAMESPACES',
    kind: 'list',
    help: `names or PREFIX*, whose pods are left alone; beside ${fallback.excludedNamespaces.join()} and the webhook's own`,
  },
  {
    flag: 'max-vcpus',
    env: 'PEERPODS_MAX_VCPUS',
    kind: 'integer',
    min: 1,
    help: 'pods that ask for more are denied; absent: no bound',
  },
  {
    flag: 'max-memory-mib',
    env: 'PEERPODS_MAX_MEMORY_MIB',
    kind: 'integer',
    min: 1,
    help: 'pods that ask for more are denied; absent: no bound',
  },
  {
    flag: 'max-gpus',
    env: 'PEERPODS_MAX_GPUS',
    kind: 'integer',
    min: 0,
    help: 'pods that ask for more are denied; absent: no bound',
  },
  { flag: 'bind-address', kind: 'string', default: ':9443', help: 'where the API server calls' },
  { flag: 'health-probe-bind-address', kind: 'string', default: ':8081', help: 'plain HTTP: /healthz and /readyz' },
  {
    flag: 'metrics-bind-address',
    kind: 'string',
    default: ':8443',
    help: 'HTTPS: /metrics for who may get it; without a cluster on the loopback address only; 0: none',
  },
  { flag: 'leader-elect', kind: 'boolean', default: 'false', help: 'accepted for compatibility: every replica serves' },
  { flag: 'tls-min-version', env: 'TLS_MIN_VERSION', kind: 'string', help: 'VersionTLS12 (default) or VersionTLS13' },
  {
    flag: 'tls-cipher-suites',
    env: 'TLS_CIPHER_SUITES',
    kind: 'string',
    help: 'IANA names of TLS 1.2 suites, comma separated; not with VersionTLS13',
  },
  {
    flag: 'certificates',
    env: 'PEERPODS_CERTIFICATES',
    kind: 'string',
    choices: ['auto', 'files', 'self'],
    default: 'auto',
    help: 'files: of -cert-dir, by cert-manager or service-ca; self: made and renewed here; auto: files where there are any',
  },
  {
    flag: 'cert-dir',
    kind: 'string',
    help: `folder of tls.crt and tls.key, read again when they change; absent: ${usualCertDir} below TMPDIR, or /tmp`,
  },
  {
    flag: 'namespace',
    env: 'POD_NAMESPACE',
    kind: 'string',
    help: 'namespace of Service and Secret; absent: that of the service account',
  },
  {
    flag: 'service',
    env: 'PEERPODS_WEBHOOK_SERVICE',
    kind: 'string',
    default: 'peerpods-webhook',
    help: 'its Service',
  },
  {
    flag: 'certificate-secret',
    env: 'PEERPODS_WEBHOOK_SECRET',
    kind: 'string',
    default: 'peerpods-webhook-certificate',
    help: 'Secret in which the replicas share their own certificates',
  },
  {
    flag: 'configuration',
    env: 'PEERPODS_WEBHOOK_CONFIGURATION',
    kind: 'string',
    default: 'peerpods-webhook',
    help: 'MutatingWebhookConfiguration that is told whom to trust',
  },
  { flag: 'dns-names', kind: 'list', help: 'further names for certificates made here' },
  { flag: 'certificate-validity', kind: 'duration', default: '2160h', help: 'life of a certificate made here' },
  {
    flag: 'certificate-overlap',
    kind: 'duration',
    default: '10m',
    help: 'how long a new one is trusted before it is shown, and the old one afterwards',
  },
  { flag: 'kubeconfig', kind: 'string', help: 'outside of a cluster; absent: KUBECONFIG, then the service account' },
  {
    flag: 'drain-delay',
    kind: 'duration',
    default: '3s',
    help: 'how long it goes on serving after SIGTERM, until the cluster has heard that it is not ready',
  },
  {
    flag: 'log-level',
    env: 'LOG_LEVEL',
    kind: 'string',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    default: 'info',
    help: 'debug names each mutated pod',
  },
];

const lookMsMin = 1000;

export function webhookSettings(values: OptionValues): WebhookSettings {
  const of = (flag: string) => String(values[flag] ?? '').trim();
  const list = (flag: string) => (Array.isArray(values[flag]) ? (values[flag] as readonly string[]) : []);
  const ms = (flag: string) => Number(values[flag] ?? 0);
  const [validityMs, overlapMs] = [ms('certificate-validity'), ms('certificate-overlap')];
  if (overlapMs < lookMsMin || validityMs < 6 * overlapMs) {
    throw new PeerPodError(
      'E_SETTING',
      '-certificate-overlap is at least 1s, and -certificate-validity at least six times as long',
    );
  }
  if (ms('drain-delay') < 0) throw new PeerPodError('E_SETTING', '-drain-delay is negative');
  const namespace = of('namespace') || undefined;
  const metrics = of('metrics-bind-address');
  return {
    address: parseAddress(of('bind-address'), '-bind-address'),
    healthAddress: parseAddress(of('health-probe-bind-address'), '-health-probe-bind-address'),
    metricsAddress: ['', '0'].includes(metrics) ? undefined : parseAddress(metrics, '-metrics-bind-address'),
    tlsProfile: parseTlsProfile(of('tls-min-version'), of('tls-cipher-suites')),
    certificates: of('certificates') as WebhookSettings['certificates'],
    certDir: of('cert-dir') || join(tmpdir(), usualCertDir),
    selfManaged: {
      namespace,
      service: of('service'),
      secret: of('certificate-secret'),
      configuration: of('configuration'),
      dnsNames: list('dns-names'),
      validityMs,
      overlapMs,
    },
    kubeconfig: of('kubeconfig') || undefined,
    drainDelayMs: ms('drain-delay'),
    logLevel: of('log-level') as LogLevel,
    mutation: mutationSettings(values, of, list, namespace),
  };
}

function mutationSettings(
  values: OptionValues,
  of: (flag: string) => string,
  list: (flag: string) => readonly string[],
  namespace: string | undefined,
): MutationSettings {
  const firstOf = (...lists: (readonly string[])[]) => lists.find((one) => one.length > 0) ?? [];
  const classes = firstOf(list('target-runtimeclass'), list('target-runtime-class'), fallback.runtimeClasses);
  const gpus = firstOf(list('gpu-resources'), fallback.gpuResources);
  const bound = (flag: string) => (values[flag] === undefined ? undefined : BigInt(Number(values[flag])));
  return {
    runtimeClasses: classes.map((name) => parseRuntimeClass(name, '-target-runtimeclass')),
    extendedResource: parseExtendedResource(of('pod-vm-extended-resource'), '-pod-vm-extended-resource'),
    gpuResources: gpus.map((name) => parseExtendedResource(name, '-gpu-resources')),
    instanceType: of('pod-vm-instance-type') || undefined,
    sizing: of('sizing') as MutationSettings['sizing'],
    strip: of('strip') as MutationSettings['strip'],
    userSizes: of('user-sizes') as MutationSettings['userSizes'],
    excludedNamespaces: [
      ...fallback.excludedNamespaces,
      ...(namespace === undefined ? [] : [namespace]),
      ...list('excluded-namespaces').map((name) => parseNamespacePattern(name, '-excluded-namespaces')),
    ],
    largest: { vcpus: bound('max-vcpus'), memoryMiB: bound('max-memory-mib'), gpus: bound('max-gpus') },
  };
}

/** Go's syntax: `:8443`, `127.0.0.1:8443`, `[::1]:8443`. */
function parseAddress(text: string, option: string): Address {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new PeerPodError('E_SETTING', `${option} ${JSON.stringify(text)} is not [HOST]:PORT`);
  }
  return { host: match[1] || match[2] || '', port };
}
