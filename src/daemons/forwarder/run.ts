/** The forwarder as a command: options, then its life as a process. */

import { readFile } from 'node:fs/promises';
import { netlink } from '@peerpods/netlink';
import { errorText } from '#base/errors.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';
import { startForwarder } from './compose.ts';
import { type ForwarderSettings, forwarderOptions, readForwarderSettings } from './settings.ts';
import { setUpPodNetwork } from './vm-network.ts';

const name = 'agent-protocol-forwarder';

async function main(): Promise<void> {
  const options = parseOptions(forwarderOptions, process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(forwarderOptions)}`);
    return;
  }
  if (options.values.version === true) {
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
    process.stdout.write(`${name} ${version}\n`);
    return;
  }
  await run(readForwarderSettings(options.values));
}

function run(settings: ForwarderSettings): Promise<void> {
  const log = openLog({ component: 'forwarder', level: 'info' });
  const setUpNetwork = setUpPodNetwork(settings, { netlink, clock: systemClock, log });
  const parts = { clock: systemClock, log, setUpNetwork };
  return runDaemon({
    name,
    log,
    clock: systemClock,
    notifySocket: process.env.NOTIFY_SOCKET,
    start: (signal) => startForwarder(settings, parts, signal),
  });
}

// No top-level await: the pod VM's executable is bundled as CommonJS, which has none.
main().catch((error: unknown) => {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
});
