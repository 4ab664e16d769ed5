/** docs/coverage.md says the truth: each row is there once, each named test exists under its name. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/coverage.md'), 'utf8');
const [, behaviours = '', weaknesses = ''] = document.split(/^## .*$/m);

const rowsOf = (section: string) =>
  section
    .split('\n')
    .map((line) => /^\| (\d+) \| (.+) \| (.+) \|$/.exec(line))
    .filter((match) => match !== null)
    .map(([, number, subject = '', tests = '']) => ({ number: Number(number), subject, tests }));

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test('every row is there, in order, once', () => {
  assert.deepEqual(
    rowsOf(behaviours).map(({ number }) => number),
    upTo(17),
  );
  assert.deepEqual(
    rowsOf(weaknesses).map(({ number }) => number),
    upTo(23),
  );
});

test('every row names a test, or says what is not there yet', () => {
  for (const { number, tests } of [...rowsOf(behaviours), ...rowsOf(weaknesses)]) {
    for (const entry of tests.split('<br>')) {
      assert.match(entry, /^(`[\w/.-]+\.test\.ts`: "[^"]+"|not yet: .{5,})$/, `row ${number}`);
    }
  }
});

/** What stands between the quotes of a test's name in the source; templates keep their placeholders. */
function testNames(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const calls = /\b(?:test|it|describe)\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|`((?:\\.|[^`\\])*)`)/g;
  const direct = [...text.matchAll(calls)].map(([, single, double, template]) => single ?? double ?? template ?? '');
  // Names that are put together before: `const name = …` is then what test( is given.
  const kept = [...text.matchAll(/\bconst name = `((?:\\.|[^`\\])*)`/g)].map(([, template]) => template ?? '');
  return [...direct, ...kept].map((name) => name.replaceAll("\\'", "'"));
}

test('each named test exists', () => {
  const missing = [...document.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"]+)"/g)].filter(([, file = '', name = '']) => {
    return !existsSync(join(root, file)) || !testNames(file).some((one) => one.includes(name));
  });
  assert.deepEqual(
    missing.map(([entry]) => entry),
    [],
  );
});
