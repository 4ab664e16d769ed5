/** The relay as a command: options, then its life as a process. */

import type { OptionSpec } from '@peerpods/provider';
import { errorText } from '#base/errors.ts';
import type { LogLevel } from '#base/log.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { startRelay } from './compose.ts';

const name = 'agent-relay';
const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

const specs: readonly OptionSpec[] = [
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
    flag: 'log-level',
    env: 'LOG_LEVEL',
    kind: 'string',
    default: 'info',
    choices: levels,
    help: 'least severe level that is logged',
  },
];

async function main(): Promise<void> {
  const { help, values } = parseOptions(specs, process.argv.slice(2), process.env);
  if (help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(specs)}`);
    return;
  }
  const log = openLog({ component: 'relay', level: String(values['log-level']) as LogLevel });
  const parts = { clock: systemClock, random: systemRandom, log };
  await runDaemon({
    name,
    log,
    clock: systemClock,
    notifySocket: process.env.NOTIFY_SOCKET,
    start: () =>
      startRelay(
        {
          controlSocket: String(values['control-socket']),
          hypervisorSocket: String(values.socket),
          adaptorSocket: String(values['adaptor-socket']),
          podsDir: String(values['pods-dir']),
          takeOver: values['take-over'] === true,
        },
        parts,
      ),
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
}
