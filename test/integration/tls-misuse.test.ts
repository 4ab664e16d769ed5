/** Everybody who is not the one peer is refused, and not one byte of theirs arrives behind the listener. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';
import { connectTls, createTlsListener, parseTlsProfile } from '#io/tls.ts';

const serverName = 'podvm-a-12345678';
const dayMs = 24 * 60 * 60 * 1000;
const shifted = (ms: number) => ({ ...systemClock, wallNow: () => Date.now() + ms });
const issue = (name = serverName, shiftMs = 0) => issuePodIdentity({ serverName: name, clock: shifted(shiftMs) });

async function listen(pod: PodIdentity, options: { clientCaPem?: string; minVersion?: string } = {}) {
  let bytes = 0;
  let accepted = 0;
  let refusals = 0;
  const sockets = new Set<tls.TLSSocket>();
  const server = createTlsListener({
    certPem: pod.serverCertPem,
    key: pod.serverKeyPem,
    clientCaPem: options.clientCaPem ?? pod.clientCertPem,
    profile: parseTlsProfile(options.minVersion),
    onConnection: (socket) => {
      accepted += 1;
      sockets.add(socket);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        socket.write(chunk);
      });
    },
    onRefused: () => {
      refusals += 1;
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => ({ bytes, accepted, refusals }),
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A client that checks nothing and says something as soon as it can; resolves when it was answered or thrown out. */
function intrude(options: tls.ConnectionOptions): Promise<'answered' | 'closed'> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', rejectUnauthorized: false, servername: serverName, ...options });
    socket.on('secureConnect', () => socket.write('hello'));
    socket.on('data', () => {
      resolve('answered');
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve('closed'));
  });
}

const bundle = (pod: PodIdentity) => ({ cert: pod.clientCertPem, key: pod.clientKeyPem.reveal() });

const intruders: Record<string, (pod: PodIdentity) => Promise<tls.ConnectionOptions>> = {
  'no certificate': async () => ({}),
  'no certificate, TLS 1.2': async () => ({ maxVersion: 'TLSv1.2' }),
  "another pod's bundle": async () => bundle(issue('podvm-b-87654321')),
  'same subject, another key': async () => bundle(issue()),
  'same subject, another key, TLS 1.2': async () => ({ ...bundle(issue()), maxVersion: 'TLSv1.2' }),
  "this pod's server certificate as client": async (pod) => ({
    cert: pod.serverCertPem,
    key: pod.serverKeyPem.reveal(),
  }),
  'an expired certificate of a stranger': async () => bundle(issue(serverName, -3 * 365 * dayMs)),
  'TLS 1.1 only': async (pod) => ({ ...bundle(pod), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }),
};

for (const [name, options] of Object.entries(intruders)) {
  test(`the listener refuses: ${name}`, async () => {
    const pod = issue();
    using server = await listen(pod);
    assert.equal(await intrude({ port: server.port, ...(await options(pod)) }), 'closed');
    const { bytes, accepted } = server.seen();
    assert.deepEqual({ bytes, accepted }, { bytes: 0, accepted: 0 });
    assert.equal(await intrude({ port: server.port, ...bundle(pod) }), 'answered', 'the right client is still served');
  });
}

for (const [name, shiftMs] of [
  ['expired', -3 * 365 * dayMs],
  ['not yet valid', 2 * dayMs],
] as const) {
  test(`the listener refuses its own client when ${name}, and so does the client its server`, async () => {
    const [pod, late] = [issue(), issue(serverName, shiftMs)];
    using server = await listen(pod, { clientCaPem: late.clientCertPem });
    assert.equal(await intrude({ port: server.port, ...bundle(late) }), 'closed');
    assert.equal(server.seen().accepted, 0);
    using stale = await listen(late, { clientCaPem: pod.clientCertPem });
    await assert.rejects(connect(stale.port, { ...pod, caCertPem: late.caCertPem }), { code: 'E_TLS_PEER' });
    assert.equal(stale.seen().bytes, 0);
  });
}

