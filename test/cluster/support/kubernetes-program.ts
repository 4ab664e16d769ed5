/** The control plane that install-kubernetes.sh builds: where it is, and how one of its servers is run. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { lacks } from '../../support/requirements.ts';

const cache = process.env.PEERPODS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'peerpods');
const program = join(cache, 'kubernetes/kubernetes');

export function hasKubernetes(): boolean {
  return existsSync(program) && existsSync(join(cache, 'kubernetes/.built'));
}

export function lacksKubernetes(context: TestContext): boolean {
  const need = 'a Kubernetes API server (sh test/cluster/install-kubernetes.sh builds it; needs Go 1.26)';
  return lacks(context, hasKubernetes(), need);
}

export type ServerName = 'apiserver' | 'controller-manager' | 'scheduler';

const stopMsMax = 15_000;

export class ServerProcess {
  readonly name: ServerName;
  readonly #child: ChildProcess;
  readonly #logPath: string;

  private constructor(name: ServerName, child: ChildProcess, logPath: string) {
    this.name = name;
    this.#child = child;
    this.#logPath = logPath;
  }

  /** Its words go to a file in `folder`. It ends when this process does, however that ends. */
  static start(name: ServerName, folder: string, flags: readonly string[]): ServerProcess {
    const child = spawn(program, [name, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
    const logPath = join(folder, `${name}.log`);
    const log = createWriteStream(logPath, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('close', () => log.end());
    child.stdin.on('error', () => {}); // it ended first
    return new ServerProcess(name, child, logPath);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What it said last, for the message of a failure. */
  async lastWords(): Promise<string> {
    const text = await readFile(this.#logPath, 'utf8').catch(() => '');
    return text.split('\n').slice(-12).join('\n');
  }

  async residentMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(timer);
  }
}
