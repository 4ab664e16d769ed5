/** The worker's daemons as real processes, as a DaemonSet or systemd would run them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

export const paths = {
  hypervisorSocket: '/run/peerpod/hypervisor.sock',
  adaptorSocket: '/run/peerpod/adaptor.sock',
  relaySocket: '/run/peerpod/relay.sock',
  podsDir: '/run/peerpod/pods',
  stateDir: '/run/demo-state',
  logs: '/run/demo-logs',
} as const;

export class Daemon implements AsyncDisposable {
  readonly name: string;
  readonly logPath: string;
  readonly #child: ChildProcess;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  #isEnding = false;
  /** Rejects when it ends without having been told to. */
  readonly died: Promise<never>;

  /** `program` is a folder of src/daemons, or a file. */
  constructor(name: string, program: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.name = name;
    this.logPath = join(paths.logs, `${name}.log`);
    const log = openSync(this.logPath, 'a', 0o600);
    const entry = program.endsWith('.ts') ? program : join('src/daemons', program, 'main.ts');
    this.#child = spawn(process.execPath, [join(repository, entry), ...args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...environment },
    });
    this.ended = new Promise((resolve) => this.#child.once('exit', (code) => resolve(code)));
    this.died = new Promise((_, reject) => {
      this.#child.once('exit', (code, signal) => {
        if (!this.#isEnding) reject(new Error(`${name} ended by itself: ${signal ?? `exit code ${code}`}`));
      });
    });
    this.died.catch(() => {}); // whoever waits for it hears of it
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} was not started`);
    return this.#child.pid;
  }

  /** Waits until the daemon's socket is there. */
  async ready(socketPath: string, timeoutMs = 15_000): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (!existsSync(socketPath)) {
      if (this.#child.exitCode !== null) throw new Error(`${this.name} ended at once; see ${this.logPath}`);
      if (performance.now() > until) throw new Error(`${this.name} did not open ${socketPath} in ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** SIGTERM and the wait for a clean end. */
  async stop(): Promise<number | null> {
    this.#isEnding = true;
    this.#child.kill('SIGTERM');
    return await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

export function startRelay(): Daemon {
  return new Daemon('agent-relay', 'relay', [
    '-socket',
    paths.hypervisorSocket,
    '-adaptor-socket',
    paths.adaptorSocket,
    '-control-socket',
    paths.relaySocket,
    '-pods-dir',
    paths.podsDir,
    '-log-level',
    'debug',
  ]);
}

export function startAdaptor(provider: string, more: readonly string[] = []): Daemon {
  return new Daemon('cloud-api-adaptor', 'adaptor', [
    provider,
    '-adaptor-socket',
    paths.adaptorSocket,
    '-relay-socket',
    paths.relaySocket,
    '-peerpods-limit-per-node',
    '100',
    '-pods-dir',
    paths.podsDir,
    '-state-dir',
    paths.stateDir,
    '-log-level',
    'debug',
    ...more,
  ]);
}
