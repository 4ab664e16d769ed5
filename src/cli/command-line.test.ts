import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import type { Command } from './command.ts';
import { parseCommandLine, pathText } from './command-line.ts';

const run = async () => 0;
const output = { name: 'output', short: 'o', value: 'FORMAT', choices: ['table', 'json'], help: 'how' };
const root: Command = {
  name: 'ctl',
  summary: 'A program',
  examples: [],
  options: [{ name: 'socket', value: 'PATH', help: 'where' }],
  subcommands: [
    {
      name: 'get',
      summary: 'Lists',
      examples: [],
      subcommands: [
        {
          name: 'pods',
          aliases: ['po'],
          summary: 'Pods',
          examples: [],
          args: [{ name: 'NAME', isRequired: false, help: 'one' }],
          options: [output, { name: 'count', value: 'N', help: 'how many' }],
          run,
        },
      ],
    },
    {
      name: 'completion',
      summary: 'Scripts',
      examples: [],
      args: [{ name: 'SHELL', isRequired: true, choices: ['bash'], help: 'which' }],
      run,
    },
  ],
};

const refusal = (text: RegExp) => (error: unknown) => isPeerPodError(error, 'E_SETTING') && text.test(error.message);

test('words choose the command, aliases too, and options may stand anywhere', () => {
  for (const line of ['get pods web -o json', '--socket /s get po web --output json', 'get -o json pods web']) {
    const { path, invocation } = parseCommandLine(root, line.split(' '));
    assert.equal(pathText(path), 'ctl get pods', line);
    assert.deepEqual(invocation.words, ['web'], line);
    assert.equal(invocation.text('output'), 'json', line);
  }
  assert.equal(parseCommandLine(root, ['--socket=/s', 'get', 'pods']).invocation.text('socket'), '/s');
});

test('a name that is also a command is a name where a name belongs', () => {
  const { path, invocation } = parseCommandLine(root, ['get', 'pods', 'pods']);
  assert.equal(pathText(path), 'ctl get pods');
  assert.deepEqual(invocation.words, ['pods']);
});

test('what is wrong is said, with the command whose help tells more', () => {
  const wrong: [string, RegExp][] = [
    ['get', /ctl get needs a command, one of pods\nSee: ctl get --help/],
    ['get nodes', /ctl get has no command "nodes", one of pods/],
    ['frob', /ctl has no command "frob"/],
    ['get pods a b', /unexpected argument "b"\nSee: ctl get pods --help/],
    ['get pods -o xml', /--output xml is none of table, json/],
    ['get pods --nothing', /Unknown option '--nothing'/],
    ['get pods --output', /'-o, --output <value>' argument missing/],
    ['completion', /ctl completion needs SHELL, one of bash/],
    ['completion csh', /SHELL "csh" is none of bash/],
  ];
  for (const [line, text] of wrong) assert.throws(() => parseCommandLine(root, line.split(' ')), refusal(text), line);
});

test('help is asked for at every level, whatever is missing', () => {
  for (const line of ['--help', 'get -h', 'get pods --help', 'completion --help']) {
    assert.ok(parseCommandLine(root, line.split(' ')).wantsHelp, line);
  }
});

test('numbers are whole and within bounds', () => {
  const number = (line: string) =>
    parseCommandLine(root, line.split(' ')).invocation.number('count', 7, { min: 1, max: 9 });
  assert.equal(number('get pods'), 7);
  assert.equal(number('get pods --count 9'), 9);
  for (const bad of ['0', '10', '1.5', 'x']) {
    assert.throws(
      () => number(`get pods --count ${bad}`),
      refusal(/--count .* is not a whole number from 1 to 9/),
      bad,
    );
  }
});
