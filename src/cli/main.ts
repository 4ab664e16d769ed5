#!/usr/bin/env node
/** peerpodctl: what a worker's peer pods are, and how to mend what does not fit together. */

import { systemClock } from '#io/system-clock.ts';
import { peerpodctl } from './commands.ts';
import { runCommandLine } from './run.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
// A reader that has enough, as `head` is, ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(peerpodctl, process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  write: (text) => void process.stdout.write(text),
  remark: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  signal: interrupted.signal,
});
