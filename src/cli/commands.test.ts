import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#io/system-clock.ts';
import type { Command, World } from './command.ts';
import { optionsOf, parseCommandLine, pathText } from './command-line.ts';
import { peerpodctl } from './commands.ts';
import { renderHelp } from './help.ts';
import { runCommandLine } from './run.ts';

function everyPath(path: readonly Command[]): (readonly Command[])[] {
  return [path, ...(path.at(-1)?.subcommands ?? []).flatMap((sub) => everyPath([...path, sub]))];
}
const paths = everyPath([peerpodctl]);

async function ran(argv: readonly string[]) {
  let out = '';
  let err = '';
  const world: World = {
    env: {},
    clock: systemClock,
    write: (text) => {
      out += text;
    },
    remark: (text) => {
      err += text;
    },
    isTerminal: false,
    signal: new AbortController().signal,
  };
  const code = await runCommandLine(peerpodctl, argv, world);
  return { code, out, err };
}

test('each command has help that names its subcommands, arguments and options, and has examples', async () => {
  for (const path of paths) {
    const command = path.at(-1);
    assert.ok(command);
    const { code, out, err } = await ran([...path.slice(1).map(({ name }) => name), '--help']);
    assert.deepEqual([code, err], [0, ''], pathText(path));
    assert.equal(out, renderHelp(path));
    assert.ok(out.startsWith(`${command.summary}.\n`));
    for (const { name } of [...(command.subcommands ?? []), ...(command.args ?? [])]) {
      assert.match(out, new RegExp(`^  ${name}\\b`, 'm'), `${pathText(path)}: ${name}`);
    }
    for (const { name } of optionsOf(path)) assert.ok(out.includes(`--${name}`), `${pathText(path)}: --${name}`);
    assert.ok(command.examples.length > 0, `${pathText(path)} has examples`);
    assert.ok(command.run || command.subcommands, `${pathText(path)} does something`);
    assert.ok(out.split('\n').every((line) => line.length <= 120 && line === line.trimEnd()));
  }
});

test('every example on a command line of ours is understood', () => {
  const lines = paths.flatMap((path) => (path.at(-1)?.examples ?? []).map(({ line }) => line));
  for (const line of lines) {
    const own = /(?:^| |\()peerpodctl ([^|>)]*)/.exec(line)?.[1]?.trim() ?? '';
    assert.doesNotThrow(() => parseCommandLine(peerpodctl, own.split(/\s+/)), line);
  }
});

test('no two commands or options of one place share a name, and an option means the same everywhere', () => {
  const meanings = new Map<string, string>();
  for (const path of paths) {
    const words = (path.at(-1)?.subcommands ?? []).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    assert.equal(new Set(words).size, words.length, pathText(path));
    for (const { name, short, value } of optionsOf(path)) {
      const meaning = `${short ?? ''} ${value ?? ''}`;
      assert.equal(meanings.get(name) ?? meaning, meaning, `--${name} of ${pathText(path)}`);
      meanings.set(name, meaning);
      if (short) assert.equal(meanings.get(`-${short}`) ?? name, name);
      if (short) meanings.set(`-${short}`, name);
    }
  }
});

test('nothing, help, and help of a command are help; a wrong word ends with 2 and says what would be right', async () => {
  assert.equal((await ran([])).out, (await ran(['--help'])).out);
  assert.equal((await ran(['help', 'get', 'pods'])).out, (await ran(['get', 'pods', '--help'])).out);
  const wrong = await ran(['get', 'podz']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^peerpodctl: peerpodctl get has no command "podz", one of pods, vms,/);
});

test('what only a worker can tell is not asked of the cluster', async () => {
  for (const line of ['top', 'logs adaptor', 'sweep', 'sandboxes', 'show web', 'get tunnels', 'get relays']) {
    const { code, err } = await ran([...line.split(' '), '--cluster']);
    assert.equal(code, 2, line);
    assert.match(err, /only a worker/, line);
  }
  const configs = await ran(['get', 'configs']);
  assert.deepEqual([configs.code, configs.err], [2, 'peerpodctl: configs are of the whole cluster: add --cluster\n']);
});

test('without a daemon every command that asks ends with 3 and says what to do', async () => {
  const asking = ['get pods', 'describe web', 'top', 'logs adaptor', 'logs web', 'sweep', 'sandboxes', 'show web'];
  for (const line of asking) {
    const { code, out, err } = await ran([...line.split(' '), '--socket', '/nowhere/a.sock']);
    assert.deepEqual([code, out], [3, ''], line);
    assert.match(err, /nobody answers at \/nowhere\/a\.sock: there is no such socket\.\nIs cloud-api-adaptor running/);
  }
});
