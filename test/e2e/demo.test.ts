/** The demo as a test: real daemons, real sockets, a real tunnel, as root and as an ordinary user. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { thisMachine, whatIsMissing } from '#dev/demo/namespaces.ts';
import { asOrdinaryUser } from '../support/namespace-command.ts';
import { lacks, lacksRoot } from '../support/requirements.ts';

const program = 'dev/demo/main.ts';
const demo = join(import.meta.dirname, '../..', program);

interface Document {
  readonly ok: boolean;
  readonly provider: string;
  readonly pods: readonly {
    readonly name: string;
    readonly steps: readonly { readonly name: string; readonly ms: number }[];
    readonly http: { readonly status: number; readonly body: string };
    readonly exec: { readonly stdout: string; readonly exitCode: number };
  }[];
  readonly leftovers: readonly string[];
}

function lacksNamespaces(context: TestContext): boolean {
  const missing = whatIsMissing(thisMachine);
  return lacks(context, missing === undefined, `namespaces for the demo: ${missing}`);
}

function run(command: readonly string[], timeout = 120_000) {
  const [file = '', ...args] = command;
  return spawnSync(file, args, { encoding: 'utf8', timeout });
}

/** Runs it for `pods` pods and checks the one document on stdout, to the last key. */
function checkDemo(command: readonly string[], pods: number): void {
  const { status, stdout, stderr } = run([...command, '--output', 'json', '--pods', String(pods)]);
  assert.equal(status, 0, stderr);
  const document = JSON.parse(stdout) as Document;
  assert.deepEqual(Object.keys(document), ['ok', 'provider', 'pods', 'leftovers']);
  assert.deepEqual({ ...document, pods: [] }, { ok: true, provider: 'local', pods: [], leftovers: [] });
  assert.equal(document.pods.length, pods);
  document.pods.forEach((pod, index) => {
    assert.deepEqual(Object.keys(pod).sort(), ['exec', 'http', 'name', 'steps']);
    assert.equal(pod.name, `pod-${index}`);
    assert.deepEqual(pod.exec, { stdout: 'hello from an exec\n', exitCode: 7 });
    assert.equal(pod.http.status, 200);
    assert.match(pod.http.body, new RegExp(`^hello from pod-${index}, network namespace net:`));
    for (const step of pod.steps) assert.deepEqual(Object.keys(step), ['name', 'ms']);
    const names = pod.steps.map(({ name }) => name);
    assert.deepEqual([names.at(0), names.at(1), names.at(-1)], ['CreateVM', 'StartVM', 'StopVM']);
  });
  const namespaces = new Set(document.pods.map((pod) => pod.http.body.split('namespace ')[1]));
  assert.equal(namespaces.size, pods, 'each answer came from a network namespace of its own');
}

test('one pod lives and leaves nothing, and so does one right afterwards', (t) => {
  if (lacksNamespaces(t)) return;
  checkDemo([process.execPath, demo], 1);
  checkDemo([process.execPath, demo], 1);
});

test('twenty pods live side by side and leave nothing', { timeout: 280_000 }, (t) => {
  if (lacksNamespaces(t)) return;
  checkDemo([process.execPath, demo], 20);
});

test('an ordinary user has three pods as well, with nothing of root', (t) => {
  if (lacksRoot(t) || lacksNamespaces(t)) return;
  checkDemo(asOrdinaryUser(program, []), 3);
});

test('without a terminal the steps come as plain lines with durations', (t) => {
  if (lacksNamespaces(t)) return;
  const { status, stdout, stderr } = run([process.execPath, demo]);
  assert.equal(status, 0, stderr);
  assert.ok(!stdout.includes('\u001b') && !stdout.includes('\r'));
  const lines = stdout.trimEnd().split('\n');
  const steps = lines.filter((line) => line.startsWith('✓'));
  assert.ok(steps.length > 15);
  for (const line of steps) assert.match(line, / \d+\.\d+ m?s/);
  assert.match(stdout, /tunnel: HTTP .*round trip \d+ µs, \d+ MB\/s/);
  assert.match(stdout, /relay: Check, ReadStdout .*round trip \d+ µs, \d+ MB\/s/);
  assert.match(lines.at(-1) ?? '', /^ok: 1 pod/);
});

test('on a terminal the running step is shown, and the line is cleared at the end', (t) => {
  if (lacksNamespaces(t) || lacks(t, run(['script', '--version']).status === 0, 'the program script')) return;
  const { status, stdout } = run(['script', '-qfec', `'${process.execPath}' '${demo}'`, '/dev/null']);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /… pod-0 {4}StartVM/);
  assert.match(stdout.split('\n').at(-2) ?? '', /^ok: 1 pod/);
});

for (const [words, complaint] of [
  [['--pods', 'many'], /--pods wants a whole number/],
  [['--pods', '0'], /--pods wants a whole number/],
  [['--output', 'xml'], /--output wants text or json/],
  [['--provider', 'aws'], /only local/],
  [['--colour'], /colour/],
] as const) {
  test(`${words.join(' ')} is refused by name, with the usage, exit code 2`, () => {
    const { status, stderr, stdout } = run([process.execPath, demo, ...words]);
    assert.equal(status, 2);
    assert.match(stderr, complaint);
    assert.match(stderr, /--pods N/);
    assert.equal(stdout, '');
  });
}

test('where no namespaces can be made it says why and what to do, exit code 3', (t) => {
  if (lacksRoot(t)) return;
  // In a user namespace without any further ones, as a machine that has them switched off.
  const off = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
  const outer = ['unshare', '--user', '--map-root-user', 'sh', '-c', off, 'sh'];
  const inner = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'];
  const { status, stdout, stderr } = run([...outer, ...inner, process.execPath, demo]);
  assert.equal(status, 3, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /the demo cannot run on this machine/);
  assert.match(stderr, /CAP_SYS_ADMIN|user\.max_user_namespaces/);
});
