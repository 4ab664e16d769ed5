#!/usr/bin/env node
/** cloud-api-adaptor: serves the Kata shim's remote-hypervisor API and makes pod VMs through a provider. */

import { errorText, PeerPodError } from '#base/errors.ts';
import { RecentLines } from '#base/recent-lines.ts';
import { recentLogLimits } from '#daemons/admin-contract.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { pluginChoice, pluginUsage } from '#daemons/plugin-settings.ts';
import { loadPluginProvider, loadProvider, providerNames } from '#daemons/provider-table.ts';
import { runDaemon } from '#daemons/supervise.ts';
import { packageVersion } from '#daemons/version.ts';
import { openLog } from '#io/log.ts';
import { systemClock } from '#io/system-clock.ts';
import { startAdaptor } from './compose.ts';
import { adaptorOptions, adaptorSettings } from './settings.ts';

const name = 'cloud-api-adaptor';

const usage = `Usage: ${name} PROVIDER [options]
       ${name} PROVIDER -help      every option of a provider
       ${name} NAME -plugin FILE [options] [-- arguments]      a provider of your own
       ${name} help | version

Providers: ${providerNames.join(', ')}
`;

async function main(argv: readonly string[]): Promise<void> {
  const [word = '', ...words] = argv;
  if (word === 'help') {
    process.stdout.write(usage);
    return;
  }
  if (word === 'version') {
    process.stdout.write(`${name} ${packageVersion()}\n`);
    return;
  }
  const { plugin, argv: rest } = pluginChoice(words, process.env);
  if (word === '' || word.startsWith('-') || (!plugin && !providerNames.includes(word))) {
    process.stderr.write(word === '' || word.startsWith('-') ? usage : `${name}: unknown provider ${word}\n\n${usage}`);
    process.exitCode = 1;
    return;
  }
  const module = plugin
    ? await loadPluginProvider(word, plugin, process.env, openLog({ component: 'adaptor', level: 'info' }))
    : await loadProvider(word);
  const { values, help, rest: stray } = parseOptions([...adaptorOptions, ...module.options], rest, process.env);
  if (help) {
    const own = `Options of ${name}:\n${renderHelp(adaptorOptions)}${pluginUsage}`;
    process.stdout.write(
      `${name} ${module.name}: ${module.summary}\n\n${own}\nOptions of ${module.name}:\n${renderHelp(module.options)}`,
    );
    return;
  }
  if (stray[0] !== undefined) throw new PeerPodError('E_SETTING', `unexpected argument ${JSON.stringify(stray[0])}`);
  const settings = adaptorSettings(values);
  const recent = new RecentLines(recentLogLimits);
  const log = openLog({ component: 'adaptor', level: settings.logLevel, recent });
  if (settings.tlsDisabled) log.warn({}, 'TLS to the pod VMs is disabled');
  await runDaemon({
    name,
    log,
    clock: systemClock,
    notifySocket: process.env.NOTIFY_SOCKET,
    start: (signal) => startAdaptor(settings, module, values, log, signal, recent),
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
}
