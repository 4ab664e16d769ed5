/** House rules on what is in a file: tests beside units, short functions, no ways around the types, nothing dead. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { codeOf, filesBelow, importsOf, product, read, root, sources, target } from './support/sources.ts';

const functionLinesMax = 70;

/** Units of the two lowest floors that have no test beside them. It may only become shorter. */
const withoutTest: readonly string[] = [];

test('each unit of base and codec has its test beside it', () => {
  const untested = product
    .filter((path) => /^src\/(base|codec)\//.test(path))
    .filter((path) => !existsSync(join(root, path.replace(/\.ts$/, '.test.ts'))));
  assert.deepEqual(untested, withoutTest);
});

/** Blocks of code by their lines; what stands before the brace tells what they are. */
function longFunctions(path: string, text: string): string[] {
  const code = codeOf(text);
  const open: { line: number; before: string }[] = [];
  const long: string[] = [];
  let line = 1;
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at];
    if (character === '\n') line += 1;
    if (character === '{') open.push({ line, before: code.slice(Math.max(0, at - 400), at).trimEnd() });
    if (character !== '}') continue;
    const block = open.pop();
    if (block && line - block.line + 1 > functionLinesMax && !isNoFunction(block.before)) {
      long.push(`${path}:${block.line}, ${line - block.line + 1} lines`);
    }
  }
  assert.deepEqual(open, [], `${path}: every brace is closed`);
  return long;
}

/** Of a class, an interface, or a value: an object, a type, what is exported or imported. */
function isNoFunction(before: string): boolean {
  const isValue = /[=(,:[?|&<]$|\b(?:return|export|import|default|type|satisfies|extends|keyof)$/;
  return isValue.test(before) || /\b(?:class|interface)\b[^{}();]*$/.test(before);
}

/** Files with longer ones. It may only become shorter. */
const withLongFunctions: ReadonlySet<string> = new Set(['providers/azure/arm-api.ts']);

test(`no function is longer than ${functionLinesMax} lines`, () => {
  assert.deepEqual(
    product.filter((path) => !withLongFunctions.has(path)).flatMap((path) => longFunctions(path, read(path))),
    [],
  );
});

test('a long function is found however it is written, a long class or table is not one', () => {
  const body = '\n'.repeat(functionLinesMax);
  const functions = [
    `function f(a: { b: string }) {${body}}`,
    `async function f(): Promise<void> {${body}}`,
    `const f = (a: string): string => {${body}};`,
    `class C { m(): Promise<{ a: number }> {${body}} }`,
    `class C { get m() {${body}} }`,
    `describe('x', async () => {${body}});`,
    `for (;;) {${body}}`,
  ];
  for (const text of functions) assert.equal(longFunctions('f', text).length, 1, text);
  const others = [
    `class C<T> extends D implements E<T> {${body}}`,
    `interface I extends J<K> {${body}}`,
    `const table = {${body}} as const;`,
    `call({${body}});`,
    `type T = {${body}};`,
    `function f() {${'\n'.repeat(functionLinesMax - 1)}}`,
    `const text = '{'; // {${body}`,
  ];
  for (const text of others) assert.deepEqual(longFunctions('f', text), [], text);
});

test('nothing goes around the types', () => {
  const inCode = /\bas any\b|<any>/; // the linter finds the annotations
  const inComments = /@ts-(?:ignore|nocheck|expect-error)/;
  const here = 'test/tidy-code.test.ts';
  const wrong = [...sources, ...filesBelow('test')]
    .filter((path) => path !== here)
    .filter((path) => inCode.test(codeOf(read(path))) || inComments.test(read(path)));
  assert.deepEqual(wrong, []);
});

test('no folder or file has a name that says nothing', () => {
  const silent = /(^|\/)[^/]*\b(utils?|common|helpers?|managers?|misc)\b[^/]*(\/|$)/;
  assert.deepEqual(
    [...sources, ...filesBelow('test')].filter((path) => silent.test(path)),
    [],
  );
});

/** What is started by its path instead of imported: a name in quotes. */
function startedFrom(path: string): string[] {
  const names = new Set([...read(path).matchAll(/['/]([\w.-]+\.ts)'/g)].map((match) => match[1]));
  return product.filter((other) => names.has(basename(other)));
}

/** Entries: programs, packages, and what a package offers beside its index. */
const entry = /(^|\/)main\.ts$|^providers\/[^/]+\/index\.ts$|^native\/index\.ts$|^proto\/generate\.ts$/;

/** Made before what will use it. It may only become shorter. */
const notYetUsed: ReadonlySet<string> = new Set(['src/domain/podvm/assign.ts']);

test('every product file is reached from an entry', () => {
  const offered = filesBelow('test').flatMap((path) => importsOf(path).map((specifier) => [specifier, path] as const));
  // A conformance suite or a development tool is there for tests.
  const forTests = offered
    .map(([specifier, path]) => target(path, specifier))
    .filter((path) => path !== undefined && /^(dev|providers)\//.test(path));
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path) || !product.includes(path)) return;
    reached.add(path);
    for (const specifier of importsOf(path)) {
      const next = target(path, specifier);
      if (next !== undefined) visit(next);
    }
    for (const next of startedFrom(path)) visit(next);
  };
  for (const path of product.filter((one) => entry.test(one))) visit(path);
  for (const path of forTests) visit(path as string);
  assert.deepEqual(
    product.filter((path) => !reached.has(path) && !notYetUsed.has(path)),
    [],
  );
});

test('the reader of code sees through strings, templates, comments and regular expressions', () => {
  // § stands for a dollar sign: the linter wants no placeholders in plain strings.
  const samples: [string, string][] = [
    ["a('{') // {", 'a(   )'],
    ['`{§{b({ c })}}`;', '    b({ c })   ;'],
    ['x = /[/{]}/g; y / z; /* { */', 'x =         ; y / z;'],
    ["return /{/.test('\\'}');", 'return    .test(     );'],
    ['`a§{`b§{c}`}{` + d', '        c      + d'],
  ];
  for (const [sample, code] of samples) {
    const text = sample.replaceAll('§', '$');
    assert.equal(codeOf(text), code.padEnd(text.length), text);
  }
});
