/** agent-relay's options. */

import type { OptionSpec } from '@peerpods/provider';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

export const relayOptions: readonly OptionSpec[] = [
  {
    flag: 'socket',
    env: 'REMOTE_HYPERVISOR_ENDPOINT',
    kind: 'string',
    default: '/run/peerpod/hypervisor.sock',
    help: 'Unix socket that the Kata shim calls; empty: the adaptor serves it itself',
  },
  {
    flag: 'adaptor-socket',
    env: 'ADAPTOR_SOCKET',
    kind: 'string',
    default: '/run/peerpod/adaptor.sock',
    help: "the adaptor's own socket, where those calls go on to",
  },
  {
    flag: 'control-socket',
    env: 'RELAY_SOCKET',
    kind: 'string',
    default: '/run/peerpod/relay.sock',
    help: 'socket that the adaptor steers the relay by',
  },
  {
    flag: 'pods-dir',
    env: 'PODS_DIR',
    kind: 'string',
    default: '/run/peerpod/pods',
    help: 'base directory of the sandboxes, whose agent sockets are opened again at start',
  },
  {
    flag: 'take-over',
    kind: 'boolean',
    default: 'false',
    help: 'take sockets and callers from the relay that runs now, which then ends: for an upgrade while pods run',
  },
  {
    flag: 'probe-port',
    env: 'RELAY_PROBE_PORT',
    kind: 'integer',
    default: '0',
    min: -1,
    max: 65_535,
    help: 'loopback port for health and metrics; 0 or -1: none',
  },
  {
    flag: 'log-level',
    env: 'LOG_LEVEL',
    kind: 'string',
    default: 'info',
    choices: levels,
    help: 'least severe level that is logged',
  },
];
