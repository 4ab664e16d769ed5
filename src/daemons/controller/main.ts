#!/usr/bin/env node
/** peerpods-controller: sets up peer pods in a cluster, and ends the pod VMs that nobody else ends. */

import { errorText, PeerPodError } from '#base/errors.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';
import { controllerName as name, startController } from './compose.ts';
import { controllerEnvironment, controllerOptions, controllerSettings } from './settings.ts';

async function main(argv: readonly string[]): Promise<void> {
  const env = controllerEnvironment(process.env);
  const { values, help, rest } = parseOptions(controllerOptions, argv, env);
  if (help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(controllerOptions)}`);
    return;
  }
  if (rest[0] !== undefined) throw new PeerPodError('E_SETTING', `unexpected argument ${JSON.stringify(rest[0])}`);
  const settings = controllerSettings(values);
  const log = openLog({ component: 'controller', level: settings.logLevel });
  await runDaemon({
    name,
    log,
    clock: systemClock,
    notifySocket: process.env.NOTIFY_SOCKET,
    start: () => startController(settings, env, log),
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
}
