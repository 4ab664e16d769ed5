import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redacted } from './redact.ts';

test('keys and user-data are cut out of a text, the rest stays', () => {
  const key = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';
  assert.equal(redacted(`bad ${key} here`), 'bad [redacted] here');
  assert.equal(redacted('cut off: -----BEGIN PRIVATE KEY-----\nMHcC'), 'cut off: [redacted]');
  assert.equal(redacted('body: #cloud-config\n\nwrite_files:\n- x'), 'body: [redacted]');
  const encoded = Buffer.from('#cloud-config\n\nwrite_files:\n').toString('base64');
  assert.equal(redacted(`{"UserData":"${encoded}"}`), '{"UserData":"[redacted]"}');
  assert.equal(redacted('a plain text'), 'a plain text');
});
