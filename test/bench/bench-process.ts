/** Runs a bench in a process of its own: namespaces, memory and compiled code of one do not reach the next. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { BenchRow } from './bench.ts';
import { inNamespaces } from './namespaces.ts';
import { showProgress } from './progress-line.ts';

/** A bench takes less than a minute; on a machine that others use, too, it may take longer. */
const boundMs = 150_000;

const children = new Set<ChildProcess>();

/** Ends all that runs; with the namespaces the kernel ends all that is in them. */
export function killBenches(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Resolves with what the bench prints as its last line. */
export function runInProcess(file: string, isolated: boolean): Promise<BenchRow[]> {
  const plain = [process.execPath, join(import.meta.dirname, 'one-bench.ts'), file];
  const [program = '', ...args] = isolated ? inNamespaces(plain) : plain;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let [out, errors, rest] = ['', '', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('progress ')) showProgress(line.slice('progress '.length));
      else errors += `${line}\n`;
    }
  });
  const late = setTimeout(() => child.kill('SIGKILL'), boundMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      children.delete(child);
      if (code === 0) resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '[]') as BenchRow[]);
      else reject(new Error(`${file} ended with ${signal ?? code}\n${errors}${rest}`));
    });
  });
}
