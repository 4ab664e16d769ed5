import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { issuePodIdentity } from './certificate-authority.ts';
import { systemClock } from './system-clock.ts';
import { connectTls, createTlsListener } from './tls.ts';

test('an issued identity carries bytes both ways over TLS 1.3', async () => {
  const pod = issuePodIdentity({ serverName: 'podvm-a-12345678', clock: systemClock });
  const server = createTlsListener({
    certPem: pod.serverCertPem,
    key: pod.serverKeyPem,
    clientCaPem: pod.clientCertPem,
    onConnection: (socket) => socket.pipe(socket),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = await connectTls({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    caPem: pod.caCertPem,
    certPem: pod.clientCertPem,
    key: pod.clientKeyPem,
    serverName: 'podvm-a-12345678',
    serverFingerprint256: pod.serverFingerprint256,
  });
  socket.write('ping');
  const [echoed] = await once(socket, 'data');
  assert.equal(String(echoed), 'ping');
  assert.equal(socket.getProtocol(), 'TLSv1.3');
  socket.destroy();
  server.close();
});

test('issued certificates have the shape a VM of the other implementation expects', async () => {
  const pod = issuePodIdentity({ serverName: 'podvm-b-12345678', clock: systemClock });
  const [ca, client, server] = [pod.caCertPem, pod.clientCertPem, pod.serverCertPem].map(
    (pem) => new X509Certificate(pem),
  );
  assert.ok(ca && client && server);
  assert.equal(ca.ca, true);
  assert.equal(client.ca, false);
  assert.equal(server.ca, false);
  assert.equal(client.subject, 'O=cloud-api-adaptor');
  assert.equal(client.issuer, client.subject);
  assert.equal(client.subjectAltName, undefined);
  assert.equal(server.subject, 'O=agent-protocol-forwarder\nCN=podvm-b-12345678');
  assert.equal(server.subjectAltName, 'DNS:podvm-b-12345678');
  assert.ok(server.verify(ca.publicKey));
  assert.ok(client.verify(client.publicKey));
  assert.equal(server.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.match(pod.serverKeyPem.reveal(), /^-----BEGIN PRIVATE KEY-----\n/);
  assert.equal(JSON.stringify(pod).includes('PRIVATE KEY'), false);
  const age = Date.now() - ca.validFromDate.getTime();
  const hours = age / 3_600_000;
  assert.ok(hours >= 26 && hours < 26.1, `backdated by ${hours} hours: clocks may be wrong by any time zone`);
});

test('a connection that was closed before the handshake is refused at once, not at the end of a deadline', async () => {
  const pod = issuePodIdentity({ serverName: 'podvm-1', clock: systemClock });
  const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'close');
  server.close();
  const identity = { caPem: pod.caCertPem, certPem: pod.clientCertPem, key: pod.clientKeyPem };
  const attempt = connectTls({ host: '127.0.0.1', port: 1, socket, serverName: 'podvm-1', ...identity });
  await assert.rejects(attempt, { code: 'E_RELAY_LOST' });
});
