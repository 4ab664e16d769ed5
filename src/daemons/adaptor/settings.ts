/** cloud-api-adaptor's own options: names, variables and defaults as existing deployments know them, and a few more. */

import type { OptionSpec, OptionValue, OptionValues } from '@peerpods/provider';
import { assert } from '#base/assert.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { LogLevel } from '#base/log.ts';
import { decodeInitdata } from '#codec/initdata.ts';
import { parseTlsProfile, type TlsProfile } from '#codec/tls-profile.ts';
import type { CredentialFiles } from '#domain/podvm/credentials.ts';
import type { WarmShape } from '#domain/podvm/warm-shapes.ts';
import { parsePodSubnets } from '#domain/tunnel/pod-subnets.ts';

const port = { min: 1, max: 65_535 } as const;
/** What nodes are never named; as a name it means that there is no Node object. */
const outsideKubernetes = 'localhost';
/** Of one type; each VM has a task of its own. */
const warmCountMax = 100;

export const adaptorOptions: readonly OptionSpec[] = [
  {
    flag: 'socket',
    env: 'REMOTE_HYPERVISOR_ENDPOINT',
    kind: 'string',
    default: '/run/peerpod/hypervisor.sock',
    help: 'Unix socket that the Kata shim calls; served here only when the relay is embedded',
  },
  {
    flag: 'adaptor-socket',
    env: 'ADAPTOR_SOCKET',
    kind: 'string',
    default: '/run/peerpod/adaptor.sock',
    help: "where agent-relay passes the shim's calls on to",
  },
  {
    flag: 'pods-dir',
    env: 'PODS_DIR',
    kind: 'string',
    default: '/run/peerpod/pods',
    help: 'base directory of the sandboxes; on tmpfs, since it holds keys',
  },
  {
    flag: 'state-dir',
    env: 'STATE_DIR',
    kind: 'string',
    default: '/var/lib/peerpod',
    help: 'durable records; on disk, since pod VMs outlive a reboot',
  },
  {
    flag: 'relay-socket',
    env: 'RELAY_SOCKET',
    kind: 'string',
    default: '/run/peerpod/relay.sock',
    help: "agent-relay's control socket; empty: the relay runs in this process (for development)",
  },
  { flag: 'pause-image', env: 'PAUSE_IMAGE', kind: 'string', help: 'accepted for compatibility, without effect' },
  {
    flag: 'forwarder-port',
    env: 'FORWARDER_PORT',
    kind: 'integer',
    default: '15150',
    ...port,
    help: 'TCP port of agent-protocol-forwarder in the pod VM',
  },
  {
    flag: 'ca-cert-file',
    env: 'CACERT_FILE',
    kind: 'string',
    help: "CA of server certificates that the pod VMs' image brings, for the name podvm-server; absent: issued for each VM",
  },
  {
    flag: 'cert-file',
    env: 'CERT_FILE',
    kind: 'string',
    help: 'client certificate for the pod VMs, with -cert-key; absent: issued for each VM',
  },
  { flag: 'cert-key', env: 'CERT_KEY', kind: 'string', help: 'file with the key of -cert-file' },
  { flag: 'tls-min-version', env: 'TLS_MIN_VERSION', kind: 'string', help: 'VersionTLS12 (default) or VersionTLS13' },
  {
    flag: 'tls-cipher-suites',
    env: 'TLS_CIPHER_SUITES',
    kind: 'string',
    help: 'IANA names of TLS 1.2 suites, comma separated',
  },
  {
    flag: 'tls-skip-verify',
    env: 'TLS_SKIP_VERIFY',
    kind: 'boolean',
    default: 'false',
    help: 'refused: certificates are issued for each sandbox and always verified',
  },
  { flag: 'disable-tls', kind: 'boolean', default: 'false', help: 'plain TCP to the pod VM; for debugging only' },
  {
    flag: 'proxy-timeout',
    env: 'PROXY_TIMEOUT',
    kind: 'duration',
    default: '5m',
    help: 'how long StartVM waits for the agent in the pod VM',
  },
  {
    flag: 'tunnel-type',
    env: 'TUNNEL_TYPE',
    kind: 'string',
    default: 'vxlan',
    choices: ['vxlan'],
    help: 'kind of tunnel between worker and pod VM',
  },
  {
    flag: 'vxlan-port',
    env: 'VXLAN_PORT',
    kind: 'integer',
    default: '4789',
    ...port,
    help: 'UDP port of the tunnel',
  },
  {
    flag: 'vxlan-min-id',
    kind: 'integer',
    min: 1,
    max: 0xff_ffff,
    help: 'number VNIs upwards from here; absent: VNIs are random',
  },
  {
    flag: 'ext-network-via-podvm',
    env: 'EXTERNAL_NETWORK_VIA_PODVM',
    kind: 'boolean',
    default: 'false',
    help: 'pods reach the outside over a second interface of their VM; the pod network stays on the tunnel',
  },
  {
    flag: 'pod-subnet-cidrs',
    env: 'POD_SUBNET_CIDRS',
    kind: 'list',
    help: 'further networks that pods reach over the tunnel, for example that of services',
  },
  { flag: 'host-interface', kind: 'string', help: "the tunnel's interface; absent: that of the default route" },
  { flag: 'initdata', env: 'INITDATA', kind: 'string', help: 'base64(gzip(TOML)) for pods without initdata' },
  {
    flag: 'enable-scratch-space',
    env: 'ENABLE_SCRATCH_SPACE',
    kind: 'boolean',
    default: 'false',
    help: 'have the pod VM set up an encrypted scratch disk',
  },
  {
    flag: 'cloud-config-verify',
    env: 'CLOUD_CONFIG_VERIFY',
    kind: 'boolean',
    default: 'false',
    help: 'check credentials and referenced resources before serving',
  },
  {
    flag: 'peerpods-limit-per-node',
    env: 'PEERPODS_LIMIT_PER_NODE',
    kind: 'integer',
    default: '10',
    help: 'pod VMs to advertise to Kubernetes, negative: none; the scheduler keeps to it, CreateVM refuses none',
  },
  { flag: 'cluster-id', env: 'CLUSTER_ID', kind: 'string', default: 'default', help: 'owner tag of the pod VMs' },
  {
    flag: 'node-name',
    env: 'NODE_NAME',
    kind: 'string',
    default: outsideKubernetes,
    help: "owner tag of the pod VMs, and the worker's Node object: when it is set, the duties in Kubernetes are done",
  },
  {
    flag: 'pod-uid',
    env: 'POD_UID',
    kind: 'string',
    help: "of this adaptor's pod: the owner of the limit on the node; absent: the limit is written whoever owns it",
  },
  {
    flag: 'runtime-class',
    env: 'RUNTIMECLASS_NAME',
    kind: 'string',
    default: 'kata-remote',
    help: 'of peer pods: those that stop being ready as this adaptor starts hold /startup back',
  },
  {
    flag: 'pod-pull-secrets',
    env: 'POD_PULL_SECRETS',
    kind: 'boolean',
    default: 'true',
    help: "give pod VMs the registry credentials of their pods' pull secrets; needs the right to read secrets",
  },
  {
    flag: 'warm-pool',
    env: 'WARM_POOL',
    kind: 'key-value',
    help: 'booted pod VMs to keep ready, TYPE=COUNT,...; the type `default` is for pods that ask for no size',
  },
  {
    flag: 'warm-pool-max-age',
    env: 'WARM_POOL_MAX_AGE',
    kind: 'duration',
    default: '1h',
    help: 'after this time a warm pod VM is replaced',
  },
  {
    flag: 'probe-port',
    env: 'PROBE_PORT',
    kind: 'integer',
    default: '8000',
    min: -1,
    max: 65_535,
    help: 'loopback port for health and metrics; 0 or -1: none',
  },
  {
    flag: 'log-level',
    env: 'LOG_LEVEL',
    kind: 'string',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error'],
    help: 'least severe level that is logged',
  },
];

