import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseForwarderConfig } from './forwarder-config.ts';

test('apf.json: trailing bytes, keys in any case, keys given twice and null are accepted', () => {
  const text = `{
    "Pod-Network": {"PodIP": "10.0.0.1/24"}, "POD-NAME": "old", "pod-name": "web-0", "pod-namespace": null,
    "tls-server-key": "", "TLS-Client-CA": "PEM", "tls-cipher-suites": null, "sc-pp-prv": "unused"
  }
  {"pod-name": "second value"} trailing`;
  assert.deepEqual(parseForwarderConfig(text), {
    podNetwork: { PodIP: '10.0.0.1/24' },
    podName: 'web-0',
    podNamespace: '',
    tlsClientCa: 'PEM',
  });
});

test('a pod network of null, or none, reads as null', () => {
  for (const text of ['{}', '{"pod-network": null}']) assert.equal(parseForwarderConfig(text).podNetwork, null);
});

test('what is no configuration is a coded error that quotes nothing of it', () => {
  for (const text of ['', '[]', 'null', '"secret"', '{"pod-name": "secret', '{"tls-server-key": ["secret"]}']) {
    assert.throws(
      () => parseForwarderConfig(text),
      (error: Error) => error.message.startsWith('E_DECODE') && !error.message.includes('secret'),
      text,
    );
  }
  assert.throws(() => parseForwarderConfig('{"tls-cipher-suites": [1]}'), { code: 'E_DECODE' });
});
