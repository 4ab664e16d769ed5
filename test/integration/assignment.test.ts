/** The guest's wait for a pod: one proven client, one document, once; nothing that was recorded can be used again. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import type { Bootstrap } from '#codec/assignment.ts';
import { encodeUserData } from '#codec/user-data.ts';
import { awaitAssignment } from '#domain/boot/await-assignment.ts';
import { type AssignmentTarget, askWaiting, assign } from '#domain/podvm/assign.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock } from '#io/system-clock.ts';

const host = '127.0.0.1';
const soon = () => AbortSignal.timeout(20_000);
const document = (text: string) => encodeUserData([{ path: '/run/peerpod/apf.json', content: new Secret(text) }]);

function bootstrapOf(identity: PodIdentity): Bootstrap {
  const { serverKeyPem: tlsServerKey, serverCertPem: tlsServerCert, clientCertPem: tlsClientCa } = identity;
  return { tlsServerKey, tlsServerCert, tlsClientCa };
}

function clientOf(serverName: string, identity: PodIdentity) {
  const { serverFingerprint256, caCertPem: caPem, clientCertPem: certPem, clientKeyPem: key } = identity;
  return { serverName, serverFingerprint256, caPem, certPem, key };
}

const newIdentity = () => issuePodIdentity({ serverName: 'vm', clock: systemClock });

async function openGuest(identity: PodIdentity) {
  const end = new AbortController();
  const listening = Promise.withResolvers<number>();
  const files = awaitAssignment(bootstrapOf(identity), {
    ...{ host, port: 0, clock: systemClock, log: silentLog, signal: end.signal },
    onListening: listening.resolve,
  });
  files.catch(() => {});
  const target: AssignmentTarget = { host, port: await listening.promise, client: clientOf('vm', identity) };
  const contents = async () => (await files).map(({ content }) => content.reveal());
  return { target, files, contents, [Symbol.dispose]: () => end.abort(new Error('the test is over')) };
}

/** A connection of the right client that says what it likes. */
async function connect({ port, client }: AssignmentTarget): Promise<tls.TLSSocket> {
  const { serverName: servername, caPem: ca, certPem: cert, key } = client;
  const socket = tls.connect({ host, port, servername, ca, cert, key: key.reveal(), minVersion: 'TLSv1.3' });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket;
}

test('questions are answered without an end, and the first document is taken', async () => {
  using guest = await openGuest(newIdentity());
  for (let times = 0; times < 3; times += 1) await askWaiting(guest.target, soon());
  await assign(guest.target, document('pod'), soon());
  assert.deepEqual(await guest.contents(), ['pod\n']);
  await assert.rejects(askWaiting(guest.target, soon()));
});

test('of two documents at once one is taken, and its sender alone is told so', async () => {
  using guest = await openGuest(newIdentity());
  const texts = ['one', 'other'];
  const outcomes = await Promise.allSettled(texts.map((text) => assign(guest.target, document(text), soon())));
  const told = texts.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  assert.deepEqual(
    await guest.contents(),
    told.map((text) => `${text}\n`),
  );
});

test('a client with any other certificate is not heard', async () => {
  const identity = newIdentity();
  using guest = await openGuest(identity);
  const stranger = newIdentity();
  const { certPem, key } = clientOf('vm', stranger);
  const client = { ...guest.target.client, certPem, key };
  await assert.rejects(assign({ ...guest.target, client }, document('stolen'), soon()));
  await assert.rejects(assign({ ...guest.target, client: clientOf('vm', stranger) }, document('stolen'), soon()), {
    code: 'E_TLS_PEER',
  });
  await askWaiting(guest.target, soon());
});

test('a document that is no user data is refused, and the VM waits for no other', async () => {
  using guest = await openGuest(newIdentity());
  await assert.rejects(assign(guest.target, new Secret('canary: [unclosed'), soon()), { code: 'E_POD_VM_CREATE' });
  await assert.rejects(guest.files, (error: Error & { code?: string }) => {
    return error.code === 'E_USER_DATA' && !error.message.includes('canary');
  });
  await assert.rejects(askWaiting(guest.target, soon()));
});

test('a length that is too large, and half a document, change nothing', async () => {
  using guest = await openGuest(newIdentity());
  const large = await connect(guest.target);
  large.write(Buffer.from('ffffffff', 'hex'));
  await once(large, 'close');
  const half = await connect(guest.target);
  half.write(Buffer.concat([Buffer.from('00000064', 'hex'), Buffer.from('half')]));
  half.destroy();
  await assign(guest.target, document('whole'), soon());
  assert.deepEqual(await guest.contents(), ['whole\n']);
});

test('more connections than the VM takes do not keep the right one out', async () => {
  using guest = await openGuest(newIdentity());
  const sockets = await Promise.all(Array.from({ length: 8 }, () => connect(guest.target)));
  await assert.rejects(askWaiting(guest.target, soon()));
  for (const socket of sockets) socket.destroy();
  for (;;) {
    try {
      await assign(guest.target, document('pod'), soon());
      break;
    } catch {
      // The places are freed when the ends of the others have come through.
    }
  }
  assert.deepEqual(await guest.contents(), ['pod\n']);
});

test('a recorded assignment cannot be played again, not even to a VM with the same identity', async () => {
  const identity = newIdentity();
  const recorded: Buffer[] = [];
  {
    using guest = await openGuest(identity);
    const relay = net.createServer((near) => {
      const far = net.connect({ host, port: guest.target.port });
      near.on('data', (chunk: Buffer) => recorded.push(chunk));
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => {});
    });
    await once(relay.listen(0, host), 'listening');
    const { port } = relay.address() as net.AddressInfo;
    await assign({ ...guest.target, port }, document('pod'), soon());
    relay.close();
  }
  using again = await openGuest(identity);
  const socket = net.connect({ host, port: again.target.port });
  socket.on('error', () => {});
  for (const chunk of recorded) socket.write(chunk);
  await once(socket.resume(), 'close');
  await askWaiting(again.target, soon());
});
