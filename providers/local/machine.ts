/** The processes of a local pod VM, known by the network namespace they run in: no pid is kept that could be reused. */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from '@peerpods/provider';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const endPollMs = 10;
const endPollsMax = 500;

/** Starts it detached: it outlives the caller. Nothing of the caller's environment gets in. */
export async function startMachine(
  netnsPath: string,
  consolePath: string,
  script: string,
  userData: string,
): Promise<void> {
  const console = openSync(consolePath, 'a', 0o600);
  const cache = getCompileCacheDir();
  const own = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('nsenter', [`--net=${netnsPath}`, '--', 'unshare', ...own, '/bin/sh', '-c', script], {
    detached: true,
    cwd: '/',
    env: { PATH: path, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    stdio: ['pipe', console, console],
  });
  closeSync(console);
  child.unref();
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new ProviderError('transient', `start a pod VM: ${cause.message}`, { cause }));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`it ended with ${code} before it had its user-data`)));
    child.stdin?.once('error', fail);
    child.stdin?.end(userData, resolve);
  });
  // The pipe took the user-data at once; only a process that has entered the namespace can be found and ended.
  for (let poll = 0; !machineRuns(netnsPath); poll += 1) {
    if (poll === endPollsMax) throw new ProviderError('transient', `nothing entered ${netnsPath}`);
    await delay(endPollMs);
  }
}

export function machineRuns(netnsPath: string): boolean {
  return pidsIn(netnsPath).length > 0;
}

/** Kills until nothing is left; the end of the VM's PID 1 takes the processes in podns with it. */
export async function endMachine(netnsPath: string): Promise<void> {
  for (let poll = 0; poll < endPollsMax; poll += 1) {
    const pids = pidsIn(netnsPath);
    if (pids.length === 0) return;
    for (const pid of pids) killIfThere(pid);
    await delay(endPollMs);
  }
  throw new ProviderError('transient', `processes in ${netnsPath} do not end`);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function pidsIn(netnsPath: string): readonly number[] {
  const netns = identityOf(netnsPath);
  const own = identityOf('/proc/self/ns/net');
  // A path that is no namespace (any more) has no processes; our own is never a VM's.
  if (netns === undefined || netns === own) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && identityOf(`/proc/${name}/ns/net`) === netns)
    .map(Number);
}

function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch {
    return undefined; // gone, or a process that is ending
  }
}
