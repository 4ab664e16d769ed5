/** A real process of a pod: started in the pod's network namespace, written to, read, signalled, waited for. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { PeerPodError, systemErrorCode } from '#base/errors.ts';
import { Output } from './output.ts';

export interface ProcessSpec {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly terminal: boolean;
  /** Absent: the network namespace of the agent itself. */
  readonly netnsPath: string | undefined;
}

/** What the pause image holds; there is no rootfs here, so a process that only sleeps stands in for it. */
const pauseArgs = ['sleep', 'infinity'];

export class GuestProcess {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The exit code; 128 + N after signal N. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #terminal: boolean;

  private constructor(child: ChildProcessWithoutNullStreams, terminal: boolean) {
    this.#child = child;
    this.#terminal = terminal;
    this.stdout = new Output(child.stdout);
    this.stderr = new Output(child.stderr);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#signalGroup('SIGKILL');
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
    child.stdin.on('error', () => {}); // a process that closed its stdin: the write that meets it reports it
  }

  static async start(spec: ProcessSpec): Promise<GuestProcess> {
    const [command, ...args] = commandOf(spec);
    if (command === undefined) throw new PeerPodError('E_ARGUMENT', 'a process needs arguments');
    const child = spawn(command, args, {
      cwd: spec.cwd === '' ? '/' : spec.cwd,
      env: environmentOf(spec.env),
      detached: true, // a session and process group of its own, so that signals reach what it started too
    });
    const started = new GuestProcess(child, spec.terminal);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        reject(new PeerPodError('E_ARGUMENT', `start ${spec.args[0] ?? ''}: ${cause.message}`, { cause }));
      });
    });
    return started;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  signal(signal: number): void {
    this.#signalGroup(signal);
  }

  async write(data: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.stdin.write(data, (error) => {
        if (error) reject(new PeerPodError('E_SANDBOX_STATE', `write to stdin: ${error.message}`, { cause: error }));
        else resolve();
      });
    });
  }

  closeStdin(): void {
    this.#child.stdin.end();
  }

  /** `script` owns the terminal and its child has it as stdin. */
  resize(rows: number, columns: number): void {
    if (!this.#terminal) throw new PeerPodError('E_SANDBOX_STATE', 'the process has no terminal');
    const { pid } = this.#child;
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0];
    const terminal = readlinkSync(`/proc/${child}/fd/0`);
    spawnSync('stty', ['-F', terminal, 'rows', String(rows), 'cols', String(columns)]);
  }

  #signalGroup(signal: number | NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (systemErrorCode(error) !== 'ESRCH') throw error; // ended already: what was asked for is so
    }
  }
}

function commandOf(spec: ProcessSpec): readonly string[] {
  const args = spec.args[0] === '/pause' ? pauseArgs : spec.args;
  const command = spec.terminal ? ['script', '-qfec', args.map(quoted).join(' '), '/dev/null'] : args;
  return spec.netnsPath === undefined ? command : ['nsenter', `--net=${spec.netnsPath}`, '--', ...command];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function environmentOf(env: readonly string[]): Record<string, string> {
  const values: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  for (const entry of env) {
    const at = entry.indexOf('=');
    if (at > 0) values[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return values;
}
