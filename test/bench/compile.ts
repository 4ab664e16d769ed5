/** Builds the small C and Go programs of the benches when they are needed; a C compiler is there, since the addon needs it. */

import { execFileSync, spawnSync } from 'node:child_process';
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

/** Path of the program built from the Go module in `folder`; undefined without Go, or where its modules cannot be had. */
export function buildGo(folder: string): string | undefined {
  const program = join(cache, basename(folder));
  mkdirSync(cache, { recursive: true });
  const cwd = join(import.meta.dirname, folder);
  return spawnSync('go', ['build', '-o', program, '.'], { cwd, stdio: 'ignore' }).status === 0 ? program : undefined;
}