test('TLS 1.2 is refused when the minimum is 1.3', async () => {
  const pod = issue();
  using server = await listen(pod, { minVersion: 'VersionTLS13' });
  assert.equal(await intrude({ port: server.port, ...bundle(pod), maxVersion: 'TLSv1.2' }), 'closed');
  assert.equal(server.seen().accepted, 0);
});

test('plain bytes on the TLS port are refused', async () => {
  const pod = issue();
  using server = await listen(pod);
  const socket = net.connect(server.port, '127.0.0.1', () =>
    socket.write('\0\0\0\0\0\0\0\x01\x01\0GET / HTTP/1.1\r\n\r\n'),
  );
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'close');
  const { bytes, accepted, refusals } = server.seen();
  assert.deepEqual({ bytes, accepted, refusals }, { bytes: 0, accepted: 0, refusals: 1 });
});

const connect = (port: number, pod: PodIdentity, more: { serverName?: string; serverFingerprint256?: string } = {}) =>
  connectTls({
    host: '127.0.0.1',
    port,
    caPem: pod.caCertPem,
    certPem: pod.clientCertPem,
    key: pod.clientKeyPem,
    serverName,
    ...more,
  });

test('the client refuses a wrong name, a wrong CA, and a server that is not the pinned one', async () => {
  const [pod, other] = [issue(), issue()];
  using server = await listen(pod);
  const refused = [
    connect(server.port, pod, { serverName: 'podvm-b-87654321' }),
    connect(server.port, { ...pod, caCertPem: other.caCertPem }),
    connect(server.port, pod, { serverFingerprint256: other.serverFingerprint256 }),
  ];
  for (const attempt of await Promise.allSettled(refused)) {
    assert.equal(attempt.status, 'rejected');
    assert.equal(attempt.reason.code, 'E_TLS_PEER');
  }
  assert.equal(server.seen().bytes, 0);
});

test('a bundle stolen from one pod opens no other', async () => {
  const [mine, theirs] = [issue(), issue('podvm-b-87654321')];
  using server = await listen(theirs);
  await assert.rejects(connect(server.port, mine), { code: 'E_TLS_PEER' });
  assert.equal(await intrude({ port: server.port, ...bundle(mine) }), 'closed');
  assert.equal(server.seen().bytes, 0);
});

test('a server that is no TLS server is a lost connection or a refused peer, in bounded time', async () => {
  const plain = net.createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n'));
  await once(plain.listen(0, '127.0.0.1'), 'listening');
  await assert.rejects(connect((plain.address() as AddressInfo).port, issue()), /E_(TLS_PEER|RELAY_LOST)/);
  plain.close();
});

test('unusable material is refused before anything listens', async () => {
  const [pod, other] = [issue(), issue()];
  const base = { certPem: pod.serverCertPem, key: pod.serverKeyPem, clientCaPem: pod.clientCertPem };
  const onConnection = () => {};
  for (const broken of [
    { clientCaPem: '' },
    { clientCaPem: 'junk' },
    { key: other.serverKeyPem },
    { certPem: 'junk' },
  ]) {
    assert.throws(() => createTlsListener({ ...base, ...broken, onConnection }), { code: 'E_TLS_MATERIAL' });
  }
  assert.ok(!new X509Certificate(pod.clientCertPem).ca);
});

test('profiles: wrong versions, unknown suites and suites under TLS 1.3 are refused', () => {
  assert.throws(() => parseTlsProfile('VersionTLS10'), { code: 'E_SETTING' });
  assert.throws(() => parseTlsProfile('', 'TLS_MADE_UP'), { code: 'E_SETTING' });
  assert.throws(() => parseTlsProfile('VersionTLS13', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'), {
    code: 'E_SETTING',
  });
  const profile = parseTlsProfile('VersionTLS12', ' TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 ,, ');
  assert.deepEqual(profile.cipherSuites, ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256']);
});