export interface AdaptorSettings {
  /** Where the Hypervisor service listens: behind the relay, or for shims directly. */
  readonly socket: string;
  readonly podsDir: string;
  readonly stateDir: string;
  /** Empty: embedded. */
  readonly relaySocket: string;
  readonly forwarderPort: number;
  readonly credentialFiles: CredentialFiles;
  readonly tlsProfile: TlsProfile;
  readonly tlsDisabled: boolean;
  readonly relayTimeoutMs: number;
  readonly vxlanPort: number;
  readonly vniMin: number | undefined;
  readonly hostInterface: string | undefined;
  readonly externalNetViaPodVm: boolean;
  /** 'ADDRESS/LENGTH', the network's own address. */
  readonly podSubnets: readonly string[];
  readonly globalInitdata: string | undefined;
  readonly scratchSpace: boolean;
  readonly verifyFirst: boolean;
  /** Empty: no warm pod VMs. */
  readonly warmShapes: readonly WarmShape[];
  readonly warmAgeMsMax: number;
  /** Undefined: no health server. */
  readonly probePort: number | undefined;
  readonly cluster: string;
  readonly node: string;
  /** To advertise to Kubernetes; undefined: none. */
  readonly podVmsMax: number | undefined;
  /** Absent: no duties in Kubernetes. */
  readonly kubernetes: KubernetesSettings | undefined;
  readonly logLevel: LogLevel;
}

