import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '#base/secret.ts';
import { encodeRegistryAuth, type PullSecret } from './registry-auth.ts';

const config = (json: unknown): PullSecret => ({ kind: 'dockerconfigjson', text: new Secret(JSON.stringify(json)) });
const legacy = (json: unknown): PullSecret => ({ kind: 'dockercfg', text: new Secret(JSON.stringify(json)) });
const auths = (...secrets: PullSecret[]) => JSON.parse(encodeRegistryAuth(secrets)?.reveal() ?? 'null');
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('secrets merge per registry, a later one wins; only auth is kept', () => {
  const account = legacy({ a: { auth: 'old' }, b: { auth: 'kept' } });
  const pod = config({ auths: { a: { username: 'u', password: 'p', email: 'e' }, c: {} } });
  assert.deepEqual(auths(account, pod), { auths: { a: { auth: base64('u:p') }, b: { auth: 'kept' } } });
});

test('user and password win over auth; one of them alone does not count', () => {
  const entry = { username: 'u', password: 'p', auth: 'other' };
  assert.deepEqual(auths(config({ auths: { r: entry } })), { auths: { r: { auth: base64('u:p') } } });
  for (const half of [{ username: 'u' }, { password: 'p' }, { username: '', password: 'p' }]) {
    assert.equal(auths(config({ auths: { r: half } })), null);
    assert.deepEqual(auths(config({ auths: { r: { ...half, auth: 'x' } } })), { auths: { r: { auth: 'x' } } });
  }
});

test('without any entry there is no file', () => {
  assert.equal(encodeRegistryAuth([]), undefined);
  for (const empty of [config({}), config({ auths: {} }), legacy({}), config({ auths: { r: {} } })]) {
    assert.equal(encodeRegistryAuth([empty]), undefined);
  }
});

test('a registry may be named like a property of objects', () => {
  const text = '{"auths": {"__proto__": {"auth": "x"}, "constructor": {"auth": "y"}}}';
  const merged = encodeRegistryAuth([{ kind: 'dockerconfigjson', text: new Secret(text) }])?.reveal() ?? '';
  assert.equal(merged, '{"auths":{"__proto__":{"auth":"x"},"constructor":{"auth":"y"}}}');
});

for (const text of ['', '{', 'null', '[]', '7', '"x"', '{"auths": []}', '{"auths": {"r": "x"}}', '{"auths": 7}']) {
  test(`${JSON.stringify(text)} is E_DECODE, and not quoted`, () => {
    const secret: PullSecret = { kind: 'dockerconfigjson', text: new Secret(text) };
    assert.throws(() => encodeRegistryAuth([secret]), { code: 'E_DECODE' });
  });
}

test('no error tells a part of a secret', () => {
  const secret: PullSecret = { kind: 'dockercfg', text: new Secret('{"r": "hunter2"') };
  assert.throws(
    () => encodeRegistryAuth([secret]),
    (error: Error) => !error.message.includes('hunter2'),
  );
});
