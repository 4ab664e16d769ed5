/** The process of a machine: started to outlive us, found again by its UUID, ended for good. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, ProviderError, sleep } from '@peerpods/provider';
import { machineFiles } from './command-line.ts';

/**
 * Console output is kept in two files, the newer of which is begun anew after so many reads: with single letters that
 * is at 32 KiB, with whole lines at 1 MiB.
 */
const consoleReads = 32 * 1024;
const consoleReadBytes = 32;
const pollMs = 10;
const endMsMax = 10_000;
const errorCharactersMax = 2000;

/** dd writes each read at once, where head keeps it back; at the end of the output it leaves an empty file. */
const script = `umask 077
"$@" </dev/null 2>qemu.log | while dd bs=${consoleReadBytes} count=${consoleReads} of=console.log status=none &&
  [ -s console.log ]; do mv console.log console.old; done`;

/** Starts it detached in its folder; nothing of the caller's environment gets in. */
export async function startMachine(folder: string, command: readonly string[]): Promise<void> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    detached: true,
    cwd: folder,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
    stdio: 'ignore',
  });
  child.unref();
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new ProviderError('transient', `start QEMU: ${cause.message}`, { cause })));
  });
}

/** The process that runs this machine, or undefined. */
export function findMachine(folder: string, uuid: string): number | undefined {
  const noted = Number(readIfThere(join(folder, machineFiles.pid))?.trim() || Number.NaN);
  if (Number.isInteger(noted) && runs(noted, uuid)) return noted;
  // It may not have got as far as writing its number, or that number is another process's now.
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => runs(pid, uuid));
}

/** Why QEMU ended, in its own words. */
export function machineErrors(folder: string): string {
  return (readIfThere(join(folder, 'qemu.log')) ?? '').trim().slice(-errorCharactersMax);
}

/** Kills it, with what reads its console, and waits until it is gone: with it go its memory and its tap. */
export async function endMachine(folder: string, uuid: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const until = clock.now() + endMsMax;
  for (;;) {
    const pid = findMachine(folder, uuid);
    if (pid === undefined) return;
    kill(pid);
    if (clock.now() > until) throw new ProviderError('transient', `QEMU process ${pid} does not end`);
    await sleep(clock, pollMs, signal);
  }
}

/** A pipeline is a process group of its own; one that is ours too would be a defect. */
function kill(pid: number): void {
  const group = processGroup(pid);
  const target = group !== undefined && group !== processGroup(process.pid) ? -group : pid;
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function processGroup(pid: number): number | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything; after it come state, parent, group.
  const group = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  return Number.isInteger(group) && group > 1 ? group : undefined;
}

/** The shell has the UUID among its arguments, too: only QEMU itself has it right after -uuid and is no shell. */
function runs(pid: number, uuid: string): boolean {
  const words = readIfThere(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  return words[words.indexOf('-uuid') + 1] === uuid && words[1] === '-name';
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // gone, or a process that is ending
  }
}
