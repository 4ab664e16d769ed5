#!/usr/bin/env node
/** peerpodctl: what a worker's peer pods are, and how to mend what does not fit together. */

import { errorText } from '#base/errors.ts';
import { runCommand } from './commands.ts';

try {
  process.exitCode = await runCommand(process.argv.slice(2), process.env, (text) => void process.stdout.write(text));
} catch (error) {
  process.stderr.write(`peerpodctl: ${errorText(error)}\n`);
  process.exitCode = 1;
}
