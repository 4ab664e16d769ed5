/** How a long-lived daemon wants Node to be started: what only counts on the command line or before any import. */

import { mkdirSync } from 'node:fs';

/** Set in the process that was started anew, so that it is not started again. */
const startedVariable = 'PEERPODS_STARTED_WITH';
/** Of root alone: what is in it is run. */
const cacheDirectory = '/var/cache/peerpod/node';

/**
 * After start-up V8 keeps a young generation as large as start-up wanted, and then collects the old one again and again
 * while bytes stream through: with these flags it does not, and a process that carries streams needs half the CPU.
 */
export const streamFlags: readonly string[] = ['--max-semi-space-size=1', '--heap-growing-percent=100'];

/**
 * For glibc, see mallopt(3): what threads for files and garbage had, and what is free at the end of the heap, goes back to
 * the kernel. Otherwise a relay that has connected a thousand pods keeps 10 MiB that nobody uses.
 */
export const thriftyMemory: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/**
 * Replaces this process by itself, once, with `flags`, with what of `environment` is not set, and with a cache of what is
 * compiled, which saves half the start and 30 MiB: same pid, same descriptors. Call it before anything else is imported.
 */
export function restartTuned(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): void {
  const wanted = ['tuned', ...flags].join(' ');
  const { execPath, execArgv, argv, env } = process;
  if (env[startedVariable] === wanted || !process.execve) return;
  const args = [execPath, ...execArgv, ...flags, ...argv.slice(1)];
  process.execve(execPath, args, { ...environment, ...env, ...compileCache(), [startedVariable]: wanted });
}

/** Never fails a start: on a read-only file system each one compiles. */
function compileCache(): { NODE_COMPILE_CACHE?: string } {
  if (process.env.NODE_COMPILE_CACHE || process.getuid?.() !== 0) return {};
  try {
    mkdirSync(cacheDirectory, { recursive: true, mode: 0o700 });
    return { NODE_COMPILE_CACHE: cacheDirectory };
  } catch {
    return {};
  }
}
