/** The webhook as a command: options, then its life as a process. */

import { errorText, PeerPodError } from '#base/errors.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { startWebhook } from './compose.ts';
import { webhookOptions, webhookSettings } from './settings.ts';

const name = 'peerpods-webhook';

async function main(): Promise<void> {
  // A known operator passes ' --leader-elect'.
  const words = process.argv.slice(2).map((word) => word.trim());
  const { values, help, rest } = parseOptions(webhookOptions, words, process.env);
  if (help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(webhookOptions)}`);
    return;
  }
  if (rest[0] !== undefined) throw new PeerPodError('E_SETTING', `unexpected argument ${JSON.stringify(rest[0])}`);
  const settings = webhookSettings(values);
  const log = openLog({ component: 'webhook', level: settings.logLevel });
  const parts = { clock: systemClock, random: systemRandom, log, env: process.env };
  await runDaemon({
    name,
    log,
    clock: systemClock,
    notifySocket: process.env.NOTIFY_SOCKET,
    start: (signal) => startWebhook(settings, parts, signal),
    drainMsMax: settings.drainDelayMs + 10_000,
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
}
