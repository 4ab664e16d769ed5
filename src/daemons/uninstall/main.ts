#!/usr/bin/env node
/** peerpods-uninstall: what the chart runs before it takes everything away. */

import type { OptionSpec } from '@peerpods/provider';
import { errorText, PeerPodError } from '#base/errors.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { connectKubernetes } from '#io/kubernetes/connect.ts';
import { openLog } from '#io/log.ts';
import { systemClock, systemRandom } from '#io/system-clock.ts';
import { uninstall } from './uninstall.ts';

const name = 'peerpods-uninstall';
const options: readonly OptionSpec[] = [
  { flag: 'timeout', kind: 'duration', default: '10m', help: 'how long pod VMs and PeerPodConfigs may take to end' },
  { flag: 'webhook', kind: 'string', default: 'peerpods-webhook', help: 'name of the MutatingWebhookConfiguration' },
];

async function main(argv: readonly string[]): Promise<void> {
  const { values, help, rest } = parseOptions(options, argv, process.env);
  if (help) {
    process.stdout.write(`Usage: ${name} [options]\n\n${renderHelp(options)}`);
    return;
  }
  if (rest[0] !== undefined) throw new PeerPodError('E_SETTING', `unexpected argument ${JSON.stringify(rest[0])}`);
  const log = openLog({ component: 'uninstall', level: 'warn' });
  using cluster = await connectKubernetes({
    env: process.env,
    clock: systemClock,
    random: systemRandom,
    log,
    program: name,
  });
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const { timeout, webhook } = values;
  await uninstall({
    api: cluster.api,
    clock: systemClock,
    timeoutMs: Number(timeout),
    webhookName: String(webhook),
    say,
  });
  say('nothing of peer pods is left');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${name}: ${errorText(error)}\n`);
  process.exitCode = 1;
}
