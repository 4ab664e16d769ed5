import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#io/system-clock.ts';
import { connectTls, createTlsListener } from '#io/tls.ts';
import { makeThrowAwayIdentity } from './guest/throw-away-identity.ts';

async function connect(clock: Clock): Promise<string | null> {
  const { serverName, certPem, key, fingerprint256 } = makeThrowAwayIdentity(clock);
  const server = createTlsListener({ certPem, key, clientCaPem: certPem, onConnection: (socket) => socket.end('in') });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const material = { caPem: certPem, certPem, key, serverName, serverFingerprint256: fingerprint256 };
    const socket = await connectTls({ host: '127.0.0.1', port, ...material });
    const [said] = await once(socket, 'data');
    assert.equal(String(said), 'in');
    return socket.getProtocol();
  } finally {
    server.close();
  }
}

test('a machine proves itself to itself with an identity that it made, in both directions', async () => {
  assert.equal(await connect(systemClock), 'TLSv1.3');
});

test('the identity is good for an hour, and is another each time', async () => {
  const later = { ...systemClock, wallNow: () => systemClock.wallNow() - 2 * 60 * 60 * 1000 };
  await assert.rejects(connect(later), { code: 'E_TLS_PEER' });
  const [one, other] = [makeThrowAwayIdentity(systemClock), makeThrowAwayIdentity(systemClock)];
  assert.notEqual(one.fingerprint256, other.fingerprint256);
});
