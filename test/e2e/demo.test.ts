/** The demo as a test: real daemons, real sockets, a real tunnel, as root and as an ordinary user. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { lacks } from '../support/requirements.ts';

const demo = join(import.meta.dirname, '../../dev/demo/main.ts');

interface Document {
  readonly ok: boolean;
  readonly pods: readonly {
    readonly name: string;
    readonly http: { readonly status: number; readonly body: string };
    readonly exec: { readonly stdout: string; readonly exitCode: number };
  }[];
  readonly leftovers: readonly string[];
}

function runDemo(...args: string[]): Document {
  const result = spawnSync(process.execPath, [demo, '--output', 'json', ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.equal(result.status, 0, result.stderr);
  return JSON.parse(result.stdout) as Document;
}

test('three pods live side by side and leave nothing', (t) => {
  const namespaces = spawnSync('unshare', ['-Urn', 'true']).status === 0 || process.getuid?.() === 0;
  if (lacks(t, namespaces, 'network namespaces (root, or unprivileged user namespaces)')) return;
  const { ok, pods, leftovers } = runDemo('--pods', '3');
  assert.equal(ok, true);
  assert.deepEqual(leftovers, []);
  assert.deepEqual(
    pods.map((pod) => [pod.name, pod.http.status, pod.exec.stdout, pod.exec.exitCode]),
    [0, 1, 2].map((index) => [`pod-${index}`, 200, 'hello from an exec\n', 7]),
  );
  const namespacesSeen = new Set(pods.map((pod) => pod.http.body.split('namespace ')[1]));
  assert.equal(namespacesSeen.size, 3, 'each answer came from a network namespace of its own');
});

test('a malformed option is refused by name, with the usage', () => {
  const result = spawnSync(process.execPath, [demo, '--pods', 'many'], { encoding: 'utf8' });
  assert.equal(result.status, 2);
  assert.match(result.stderr, /--pods wants a whole number/);
});
