/** Builds the small C and Go programs of the benches when they are needed; a C compiler is there, since the addon needs it. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';

const cache = join(import.meta.dirname, '../../node_modules/.cache/bench');

/** Path of the program built from `source` (relative to this folder); built anew when the source has changed. */
export function compileC(source: string): string {
  const path = join(import.meta.dirname, source);
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
  const program = join(cache, `${basename(source, '.c')}-${digest}`);
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    const staged = `${program}.${process.pid}`;
    execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-pthread', '-o', staged, path], { stdio: 'inherit' });
    renameSync(staged, program);
  }
  return program;
}

/** Path of the program built from the Go module in `folder` (relative to this one). Its modules come from the Go proxy. */
export function buildGo(folder: string): string {
  const program = join(cache, basename(folder));
  mkdirSync(cache, { recursive: true });
  execFileSync('go', ['build', '-o', program, '.'], { cwd: join(import.meta.dirname, folder), stdio: 'pipe' });
  return program;
}
