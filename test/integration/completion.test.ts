/** The completion scripts in the real shells, with a peerpodctl that knows two pods. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { peerpodctl } from '../../src/cli/commands.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../src/cli/completion/zsh.ts';
import { lacksCommand } from '../support/requirements.ts';

const commands = (peerpodctl.subcommands ?? []).map(({ name }) => name).toSorted();

/** A folder with the script and a program that answers `get pods --output name`. */
function scene(context: TestContext, script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'script'), script);
  const program = join(folder, 'peerpodctl');
  writeFileSync(program, '#!/bin/sh\n[ "$*" = "get pods --output name" ] && printf "shop/web\\nshop/api\\n"\n');
  chmodSync(program, 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder, TERM: 'dumb' };
  return {
    run(command: string, args: readonly string[]): string {
      const { status, stdout, stderr } = spawnSync(command, args, {
        encoding: 'utf8',
        env,
        cwd: folder,
        timeout: 60_000,
      });
      assert.equal(status, 0, stderr);
      assert.equal(stderr, '');
      return stdout;
    },
    script: join(folder, 'script'),
  };
}

/** What each line is completed to; the last word is the one being written. */
function expectations(offers: (line: string) => readonly string[]): void {
  assert.deepEqual(offers('peerpodctl '), commands);
  assert.deepEqual(offers('peerpodctl de'), ['describe']);
  const resources = offers('peerpodctl get ');
  for (const name of ['pods', 'vms', 'tunnels', 'relays', 'capacity', 'events'])
    assert.ok(resources.includes(name), name);
  assert.deepEqual(offers('peerpodctl get pods '), ['shop/api', 'shop/web']);
  assert.deepEqual(offers('peerpodctl get po shop/w'), ['shop/web']);
  assert.deepEqual(offers('peerpodctl get pods --output '), ['json', 'name', 'table', 'wide']);
  assert.deepEqual(offers('peerpodctl describe --output '), ['json', 'table']);
  assert.deepEqual(offers('peerpodctl get pods --output json shop/a'), ['shop/api']);
  assert.deepEqual(offers('peerpodctl --socket /x describe shop/a'), ['shop/api']);
  assert.deepEqual(offers('peerpodctl sweep --dr'), ['--dry-run']);
  assert.deepEqual(offers('peerpodctl completion '), ['bash', 'fish', 'zsh']);
}

test('bash completes commands, pods, options and their values', (t) => {
  if (lacksCommand(t, 'bash')) return;
  const { run, script } = scene(t, bashCompletion(peerpodctl));
  expectations((line) => {
    const words = line.split(' ');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const call = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _peerpodctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = run('bash', ['--norc', '-c', `set -u; source '${script}'; ${call}`]);
    return out.split('\n').filter(Boolean).toSorted();
  });
});

test('fish completes commands, pods, options and their values', (t) => {
  if (lacksCommand(t, 'fish')) return;
  const { run, script } = scene(t, fishCompletion(peerpodctl));
  expectations((line) => {
    const out = run('fish', ['--no-config', '-c', `source '${script}'; complete --do-complete '${line}'`]);
    const words = out.split('\n').map((text) => text.split('\t')[0] ?? '');
    return words.filter(Boolean).toSorted();
  });
});

/** Without a terminal zsh's completion system does not run: what the function gives it is written down instead. */
const zshHarness = (script: string, line: string) => `
autoload -Uz compinit && compinit -u -d "$HOME/dump"
source '${script}'
typeset -ga offered
compadd() { local -a list; while (( $# )) && [[ $1 != -- ]]; do shift; done; shift; for each in "$@"; do offered+=("$each"); done }
_describe() { local name=\${@[-1]}; for each in "\${(@P)name}"; do offered+=("\${\${each%%:*}}"); done }
_files() { offered+=(FILES) }
words=(${line
  .split(' ')
  .map((word) => `'${word}'`)
  .join(' ')})
CURRENT=$#words
PREFIX=$words[-1]
_peerpodctl
for each in $offered; do [[ $each == $PREFIX* ]] && print -r -- $each; done
exit 0`;

test('zsh completes commands, pods, options and their values', (t) => {
  if (lacksCommand(t, 'zsh')) return;
  const { run, script } = scene(t, zshCompletion(peerpodctl));
  expectations((line) => {
    const out = run('zsh', ['-f', '-c', zshHarness(script, line)]);
    return out.split('\n').filter(Boolean).toSorted();
  });
});
