#!/usr/bin/env node
/** process-user-data: `process-user-data provision-files [-t 180s]`, once per boot, before anything else of the pod. */

import type { OptionSpec } from '@peerpods/provider';
import { errorText } from '#base/errors.ts';
import { parseOptions, renderHelp } from '#daemons/options.ts';
import { provisionPodVm } from './provision.ts';

const name = 'process-user-data';
const timeout: OptionSpec = {
  flag: 'user-data-fetch-timeout',
  kind: 'duration',
  default: '180s',
  help: 'how long to try for user data',
};
const usage = `Usage: ${name} provision-files [options]\n\n${renderHelp([timeout])}  -t  short for -${timeout.flag}\n`;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...words] = argv;
  if (command === 'help' || command === '-h' || command === '--help') {
    process.stdout.write(usage);
    return 0;
  }
  if (command !== 'provision-files') {
    process.stderr.write(usage);
    return 1;
  }
  const long = words.map((word) => word.replace(/^-t(?==|$)/, `-${timeout.flag}`));
  const options = parseOptions([timeout], long, process.env);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  await provisionPodVm({ timeoutMs: Number(options.values[timeout.flag]) });
  return 0;
}

// No top-level await: the pod VM's executable is bundled as CommonJS, which has none.
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${name}: ${errorText(error)}\n`);
    process.exitCode = 1;
  },
);
