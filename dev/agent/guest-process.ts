/** A real process of a pod: started in the pod's network namespace, written to, read, signalled, waited for. */

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
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

const terminalPollMs = 5;
const terminalPollsMax = 400;

export class GuestProcess {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The exit code; 128 + N after signal N. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcessWithoutNullStreams;
  /** Leader of the session behind the terminal that `script` made; undefined without a terminal. */
  #terminalLeader: number | undefined;
  #hasEnded = false;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.stdout = new Output(child.stdout);
    this.stderr = new Output(child.stderr);
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#hasEnded = true;
        // What it started does not outlive it: a container's other processes end with its first one.
        for (const session of this.sessions) signalGroup(session, 'SIGKILL');
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
    const started = new GuestProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => {
        reject(new PeerPodError('E_ARGUMENT', `start ${spec.args[0] ?? ''}: ${cause.message}`, { cause }));
      });
    });
    if (spec.terminal) await started.#findTerminal();
    return started;
  }

  /** Ids of the sessions that it leads, itself or behind its terminal. */
  get sessions(): readonly number[] {
    const { pid } = this.#child;
    return [pid, this.#terminalLeader].filter((session) => session !== undefined);
  }

  signal(signal: number): void {
    if (this.#hasEnded) return; // its pid may be another's by now
    const target = this.#terminalLeader ?? this.#child.pid;
    if (target !== undefined) signalGroup(target, signal);
  }

  async write(data: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.stdin.write(data, (error) => {
        if (error) reject(new PeerPodError('E_SANDBOX_STATE', `write to stdin: ${error.message}`, { cause: error }));
        else resolve();
      });
    });
  }

  /** On a terminal, the end of its input as if it were typed. */
  closeStdin(): void {
    this.#child.stdin.end();
  }

  resize(rows: number, columns: number): void {
    if (this.#terminalLeader === undefined) throw new PeerPodError('E_SANDBOX_STATE', 'the process has no terminal');
    const terminal = readlinkSync(`/proc/${this.#terminalLeader}/fd/0`);
    const { status, stderr } = spawnSync('stty', ['-F', terminal, 'rows', String(rows), 'cols', String(columns)]);
    if (status !== 0) throw new PeerPodError('E_IO', `resize ${terminal}: ${String(stderr).trim()}`);
  }

  /** `script` makes the terminal and one child, which leads a session with it as stdin, stdout and stderr. */
  async #findTerminal(): Promise<void> {
    const { pid } = this.#child;
    for (let poll = 0; poll < terminalPollsMax && !this.#hasEnded; poll += 1) {
      const leader = Number(readChildren(pid).trim().split(' ')[0]);
      if (leader > 0 && hasTerminal(leader)) {
        this.#terminalLeader = leader;
        return;
      }
      await delay(terminalPollMs);
    }
    if (!this.#hasEnded) throw new PeerPodError('E_IO', 'script gave the process no terminal');
  }
}

function readChildren(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return ''; // not there yet, or no more
  }
}

function hasTerminal(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/0`).startsWith('/dev/pts/');
  } catch {
    return false; // between fork and dup
  }
}

function signalGroup(leader: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EINVAL') throw new PeerPodError('E_ARGUMENT', `there is no signal ${signal}`, { cause: error });
    if (code !== 'ESRCH') throw error; // ended already: what was asked for is so
  }
}

function commandOf(spec: ProcessSpec): readonly string[] {
  const args = spec.args[0] === '/pause' ? pauseArgs : spec.args;
  if (args.length === 0) return [];
  const command = spec.terminal ? ['script', '-qfec', `exec ${args.map(quoted).join(' ')}`, '/dev/null'] : args;
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
