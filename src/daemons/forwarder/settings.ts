/** The forwarder's options and their checked values. */

import type { OptionSpec, OptionValues } from '@peerpods/provider';
import { PeerPodError } from '#base/errors.ts';

export interface ForwarderSettings {
  readonly config: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly agentSocket: string;
  readonly podNamespace: string;
  readonly hostInterface: string;
  readonly caCertFile: string;
  readonly certFile: string;
  readonly certKey: string;
  readonly disableTls: boolean;
  /** Empty where the configuration that the worker sent decides. */
  readonly tlsMinVersion: string;
  readonly tlsCipherSuites: readonly string[];
  readonly volumeSearch: { readonly attemptsMax: number; readonly everyMs: number };
}

const text = (flag: string, value: string, help: string): OptionSpec => ({
  flag,
  kind: 'string',
  default: value,
  help,
});
const toggle = (flag: string, help: string): OptionSpec => ({ flag, kind: 'boolean', default: 'false', help });

export const forwarderOptions: readonly OptionSpec[] = [
  toggle('version', 'print the version and exit'),
  text('config', '/run/peerpod/apf.json', 'configuration that the worker node sent'),
  text('listen', '0.0.0.0:15150', 'address to listen on'),
  text('kata-agent-socket', '/run/kata-containers/agent.sock', 'socket of the kata-agent'),
  text('pod-namespace', '/run/netns/podns', 'network namespace of the pod'),
  text('host-interface', '', 'interface for the tunnel when it is not the primary one'),
  text('ca-cert-file', '', 'CA of the clients, instead of the one in the configuration'),
  text('cert-file', '', 'server certificate, instead of the one in the configuration'),
  text('cert-key', '', 'key of -cert-file'),
  toggle('tls-skip-verify', 'refused: a listener that verifies nobody serves anybody'),
  toggle('disable-tls', 'listen without TLS, for development'),
  text('tls-min-version', '', 'VersionTLS12 or VersionTLS13, instead of what the configuration says'),
  { flag: 'tls-cipher-suites', kind: 'list', default: '', help: 'IANA names, instead of those in the configuration' },
  {
    flag: 'disk-detect-max-attempts',
    env: 'CAA_DISK_DETECT_MAX_ATTEMPTS',
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: '15',
    help: 'how often the disk of a cloud volume is looked for',
  },
  {
    flag: 'disk-detect-retry-delay',
    env: 'CAA_DISK_DETECT_RETRY_DELAY',
    kind: 'duration',
    default: '2s',
    help: 'time between two such looks',
  },
];

export function readForwarderSettings(values: OptionValues): ForwarderSettings {
  const of = (flag: string) => String(values[flag] ?? '');
  if (values['tls-skip-verify'] === true) {
    throw new PeerPodError('E_SETTING', '-tls-skip-verify is not supported: use -disable-tls for development');
  }
  if ((of('cert-file') === '') !== (of('cert-key') === '')) {
    throw new PeerPodError('E_SETTING', '-cert-file and -cert-key belong together: only one of them is set');
  }
  const suites = values['tls-cipher-suites'];
  const everyMs = Number(values['disk-detect-retry-delay'] ?? 2000);
  if (everyMs < 0) throw new PeerPodError('E_SETTING', '-disk-detect-retry-delay is negative');
  return {
    config: of('config'),
    listen: parseListen(of('listen')),
    agentSocket: of('kata-agent-socket'),
    podNamespace: of('pod-namespace'),
    hostInterface: of('host-interface'),
    caCertFile: of('ca-cert-file'),
    certFile: of('cert-file'),
    certKey: of('cert-key'),
    disableTls: values['disable-tls'] === true,
    tlsMinVersion: of('tls-min-version'),
    tlsCipherSuites: Array.isArray(suites) ? suites : [],
    volumeSearch: { attemptsMax: Number(values['disk-detect-max-attempts'] ?? 15), everyMs },
  };
}

function parseListen(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) {
    throw new PeerPodError('E_SETTING', `-listen ${JSON.stringify(address)} is not HOST:PORT`);
  }
  return { host: match[1] || match[2] || '0.0.0.0', port };
}
