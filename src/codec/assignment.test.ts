import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '#base/secret.ts';
import {
  AssignmentReader,
  encodeAnswer,
  encodeAssignment,
  encodeBootstrap,
  parseAnswer,
  parseBootstrap,
} from './assignment.ts';

test('a document comes out as it went in, however its bytes arrive', () => {
  const frame = encodeAssignment(new Secret('#cloud-config\nü'));
  for (let cut = 0; cut <= frame.length; cut += 1) {
    const reader = new AssignmentReader();
    const first = reader.push(frame.subarray(0, cut));
    const whole = first ?? reader.push(frame.subarray(cut));
    assert.equal(whole?.toString(), '#cloud-config\nü', `cut at ${cut}`);
  }
});

test('a question is a frame without a document', () => {
  assert.equal(new AssignmentReader().push(encodeAssignment(undefined))?.length, 0);
});

test('a document that is too long is refused by its announced length, before it comes', () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(1024 * 1024 + 1);
  assert.throws(() => new AssignmentReader().push(header), { code: 'E_USER_DATA_TOO_LARGE' });
  assert.throws(() => encodeAssignment(new Secret('x'.repeat(1024 * 1024 + 1))), { code: 'E_USER_DATA_TOO_LARGE' });
});

test('answers are read as they were written, and nothing else is an answer', () => {
  for (const answer of ['waiting', 'refused', { assigned: 'ab'.repeat(32) }] as const) {
    assert.deepEqual(parseAnswer(encodeAnswer(answer)), answer);
  }
  for (const line of ['', 'waiting', 'assigned ab\n', 'waiting\nmore', 'yes\n']) {
    assert.throws(() => parseAnswer(line), { code: 'E_DECODE' }, JSON.stringify(line));
  }
});

test('a bootstrap identity comes back, and a damaged one is refused without being quoted', () => {
  const bootstrap = { tlsServerKey: new Secret('canary'), tlsServerCert: 'cert', tlsClientCa: 'ca' };
  const text = encodeBootstrap(bootstrap).reveal();
  const parsed = parseBootstrap(text);
  assert.deepEqual([parsed.tlsServerKey.reveal(), parsed.tlsServerCert, parsed.tlsClientCa], ['canary', 'cert', 'ca']);
  for (const damaged of ['', 'canary', text.replace('"tls-client-ca": "ca"', '"tls-client-ca": ""'), '{"version":2}']) {
    assert.throws(
      () => parseBootstrap(damaged),
      (error: Error & { code?: string }) => error.code === 'E_USER_DATA' && !error.message.includes('canary'),
    );
  }
});
