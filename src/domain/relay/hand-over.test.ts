import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openReceiver } from './hand-over.ts';

function receiverPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'relay.sock.in0');
}

test('what a relay left that was killed while it took over is in nobody’s way', async (context) => {
  const path = receiverPath(context);
  const program = `const { openReceiver } = await import(${JSON.stringify(import.meta.resolve('./hand-over.ts'))});
    globalThis.receiver = openReceiver(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000);`;
  const killed = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.ok(existsSync(path), 'it left its socket');
  openReceiver(path)[Symbol.dispose]();
  assert.equal(existsSync(path), false);
});

test('a relay that is taking over keeps its receiver', (context) => {
  const path = receiverPath(context);
  using receiver = openReceiver(path);
  assert.throws(() => openReceiver(path), { code: 'EADDRINUSE' });
  assert.ok(existsSync(receiver.path));
});
