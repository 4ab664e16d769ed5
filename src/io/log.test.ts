import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { openLog } from './log.ts';

function logTo(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const fd = openSync(join(folder, 'log'), 'a');
  t.after(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  const log = openLog({ component: 'test', level: 'debug', fd });
  const lines = () =>
    readFileSync(join(folder, 'log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { log, lines };
}

test('an event is one JSON line with level, time, component and its fields', (t) => {
  const { log, lines } = logTo(t);
  log.child({ sandboxId: 'abc' }).warn({ attempt: 3 }, 'release goes on');
  log.trace({}, 'below the level');
  const [line, ...others] = lines();
  assert.deepEqual(others, []);
  const { time, ...rest } = line;
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  const expected = { level: 'warn', component: 'test', sandboxId: 'abc', attempt: 3, msg: 'release goes on' };
  assert.deepEqual(rest, expected);
});

test('an error is logged as code, message and causes, without the fields that an SDK hangs on it', (t) => {
  const { log, lines } = logTo(t);
  const sdk = Object.assign(new Error('refused'), { code: 'EREFUSED', request: { UserData: 'canary' } });
  const error = new PeerPodError('E_POD_VM_CREATE', 'create', { cause: sdk });
  log.error({ error, err: sdk, reason: new AggregateError([sdk, new Error('x')]) }, 'failed');
  const [line] = lines();
  assert.deepEqual(line.error, { code: 'E_POD_VM_CREATE', message: 'E_POD_VM_CREATE: create', causes: ['refused'] });
  assert.deepEqual(line.err, { code: 'EREFUSED', message: 'refused' });
  assert.deepEqual(line.reason, { message: 'refused; x' });
  assert.ok(!JSON.stringify(line).includes('canary'));
});

test('secrets, keys, bytes and endless texts are not written', (t) => {
  const { log, lines } = logTo(t);
  const key = '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----';
  const cyclic: Record<string, unknown> = { big: 1n };
  cyclic.self = cyclic;
  const nested = { list: [{ key: new Secret('canary') }], text: `with ${key}`, bytes: Buffer.from('canary') };
  log.info({ nested, cyclic, long: 'y'.repeat(100_000) }, 'event');
  const [line] = lines();
  const text = JSON.stringify(line);
  assert.ok(!text.includes('canary') && text.length < 5000, text.slice(0, 500));
  assert.equal(line.nested.bytes, '6 bytes');
  assert.equal(line.cyclic.big, '1');
});
