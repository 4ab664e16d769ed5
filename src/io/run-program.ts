/** Starts a program of the system and waits for its end, bounded in time and in what is kept of its words. */

import { spawn } from 'node:child_process';
import { PeerPodError } from '#base/errors.ts';

export interface ProgramResult {
  readonly exitCode: number;
  /** The beginning of what it printed, both streams. */
  readonly output: string;
}

/** For those who are handed a way to run programs. Rejects with E_IO when it does not start or does not end in time. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  timeoutMs: number,
  /** How much of the output is kept; default 2000. */
  outputCharactersMax?: number,
) => Promise<ProgramResult>;

const usualCharactersMax = 2000;
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** Nothing of this process's environment reaches it, and its stdin is empty. */
export const runProgram: RunProgram = (command, args, timeoutMs, outputCharactersMax = usualCharactersMax) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      // Not `timeout`: its timer outlives a program that could not be started.
      signal: AbortSignal.timeout(timeoutMs),
      killSignal: 'SIGKILL',
    });
    let output = '';
    const keep = (text: string) => {
      output += text.slice(0, outputCharactersMax - output.length);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (cause) => {
      const text =
        cause.name === 'AbortError'
          ? `${command} took longer than ${timeoutMs} ms`
          : `start ${command}: ${cause.message}`;
      reject(new PeerPodError('E_IO', text, { cause }));
    });
    child.once('close', (code, signal) => {
      if (code !== null) resolve({ exitCode: code, output: output.trim() });
      else reject(new PeerPodError('E_IO', `${command} was ended by ${signal}`));
    });
  });
