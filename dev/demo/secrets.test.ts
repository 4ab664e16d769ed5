import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SecretWatch } from './secrets.ts';

const newKey = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

test('a key that was seen is known again on one line, in JSON, and without its armour; another key is not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'pod'));
  const key = newKey();
  writeFileSync(join(folder, 'pod/client.key'), key);
  const watch = new SecretWatch();
  watch.learn(folder);
  assert.equal(watch.count, 1);
  const body = key.replaceAll(/-----.*-----|\n/g, '');
  assert.ok(watch.isIn(`{"msg":"key ${body}"}`));
  assert.ok(watch.isIn(JSON.stringify({ key: key.replaceAll(/-----.*-----/g, '') })));
  assert.ok(watch.isIn(newKey()), 'armour alone gives any key away');
  assert.ok(!watch.isIn(newKey().replaceAll(/-----.*-----|\n/g, '')));
  assert.ok(!watch.isIn('nothing secret here'));
  assert.deepEqual(watch.found(folder), [`secret in ${join(folder, 'pod/client.key')}`]);
});
