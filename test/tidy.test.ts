/** The house rules as a test: direction of imports, sizes, banned calls, documented folders. */

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importsOf, product, read, root, sources, target } from './support/sources.ts';

const linesMax = 400;

const floors: Record<string, number> = { base: 0, codec: 1, io: 2, domain: 3, daemons: 4, cli: 5 };

/** What a file may be imported by: src floors by number, packages and dev by name. */
function place(path: string): string {
  const [top = '', second = '', third = ''] = path.split('/');
  if (top === 'src') return second === 'daemons' && third.includes('.') ? 'daemons' : second;
  if (top === 'providers') return `providers/${second}`;
  return top;
}

function mayImport(from: string, to: string): boolean {
  const [fromPlace, toPlace] = [place(from), place(to)];
  if (fromPlace === toPlace || fromPlace === 'dev' || fromPlace === 'podvm') return toPlace !== 'test';
  const [fromFloor, toFloor] = [floors[fromPlace], floors[toPlace]];
  if (fromFloor !== undefined && toFloor !== undefined) return toFloor < fromFloor;
  if (toPlace === 'native')
    return fromFloor !== undefined ? fromPlace !== 'base' : /^providers\/(local|qemu)$/.test(fromPlace);
  if (toPlace === 'providers/contract') return fromPlace.startsWith('providers/') || (fromFloor ?? 0) >= 3;
  if (toPlace.startsWith('providers/')) return fromPlace === 'daemons';
  return false;
}

test('imports point down', () => {
  const wrong = product.flatMap((path) =>
    importsOf(path)
      .map((specifier) => target(path, specifier))
      .filter((to) => to !== undefined && !mayImport(path, to))
      .map((to) => `${path} imports ${to}`),
  );
  assert.deepEqual(wrong, []);
});

test('no daemon imports another, and in domain only sandbox composes', () => {
  const wrong = product.flatMap((path) => {
    const [, floor, own] = path.split('/');
    if (floor !== 'daemons' && floor !== 'domain') return [];
    return importsOf(path).flatMap((specifier) => {
      const to = target(path, specifier)?.split('/') ?? [];
      if (to[0] !== 'src' || to[1] !== floor || to.length < 4 || to[2] === own) return [];
      return floor === 'domain' && own === 'sandbox' ? [] : [`${path} imports ${to.join('/')}`];
    });
  });
  assert.deepEqual(wrong, []);
});

test(`no file is longer than ${linesMax} lines`, () => {
  const long = sources
    .map((path) => [path, read(path).split('\n').length] as const)
    .filter(([, lines]) => lines > linesMax);
  assert.deepEqual(long, []);
});

test('each file says in its first line what it is', () => {
  const silent = sources.filter((path) => {
    const text = read(path);
    return !path.endsWith('.test.ts') && !/^(#![^\n]*\n)?\/\*\*/.test(text);
  });
  assert.deepEqual(silent, []);
});

test('clock, randomness and environment are arguments', () => {
  const allowed = /^(src\/io\/system-clock\.ts|src\/(daemons|cli)\/|dev\/|native\/build\.ts|proto\/)/;
  const banned = /\b(Date\.now|setTimeout|setInterval|Math\.random|process\.env)\b/;
  const wrong = product.filter((path) => path.startsWith('src') && !allowed.test(path) && banned.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('nothing executable is left in the tree by accident', () => {
  const executable = sources.filter((path) => !path.endsWith('main.ts') && statSync(join(root, path)).mode & 0o111);
  assert.deepEqual(executable, []);
});
