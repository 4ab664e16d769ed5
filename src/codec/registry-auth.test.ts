import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '#base/secret.ts';
import { decodePullSecret, encodeRegistryAuth, type PullSecret } from './registry-auth.ts';

const config = (json: unknown): PullSecret => ({ kind: 'dockerconfigjson', text: new Secret(JSON.stringify(json)) });
const legacy = (json: unknown): PullSecret => ({ kind: 'dockercfg', text: new Secret(JSON.stringify(json)) });
const encode = (...secrets: PullSecret[]) => encodeRegistryAuth(secrets.map(decodePullSecret));
const auths = (...secrets: PullSecret[]) => JSON.parse(encode(...secrets)?.reveal() ?? 'null');
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
  assert.equal(encode(), undefined);
  for (const empty of [config({}), config({ auths: {} }), legacy({}), config({ auths: { r: {} } })]) {
    assert.equal(encode(empty), undefined);
  }
});

test('registries that nobody needs are left out', () => {
  const secret = decodePullSecret(config({ auths: { a: { auth: 'x' }, b: { auth: 'y' } } }));
  assert.equal(encodeRegistryAuth([secret], (registry) => registry === 'b')?.reveal(), '{"auths":{"b":{"auth":"y"}}}');
  assert.equal(
    encodeRegistryAuth([secret], () => false),
    undefined,
  );
});

test('a registry may be named like a property of objects', () => {
  const text = '{"auths": {"__proto__": {"auth": "x"}, "constructor": {"auth": "y"}}}';
  const merged = encode({ kind: 'dockerconfigjson', text: new Secret(text) })?.reveal() ?? '';
  assert.equal(merged, '{"auths":{"__proto__":{"auth":"x"},"constructor":{"auth":"y"}}}');
});

for (const text of ['', '{', 'null', '[]', '7', '"x"', '{"auths": []}', '{"auths": {"r": "x"}}', '{"auths": 7}']) {
  test(`${JSON.stringify(text)} is E_DECODE, and not quoted`, () => {
    const secret: PullSecret = { kind: 'dockerconfigjson', text: new Secret(text) };
    assert.throws(() => decodePullSecret(secret), { code: 'E_DECODE' });
  });
}

test('no error tells a part of a secret', () => {
  const secret: PullSecret = { kind: 'dockercfg', text: new Secret('{"r": "hunter2"') };
  assert.throws(
    () => decodePullSecret(secret),
    (error: Error) => !error.message.includes('hunter2'),
  );
});
