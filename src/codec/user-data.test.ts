import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { encodeForwarderConfig, parseForwarderConfig } from './forwarder-config.ts';
import { assertUserDataFits, encodeUserData, parseUserData } from './user-data.ts';

const file = (path: string, content: string) => ({ path, content: new Secret(content) });

test('the document is written byte for byte as readers expect', () => {
  const text = encodeUserData([
    file('/run/peerpod/apf.json', '{\n    "a": 1\n}\n'),
    file('/run/peerpod/scratch-space.marker', ''),
  ]).reveal();
  const expected = `#cloud-config

write_files:
  - path: /run/peerpod/apf.json
    content: |
      {
          "a": 1
      }
  - path: /run/peerpod/scratch-space.marker
`;
  assert.equal(text, expected);
  assert.equal(encodeUserData([]).reveal(), '#cloud-config\n');
});

test('what is written reads back with one final newline', () => {
  const contents = ['{"a": "b"}', 'a: b\n\n  # c\n- d: "e"\n', 'true', "key = '''x'''", ''];
  const read = parseUserData(encodeUserData(contents.map((text) => file('/run/peerpod/initdata', text))).reveal());
  assert.deepEqual(
    read.map((entry) => entry.content.reveal()),
    contents.map((text) => (text === '' ? '' : `${text.replace(/\n$/, '')}\n`)),
  );
});

test('content that a literal block would change is refused when written', () => {
  for (const text of [' leading', '\nleading', 'two\n\n', 'nul\0', 'cr\r\n']) {
    assert.throws(
      () => encodeUserData([file('/run/peerpod/initdata', text)]),
      (error) => isPeerPodError(error, 'E_USER_DATA'),
      JSON.stringify(text),
    );
  }
});

test('the reader refuses every key it does not know, duplicates and aliases', () => {
  const refused = [
    'runcmd: [reboot]',
    'write_files:\n  - path: /a\n    permissions: "0777"\n',
    'write_files:\n  - path: /a\n    encoding: b64\n',
    'write_files:\n  - content: x\n',
    'write_files: {path: /a}',
    'write_files:\n  - path: /a\n    path: /b\n',
    'write_files:\n  - &a {path: /a}\n  - *a\n',
    'write_files:\n  - path: [/a]\n',
    '- a',
    'write_files: [',
  ];
  for (const text of refused) {
    assert.throws(
      () => parseUserData(text),
      (error) => isPeerPodError(error, 'E_USER_DATA'),
      text,
    );
  }
  assert.deepEqual(parseUserData('#cloud-config\n'), []);
});

test('the limit counts what the provider counts', () => {
  const document = new Secret('x'.repeat(300));
  assertUserDataFits(document, 300, 'plain');
  assertUserDataFits(document, 400, 'base64');
  assert.throws(() => assertUserDataFits(document, 299, 'plain'), /E_USER_DATA_TOO_LARGE/);
  assert.throws(() => assertUserDataFits(document, 399, 'base64'), /E_USER_DATA_TOO_LARGE/);
});

test('apf.json keeps its order, omits what is empty and reads back', () => {
  const config = {
    podNetwork: null,
    podNamespace: 'ns',
    podName: 'pod',
    tlsClientCa: 'PEM',
    tlsServerKey: new Secret('K'),
  };
  const text = encodeForwarderConfig(config).reveal();
  assert.equal(
    text,
    '{\n    "pod-network": null,\n    "pod-namespace": "ns",\n    "pod-name": "pod",\n    "tls-server-key": "K",\n    "tls-client-ca": "PEM"\n}',
  );
  const read = parseForwarderConfig(text);
  assert.equal(read.tlsServerKey?.reveal(), 'K');
  assert.equal(read.tlsServerCert, undefined);
  assert.throws(() => parseForwarderConfig('{"pod-name": 1}'), /E_DECODE/);
  assert.throws(
    () => parseForwarderConfig('{"tls-server-key": "secret'),
    (error) => !String(error).includes('secret'),
  );
});

test('a document whose keys are no texts is refused, and nothing of it is told in a warning', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', onWarning);
  try {
    assert.throws(
      () => parseUserData('? [hunter2]\n: x\n'),
      (error) => isPeerPodError(error, 'E_USER_DATA'),
    );
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, []);
  } finally {
    process.off('warning', onWarning);
  }
});
