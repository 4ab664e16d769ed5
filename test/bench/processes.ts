/** Starts the processes that a bench measures, waits until they serve, and ends them. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A word may come in two parts. */
const readyBytes = 10;

export interface StartOptions {
  /** CPU to stay on; ignored where there is one only. */
  readonly cpu?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

function pinned(command: readonly string[], cpu: number | undefined): string[] {
  return cpu === undefined || availableParallelism() < 2 ? [...command] : ['taskset', '-c', String(cpu), ...command];
}

/** The command of a script of ours, its path relative to this folder. */
export function nodeProgram(script: string, nodeArgs: readonly string[] = []): string[] {
  return [process.execPath, ...nodeArgs, join(import.meta.dirname, script)];
}

export class Program implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? 0;
    this.ended = once(child, 'exit');
  }

  /** A program that says `ready` once it serves, on stdout or, as our daemons do, in its log on stderr. */
  static async start(command: readonly string[], options: StartOptions = {}): Promise<Program> {
    const [file = '', ...rest] = pinned(command, options.cpu);
    const child = spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    });
    const program = new Program(child);
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      let seen = '';
      child.once('exit', (code) =>
        reject(new Error(`${command.join(' ').slice(0, 200)} ended with ${code} before it was ready\n${seen}`)),
      );
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          const text = chunk.toString('utf8');
          if (/\bready\b/.test(seen.slice(-readyBytes) + text)) resolve();
          seen = (seen + text).slice(-65_536);
        });
      }
    });
    return program;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** Runs a program to its end and gives what it printed. */
export async function output(command: readonly string[], options: { readonly cpu?: number } = {}): Promise<string> {
  const [file = '', ...args] = pinned(command, options.cpu);
  const { stdout } = await run(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
