/** Compiles proto/*.proto into the static modules of src/codec/gen. With --check it only compares: a stale one fails. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'src/codec/gen');
const binaries = join(root, 'node_modules/.bin');
const staged = mkdtempSync(join(tmpdir(), 'proto-'));
const check = process.argv.includes('--check');

try {
  const names = readdirSync(import.meta.dirname)
    // Those of plugins are read at run time, by their host and by the plugins.
    .filter((name) => name.endsWith('.proto') && name !== 'provider.proto' && name !== 'grpc-health.proto')
    .map((name) => name.slice(0, -'.proto'.length));
  for (const name of names) {
    const module = join(staged, `${name}.js`);
    const source = join(import.meta.dirname, `${name}.proto`);
    const shape = ['--no-verify', '--no-convert', '--no-delimited', '--no-service', '--force-long', '--root', name];
    const pbjs = ['-t', 'static-module', '-w', 'es6', '--dependency', 'protobufjs/minimal.js', ...shape];
    execFileSync(process.execPath, [join(binaries, 'pbjs'), ...pbjs, '-o', module, source], { stdio: 'inherit' });
    execFileSync(process.execPath, [join(binaries, 'pbts'), '-o', join(staged, `${name}.d.ts`), module]);
  }
  for (const file of readdirSync(staged)) {
    const fresh = readFileSync(join(staged, file), 'utf8');
    if (!check) writeFileSync(join(target, file), fresh);
    else if (readFileSync(join(target, file), 'utf8') !== fresh) throw new Error(`src/codec/gen/${file} is stale`);
  }
} finally {
  rmSync(staged, { recursive: true });
}
