import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { before, type TestContext, test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { defaultTlsProfile } from '#codec/tls-profile.ts';
import { systemClock } from '#io/system-clock.ts';
import { ask1, ask2, connect2, openRaw, type Reached } from '../../../test/support/https-client.ts';
import { type PemPair, TestCa } from '../../../test/support/test-ca.ts';
import { type HttpsServer, type HttpsServerOptions, openHttpsServer } from './https-server.ts';

let ca: TestCa;
let pair: PemPair;
before(async () => {
  ca = await TestCa.create('test');
  pair = await ca.issue('localhost');
});

const limits = { requestMs: 400, headMs: 300, idleMs: 5000, lookEveryMs: 50 };

/** Echoes; `/slow` answers after 200 ms. */
async function serve(
  t: TestContext,
  more: Partial<HttpsServerOptions> = {},
): Promise<{ server: HttpsServer; at: Reached }> {
  const server = await openHttpsServer({
    address: { host: '', port: 0 },
    certificate: { certPem: pair.certPem, key: new Secret(pair.keyPem) },
    profile: defaultTlsProfile,
    bodyBytesMax: 1000,
    clock: systemClock,
    log: silentLog,
    limits,
    async answer({ path, body }) {
      if (path === '/slow') await new Promise((resolve) => setTimeout(resolve, 200));
      if (path === '/broken') throw new Error('broken');
      return { status: 200, body: body ?? 'too long' };
    },
    ...more,
  });
  t.after(() => server.close(0));
  return { server, at: { port: server.port, caPem: ca.certPem } };
}

const closedAfter = async (socket: net.Socket): Promise<number> => {
  const began = performance.now();
  socket.on('error', () => {}).resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return performance.now() - began;
};

test('HTTP/1.1 over one kept connection, and HTTP/2 with many calls at once, are answered alike', async (t) => {
  const { at } = await serve(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (const body of ['a', '', 'ü'.repeat(500)]) assert.equal((await ask1(at, { body, agent })).body, body);
  assert.equal(Object.values(agent.freeSockets).flat().length, 1);
  const session = await connect2(at);
  t.after(() => session.destroy());
  const bodies = Array.from({ length: 100 }, (_, n) => `body ${n}`);
  assert.deepEqual(
    (await Promise.all(bodies.map((body) => ask2(session, { body })))).map(({ body }) => body),
    bodies,
  );
});

test('a body that is too long is not kept, and its sender is answered once and sent away', async (t) => {
  const { at } = await serve(t);
  const answer = await ask1(at, { body: 'x'.repeat(1001) });
  assert.deepEqual([answer.status, answer.body, answer.headers.connection], [200, 'too long', 'close']);
  const session = await connect2(at);
  t.after(() => session.destroy());
  assert.equal((await ask2(session, { body: 'x'.repeat(100_000) })).body, 'too long');
  assert.equal((await ask2(session, { body: 'y' })).body, 'y', 'the connection of the others goes on');
});

test('bodies that are more than may be held at once are refused, and nothing is left of them', async (t) => {
  const { at } = await serve(t, { limits: { ...limits, bufferedBytes: 1500 } });
  const half = await openRaw(at);
  half.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n${'x'.repeat(900)}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await ask1(at, { body: 'y'.repeat(900) })).status, 503);
  half.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let n = 0; n < 3; n += 1) assert.equal((await ask1(at, { body: 'y'.repeat(900) })).status, 200);
});