export interface KubernetesSettings {
  /** Empty: not told. */
  readonly podUid: string;
  readonly runtimeClass: string;
  readonly pullSecrets: boolean;
}

/** Throws E_SETTING for combinations that can never work. */
export function adaptorSettings(values: OptionValues): AdaptorSettings {
  const given = <T extends OptionValue>(flag: string): T => {
    const value = values[flag];
    assert(value !== undefined, `option ${flag} has a default`);
    return value as T;
  };
  const optional = (flag: string): string | undefined => (values[flag] as string | undefined) || undefined;
  if (given<boolean>('tls-skip-verify')) {
    throw new PeerPodError('E_SETTING', '-tls-skip-verify: certificates are issued for each sandbox, drop the option');
  }
  const globalInitdata = optional('initdata');
  if (globalInitdata !== undefined) named('initdata', () => decodeInitdata(globalInitdata));
  const probePort = given<number>('probe-port');
  const relaySocket = given<string>('relay-socket');
  const podVmsMax = given<number>('peerpods-limit-per-node');
  return {
    socket: relaySocket === '' ? given('socket') : given('adaptor-socket'),
    podsDir: given('pods-dir'),
    stateDir: given('state-dir'),
    relaySocket,
    forwarderPort: given('forwarder-port'),
    credentialFiles: credentialFiles(optional('ca-cert-file'), optional('cert-file'), optional('cert-key')),
    tlsProfile: named('tls-min-version, -tls-cipher-suites', () =>
      parseTlsProfile(optional('tls-min-version'), optional('tls-cipher-suites')),
    ),
    tlsDisabled: given('disable-tls'),
    relayTimeoutMs: given('proxy-timeout'),
    vxlanPort: given('vxlan-port'),
    vniMin: values['vxlan-min-id'] as number | undefined,
    hostInterface: optional('host-interface'),
    externalNetViaPodVm: given('ext-network-via-podvm'),
    podSubnets: parsePodSubnets(((values['pod-subnet-cidrs'] as readonly string[] | undefined) ?? []).join()),
    globalInitdata,
    scratchSpace: given('enable-scratch-space'),
    verifyFirst: given('cloud-config-verify'),
    warmShapes: warmShapes((values['warm-pool'] as Readonly<Record<string, string>> | undefined) ?? {}),
    warmAgeMsMax: given('warm-pool-max-age'),
    probePort: probePort > 0 ? probePort : undefined,
    cluster: given('cluster-id'),
    node: given('node-name'),
    podVmsMax: podVmsMax < 0 ? undefined : podVmsMax,
    kubernetes: given('node-name') === outsideKubernetes ? undefined : kubernetesSettings(values),
    logLevel: given('log-level'),
  };
}

function kubernetesSettings(values: OptionValues): KubernetesSettings {
  return {
    podUid: (values['pod-uid'] as string | undefined) ?? '',
    runtimeClass: values['runtime-class'] as string,
    pullSecrets: values['pod-pull-secrets'] as boolean,
  };
}

function warmShapes(counts: Readonly<Record<string, string>>): readonly WarmShape[] {
  return Object.entries(counts).map(([name, text]) => {
    const count = Number(text);
    if (name === '' || !Number.isInteger(count) || count < 0 || count > warmCountMax) {
      throw new PeerPodError('E_SETTING', `-warm-pool: ${name}=${text} is not TYPE=COUNT, COUNT up to ${warmCountMax}`);
    }
    return { name, count };
  });
}

/** A parser's error, with the option that gave the value. */
function named<T>(flag: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new PeerPodError('E_SETTING', `-${flag}: ${errorText(error)}`, { cause: error });
  }
}

function credentialFiles(ca: string | undefined, cert: string | undefined, key: string | undefined): CredentialFiles {
  if ((cert === undefined) !== (key === undefined)) {
    throw new PeerPodError('E_SETTING', '-cert-file and -cert-key go together, only one is given');
  }
  return {
    caCertFile: ca,
    client: cert !== undefined && key !== undefined ? { certFile: cert, keyFile: key } : undefined,
  };
}
