/** Our ttrpc against the Go library that Kata's shim links, in both directions. */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RpcError, rpcStatus, statusCodes } from '#codec/ttrpc/status.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { lacksCommand } from '../support/requirements.ts';

const source = join(import.meta.dirname, 'go');
const program = join(import.meta.dirname, '../../node_modules/.cache/ttrpc-interop');

function workplace(context: TestContext): string | undefined {
  if (lacksCommand(context, 'go')) return undefined;
  execFileSync('go', ['build', '-o', program, '.'], { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'interop-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 's');
}

/** google.protobuf.StringValue */
const encodeText = (text: string) => {
  const bytes = Buffer.from(text);
  assert.ok(bytes.length < 128);
  return Buffer.concat([Buffer.of(0x0a, bytes.length), bytes]);
};
const decodeText = (payload: Uint8Array) => Buffer.from(payload.subarray(2)).toString();

test('the Go client calls our server', async (t) => {
  const path = workplace(t);
  if (!path) return;
  const echo = {
    Echo: async (payload: Uint8Array, call: { metadata: readonly { key: string; value: string }[] }) => {
      const suffix = call.metadata.find((entry) => entry.key === 'suffix')?.value;
      return suffix === undefined ? payload : encodeText(decodeText(payload) + suffix);
    },
    Fail: () => Promise.reject(new RpcError(rpcStatus('not_found', 'no such thing'))),
    Wait: (_: Uint8Array, { signal }: { signal: AbortSignal }) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
  await using server = new TtrpcServer({ services: { 'interop.Echo': echo }, clock: systemClock });
  const listener = await listenUnix(path, (socket) => server.serve(socket));
  t.after(() => listener.close());
  const client = spawn(program, ['client', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  client.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  client.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => client.on('exit', resolve));
  assert.equal(code, 0, `${stdout}${stderr}`);
  assert.equal(stdout.trim().split('\n').length, 9, 'every check was made');
});

test('our client calls the Go server', async (t) => {
  const path = workplace(t);
  if (!path) return;
  const peer = spawn(program, ['server', path], { stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => peer.kill('SIGKILL'));
  while (!existsSync(path)) {
    assert.equal(peer.exitCode, null, 'the Go server ended');
    spawnSync('sleep', ['0.01']);
  }
  await using client = new TtrpcClient(await dialUnix(path), { clock: systemClock });
  const echo = (method: string, text: string, options = {}) =>
    client.call('interop.Echo', method, encodeText(text), options);
  assert.equal(decodeText(await echo('Echo', 'hello')), 'hello');
  const suffix = { metadata: [{ key: 'suffix', value: '!' }] };
  assert.equal(decodeText(await echo('Echo', 'hello', suffix)), 'hello!');
  const waiting = echo('Wait', '', { timeoutMs: 100 });
  await assert.rejects(echo('Fail', ''), { rpcStatus: rpcStatus('not_found', 'no such thing') });
  await assert.rejects(echo('Nothing', ''), {
    rpcStatus: { code: statusCodes.unimplemented, message: 'method Nothing', details: [] },
  });
  await assert.rejects(client.call('interop.Nowhere', 'Echo', new Uint8Array(0)), { status: 'unimplemented' });
  await assert.rejects(client.call('interop.Echo', 'Echo', Buffer.from('ff', 'hex')), /E_RPC/);
  await assert.rejects(waiting, { status: 'deadline_exceeded' });
  const many = await Promise.all(Array.from({ length: 200 }, (_, index) => echo('Echo', String(index))));
  assert.deepEqual(
    many.map(decodeText),
    Array.from({ length: 200 }, (_, index) => String(index)),
  );
});