test('who says nothing, half a head, or half a body is cut off in time', async (t) => {
  const { at } = await serve(t);
  const silent = net.connect(at.port, 'localhost');
  const handshaken = await openRaw(at);
  const halfHead = await openRaw(at);
  halfHead.write('POST / HTTP/1.1\r\nhost: x\r\n');
  const halfBody = await openRaw(at);
  halfBody.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
  const dripping = await openRaw(at);
  dripping.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n');
  const drip = setInterval(() => dripping.write('.'), 20);
  t.after(() => clearInterval(drip));
  const session = await connect2(at);
  const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false });
  stream.on('error', () => {});
  stream.write('half');
  const streamEnd = once(stream, 'close');
  const times = await Promise.all([silent, handshaken, halfHead, halfBody, dripping].map(closedAfter));
  assert.ok(
    times.every((ms) => ms < 3000),
    times.join(),
  );
  await streamEnd;
  assert.equal((await ask2(session, { body: 'still here' })).body, 'still here');
  session.destroy();
  assert.equal((await ask1(at, { body: 'and here' })).body, 'and here');
});

test('no HTTP, no TLS, and a defect behind the door end that call only', async (t) => {
  const { at } = await serve(t);
  const noTls = net.connect(at.port, 'localhost');
  noTls.on('error', () => {});
  noTls.write('GET / HTTP/1.1\r\n\r\n');
  const noHttp = await openRaw(at);
  noHttp.write('\0\0\0\0\r\n\r\n');
  await Promise.all([closedAfter(noTls), closedAfter(noHttp)]);
  assert.equal((await ask1(at, { path: '/broken' })).status, 500);
  assert.equal((await ask1(at, { body: 'fine' })).body, 'fine');
});

test('a new certificate is shown to new connections, old ones go on, and a useless one changes nothing', async (t) => {
  const { at, server } = await serve(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const first = await ask1(at, { agent });
  const other = await ca.issue('localhost');
  server.show({ certPem: other.certPem, key: new Secret(other.keyPem) });
  const next = await ask1(at);
  assert.notEqual(next.fingerprint256, first.fingerprint256);
  assert.equal((await ask1(at, { agent })).fingerprint256, first.fingerprint256);
  assert.throws(() => server.show({ certPem: 'x', key: new Secret('y') }), { code: 'E_TLS_MATERIAL' });
  assert.equal((await ask1(at)).fingerprint256, next.fingerprint256);
});

test('who is sent away is still answered, and opens its next connection anew', async (t) => {
  const { at, server } = await serve(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  await ask1(at, { agent });
  const session = await connect2(at);
  server.sendAway();
  const answer = await ask1(at, { body: 'x', agent });
  assert.deepEqual([answer.body, answer.headers.connection], ['x', 'close']);
  await once(session, 'close');
  assert.equal((await ask1(at, { body: 'new' })).body, 'new');
});

test('idle connections do not hold up the end', async (t) => {
  const { at, server } = await serve(t);
  const agent = new https.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await ask1(at, { agent });
  await ask2(await connect2(at));
  const began = performance.now();
  await server.close(10_000);
  assert.ok(performance.now() - began < 2000);
});

test('at the end calls in flight are answered, idle connections closed, and who is late is cut off', async (t) => {
  const { at, server } = await serve(t);
  const agent = new https.Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  await ask1(at, { agent });
  const session = await connect2(at);
  const calls = [ask1(at, { path: '/slow', body: 'one' }), ask2(session, { path: '/slow', body: 'two' })];
  await new Promise((resolve) => setTimeout(resolve, 100));
  const late = await openRaw(at);
  late.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
  const began = performance.now();
  const closing = server.close(350);
  assert.deepEqual(
    (await Promise.all(calls)).map(({ body }) => body),
    ['one', 'two'],
  );
  await closing;
  assert.ok(performance.now() - began < 1500);
  await closedAfter(late);
  await assert.rejects(ask1(at));
});

test('TLS 1.2 is spoken unless 1.3 is the least', async (t) => {
  const tls12 = (at: Reached) =>
    ask1(at, { agent: new https.Agent({ maxVersion: 'TLSv1.2', maxCachedSessions: 0 }), body: 'x' });
  assert.equal((await tls12((await serve(t)).at)).body, 'x');
  await assert.rejects(tls12((await serve(t, { profile: { minVersion: 'VersionTLS13', cipherSuites: [] } })).at));
});
