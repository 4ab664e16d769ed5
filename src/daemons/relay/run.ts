/** The relay as a command: options, then its life as a process. */

import { errorText } from '#base/errors.ts';
import type { LogLevel } from '#base/log.ts';
import { RecentLines } from '#base/recent-lines.ts';
import { recentLogLimits } from '#daemons/admin-contract.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { startRelay } from './compose.ts';
import { relayOptions } from './settings.ts';

const name = 'agent-relay';

async function main(): Promise<void> {
  const { help, values } = parseOptions(relayOptions, process.argv.slice(2), process.env);
  if (help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(relayOptions)}`);
    return;
  }
  const recent = new RecentLines(recentLogLimits);
  const log = openLog({ component: 'relay', level: String(values['log-level']) as LogLevel, recent });
  const parts = { clock: systemClock, random: systemRandom, log, recent };
  const probePort = Number(values['probe-port']);
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
          probePort: probePort > 0 ? probePort : undefined,
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
