import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getCiphers } from 'node:tls';
import { Secret } from '#base/secret.ts';
import { encodeForwarderConfig, parseForwarderConfig } from './forwarder-config.ts';
import { parseTlsProfile, tlsProfileOptions } from './tls-profile.ts';

const suite = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';

test('9.1 row 11: suites are trimmed and empty ones dropped; without any, TLS 1.2 and the defaults', () => {
  assert.deepEqual(parseTlsProfile('', ` ${suite} ,, `), { minVersion: 'VersionTLS12', cipherSuites: [suite] });
  assert.deepEqual(parseTlsProfile(undefined, ['', ` ${suite}`]).cipherSuites, [suite]);
  assert.deepEqual(parseTlsProfile(undefined), { minVersion: 'VersionTLS12', cipherSuites: [] });
  assert.deepEqual(tlsProfileOptions(parseTlsProfile('VersionTLS13')), { minVersion: 'TLSv1.3' });
});

test('9.1 row 11: old and unknown versions, unknown suites, and suites together with TLS 1.3 are refused', () => {
  for (const version of ['VersionTLS10', 'VersionTLS11', 'VersionTLS99', 'tls13', '1.2', ' VersionTLS12']) {
    assert.throws(() => parseTlsProfile(version), { code: 'E_SETTING' }, version);
  }
  for (const name of ['TLS_MADE_UP', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'toString', suite.toLowerCase()]) {
    assert.throws(() => parseTlsProfile('', name), { code: 'E_SETTING' }, name);
  }
  assert.throws(() => parseTlsProfile('VersionTLS13', suite), { code: 'E_SETTING' });
});

test('9.1 row 11: the profile goes into apf.json and comes out the same', () => {
  const profile = parseTlsProfile('VersionTLS12', `${suite},TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384`);
  const { minVersion: tlsMinVersion, cipherSuites: tlsCipherSuites } = profile;
  const names = { podNetwork: null, podNamespace: 'ns', podName: 'p', tlsServerKey: new Secret('k') };
  const text = encodeForwarderConfig({ ...names, tlsMinVersion, tlsCipherSuites }).reveal();
  assert.equal(JSON.parse(text)['tls-min-version'], 'VersionTLS12');
  const read = parseForwarderConfig(text);
  assert.deepEqual(parseTlsProfile(read.tlsMinVersion, read.tlsCipherSuites), profile);
});

test('every suite that can be chosen is one that this OpenSSL has', () => {
  const known = new Set(getCiphers());
  const { ciphers = '' } = tlsProfileOptions(parseTlsProfile('', suite));
  assert.ok(ciphers.split(':').includes('ECDHE-ECDSA-AES128-GCM-SHA256'));
  for (const name of ciphers.split(':')) assert.ok(known.has(name.toLowerCase()), name);
});
