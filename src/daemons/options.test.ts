import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OptionSpec } from '@peerpods/provider';
import { parseOptions, renderHelp } from './options.ts';

const specs: readonly OptionSpec[] = [
  { flag: 'socket', env: 'SOCKET', kind: 'string', default: '/run/s', help: 'where to listen' },
  { flag: 'port', env: 'PORT', kind: 'integer', min: 1, max: 65_535, help: 'a port' },
  { flag: 'verify', env: 'VERIFY', kind: 'boolean', default: 'false', help: 'check first' },
  { flag: 'timeout', env: 'TIMEOUT', kind: 'duration', default: '5m', help: 'how long' },
  { flag: 'cidrs', env: 'CIDRS', kind: 'list', help: 'networks' },
  { flag: 'tags', env: 'TAGS', kind: 'key-value', help: 'tags' },
  { flag: 'key', env: 'KEY', kind: 'integer', secret: true, help: 'a secret number' },
];
const parse = (argv: readonly string[], env = {}) => parseOptions(specs, argv, env);

test('one or two dashes, a blank or an equals sign', () => {
  for (const argv of [['-port', '5'], ['--port', '5'], ['-port=5'], ['--port=5']]) {
    assert.equal(parse(argv).values.port, 5);
  }
});

test('a boolean takes a value only after an equals sign', () => {
  const { values, rest } = parse(['-verify', 'false', '-port', '5']);
  assert.equal(values.verify, true);
  assert.deepEqual(rest, ['false', '-port', '5']);
  assert.equal(parse(['-verify=false'], { VERIFY: '1' }).values.verify, false);
});

test('environment is the default, the command line wins, empty is unset', () => {
  assert.equal(parse([], { SOCKET: '/env' }).values.socket, '/env');
  assert.equal(parse(['-socket', '/flag'], { SOCKET: '/env' }).values.socket, '/flag');
  assert.equal(parse([], { SOCKET: '' }).values.socket, '/run/s');
  assert.equal(parse(['-socket='], { SOCKET: '/env' }).values.socket, '');
  assert.equal(parse([]).values.port, undefined);
});

test('lists are trimmed, durations are milliseconds', () => {
  assert.deepEqual(parse(['-cidrs', ' a, ,b ']).values.cidrs, ['a', 'b']);
  assert.equal(parse([]).values.timeout, 300_000);
});

test('lists and pairs add up, the environment first; a default counts only alone', () => {
  const argv = ['-cidrs', 'b', '-tags', 'k=1, x = y', '-cidrs=c,d', '-tags=k=2'];
  const { values } = parse(argv, { CIDRS: 'a', TAGS: 'k=0,z=' });
  assert.deepEqual(values.cidrs, ['a', 'b', 'c', 'd']);
  assert.deepEqual(values.tags, { k: '2', z: '', x: 'y' });
  const withDefault: readonly OptionSpec[] = [{ flag: 'l', env: 'L', kind: 'list', default: 'd', help: '' }];
  assert.deepEqual(parseOptions(withDefault, [], {}).values.l, ['d']);
  assert.deepEqual(parseOptions(withDefault, ['-l', 'f'], { L: 'e' }).values.l, ['e', 'f']);
});

test('a pair splits on its first equals sign; key and value may be empty', () => {
  assert.deepEqual(parse(['-tags', 'a=b=c,=v,k=']).values.tags, { a: 'b=c', '': 'v', k: '' });
  assert.deepEqual(parse(['-tags', 'k1=v1 k2=v2']).values.tags, { k1: 'v1 k2=v2' });
});

for (const [what, argv, env, named] of [
  ['a pair without an equals sign', ['-tags', 'a=b,c'], {}, /-tags: "a=b,c" "c" has no "="/],
  ['a trailing comma in pairs', [], { TAGS: 'a=b,' }, /TAGS/],
  ['trailing garbage', ['-port', '5x'], {}, /-port: "5x"/],
  ['a number out of bounds', ['-port', '70000'], {}, /-port.*between 1 and 65535/],
  ['a malformed variable', [], { TIMEOUT: '5' }, /TIMEOUT: "5"/],
  ['a malformed boolean variable', [], { VERIFY: 'maybe' }, /VERIFY/],
  ['an unknown option', ['-nope'], {}, /unknown option -nope/],
  ['a value that is missing', ['-port'], {}, /-port needs a value/],
] as const) {
  test(`${what} stops the start by name`, () => {
    assert.throws(() => parse(argv, env), { code: 'E_SETTING', message: named });
  });
}

test('the value of a secret is never repeated', () => {
  assert.throws(
    () => parse(['-key', 'hunter2']),
    (error: Error) => !error.message.includes('hunter2') && error.message.includes('-key'),
  );
});

test('help is asked for in four ways and names everything', () => {
  for (const word of ['-h', '--h', '-help', '--help']) assert.equal(parse([word, '-nope']).help, true);
  const text = renderHelp(specs);
  for (const spec of specs) assert.ok(text.includes(`-${spec.flag}`) && text.includes(spec.env ?? ''));
});
