import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenUnix } from './unix-listener.ts';

function socketPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'listen-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'test.sock');
}

function greeting(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    connect(path)
      .on('data', (chunk) => {
        text += chunk;
      })
      .on('end', () => resolve(text))
      .on('error', reject);
  });
}

test('the socket is private and goes with its listener', async (t) => {
  const path = socketPath(t);
  const listener = await listenUnix(path, (socket) => socket.end('one'));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(await greeting(path), 'one');
  await listener.close();
  assert.deepEqual(readdirSync(join(path, '..')), []);
  await listener.close();
});

test('a successor takes the path over, and the predecessor leaves it alone', async (t) => {
  const path = socketPath(t);
  const old = await listenUnix(path, (socket) => socket.end('old'));
  const successor = await listenUnix(path, (socket) => socket.end('new'));
  await old.close();
  assert.ok(existsSync(path));
  assert.equal(await greeting(path), 'new');
  await successor.close();
});

test('a path that does not fit in sun_path is refused by name', async (t) => {
  const path = join(socketPath(t), 'x'.repeat(100));
  await assert.rejects(
    listenUnix(path, () => {}),
    { code: 'E_ARGUMENT', message: /too long/ },
  );
});
