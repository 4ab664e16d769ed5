/** docs/peerpodctl.md has every command, option and exit code of the program, and other pages name commands that exist. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { peerpodctlPage, withParts } from '../../dev/docs/peerpodctl-page.ts';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import { peerpodctl } from '../../src/cli/commands.ts';
import { areas } from '../../src/cli/doctor/check.ts';

const page = readFileSync(peerpodctlPage, 'utf8');

test('the page is that of the table; renew it with node dev/docs/peerpodctl-page.ts', () => {
  assert.equal(page, withParts(page));
});

test('each area of doctor is on the page', () => {
  for (const area of areas) assert.match(page, new RegExp(`^\\| ${area} \\|`, 'm'), area);
});

test('every command line in the docs is understood', () => {
  const docs = join(import.meta.dirname, '../../docs');
  const files = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const wrong: string[] = [];
  for (const name of files) {
    const text = readFileSync(join(docs, name), 'utf8');
    for (const [, line = ''] of text.matchAll(/`peerpodctl ([a-z][^`\n]*)`/g)) {
      try {
        parseCommandLine(peerpodctl, line.trim().split(/\s+/));
      } catch (error) {
        wrong.push(`${name}: peerpodctl ${line}: ${error}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});
