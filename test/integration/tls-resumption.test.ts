/** Connections that take up a TLS session: the same two ends as before, nobody else, and no call is lost by the change. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { silentLog as log } from '#base/log.ts';
import { dialUntil } from '#domain/forward/dial-until.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { Relay } from '#domain/relay/relay.ts';
import { issuePodIdentity, type PodIdentity } from '#io/certificate-authority.ts';
import { systemClock as clock, systemRandom as random } from '#io/system-clock.ts';
import { connectTls, createTlsListener } from '#io/tls.ts';
import { resumeTls, ticketOf } from '#io/tls-resumption.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';

const serverName = 'podvm-a-12345678';
const host = '127.0.0.1';
const issue = () => issuePodIdentity({ serverName, clock });

interface Listening {
  readonly port: number;
  /** Of all who were accepted, whether they took up a session. */
  readonly accepted: readonly boolean[];
  readonly refusals: () => number;
  readonly open: ReadonlySet<tls.TLSSocket>;
  close(): void;
}

async function listen(pod: PodIdentity, serve: (socket: tls.TLSSocket) => void, port = 0): Promise<Listening> {
  const accepted: boolean[] = [];
  const open = new Set<tls.TLSSocket>();
  let refusals = 0;
  const server = createTlsListener({
    certPem: pod.serverCertPem,
    key: pod.serverKeyPem,
    clientCaPem: pod.clientCertPem,
    onConnection: (socket) => {
      accepted.push(socket.isSessionReused());
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      serve(socket);
    },
    onRefused: () => {
      refusals += 1;
    },
  });
  await once(server.listen(port, host), 'listening');
  const close = () => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, accepted, refusals: () => refusals, open, close };
}

const echo = (socket: tls.TLSSocket) => void socket.pipe(socket);

async function answered(socket: net.Socket): Promise<string> {
  socket.write('hello');
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

async function ticketFrom(port: number, pod: PodIdentity): Promise<Buffer> {
  const socket = await connectTls({
    host,
    port,
    serverName,
    caPem: pod.caCertPem,
    certPem: pod.clientCertPem,
    key: pod.clientKeyPem,
    serverFingerprint256: pod.serverFingerprint256,
  });
  try {
    assert.equal(await answered(socket), 'hello');
    const ticket = ticketOf(socket);
    assert.ok(ticket, 'a server that has answered has sent its ticket before');
    return ticket;
  } finally {
    socket.destroy();
  }
}

/** Checks nothing and says something as soon as it can. */
function intrude(options: tls.ConnectionOptions): Promise<'answered' | 'closed'> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host, rejectUnauthorized: false, servername: serverName, ...options });
    socket.on('secureConnect', () => socket.write('hello'));
    socket.on('data', () => {
      resolve('answered');
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve('closed'));
  });
}

test('a ticket opens the listener that gave it, without a certificate, as the client that was given it', async (context) => {
  const pod = issue();
  const listener = await listen(pod, echo);
  context.after(() => listener.close());
  const ticket = await ticketFrom(listener.port, pod);
  const socket = await resumeTls({ host, port: listener.port, serverName }, ticket);
  assert.equal(socket.isSessionReused(), true);
  assert.equal(await answered(socket), 'hello');
  const [served] = [...listener.open].slice(-1);
  assert.equal(served?.getPeerX509Certificate()?.toString(), pod.clientCertPem);
  assert.deepEqual(listener.accepted, [false, true]);
  socket.destroy();
});

test('a ticket opens no other listener: not of another pod VM, not of the same one started again', async (context) => {
  const [pod, other] = [issue(), issue()];
  const listener = await listen(pod, echo);
  const ticket = await ticketFrom(listener.port, pod);
  listener.close();
  for (const [name, owner] of [
    ['another pod VM', other],
    ['the same pod VM, started again', pod],
  ] as const) {
    const stranger = await listen(owner, echo);
    context.after(() => stranger.close());
    await assert.rejects(resumeTls({ host, port: stranger.port, serverName }, ticket), { code: 'E_TLS_PEER' }, name);
    assert.equal(await intrude({ port: stranger.port, session: ticket }), 'closed', name);
    assert.deepEqual(stranger.accepted, [], name);
    assert.equal(stranger.refusals(), 2, name);
  }
});

/** A pod VM's forwarder over TLS, on a port that stays the same when it is started anew, and a relay before it. */
async function world(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'resumption-'));
  const directory = join(folder, 's1');
  await mkdir(directory);
  const pod = issue();
  const files = { 'ca.pem': pod.caCertPem, 'client.pem': pod.clientCertPem, 'client.key': pod.clientKeyPem.reveal() };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text, { mode: 0o600 });
  const calls: string[] = [];
  const released = Promise.withResolvers<void>();
  const agent = {
    Count: async (payload: Uint8Array) => {
      calls.push(String(Buffer.from(payload)));
      return payload;
    },
    Wait: async (payload: Uint8Array) => {
      calls.push('wait');
      await released.promise;
      return payload;
    },
  };
  const services = { 'grpc.Health': { Check: async () => new Uint8Array(0) }, 'grpc.AgentService': agent };
  const agentPath = join(folder, 'agent.sock');
  const server = new TtrpcServer({ services, clock });
  const agentListener = await listenUnix(agentPath, (socket) => server.serve(socket));
  const dial = (signal: AbortSignal) => dialUntil(agentPath, clock, signal);
  const sessions = new Sessions({ dial, edited: new Set(), edit: async ({ payload }) => payload, clock, log });
  const sessionHost = new SessionHost({ clock, log, accept: (stream) => sessions.accept(stream) });
  const start = (port?: number) => listen(pod, (socket) => sessionHost.accept(socket), port);
  const relay = new Relay({ clock, random, log });
  const first = await start();
  const socketPath = join(directory, 'agent.ttrpc');
  const attachment = {
    ...{ sandboxId: 's1', socketPath, host, port: first.port },
    tls: { directory, serverName, serverFingerprint256: pod.serverFingerprint256 },
  };
  await relay.connect(attachment, { timeoutMs: 20_000 });
  const shim = net.connect(socketPath);
  await once(shim, 'connect');
  const client = new TtrpcClient(shim, { clock });
  context.after(async () => {
    shim.destroy();
    await relay[Symbol.asyncDispose]();
    sessionHost.destroy();
    sessions.destroy();
    await agentListener.close();
    await rm(folder, { recursive: true });
  });
  const call = async (method: keyof typeof agent, text: string) =>
    String(Buffer.from(await client.call('grpc.AgentService', method, Buffer.from(text))));
  return { first, start, call, calls, release: released.resolve, attachment, directory, relay };
}

test('what the relay keeps is one connection that has taken up the first one’s session', async (context) => {
  const { first, call, calls } = await world(context);
  context.after(() => first.close());
  assert.equal(await call('Count', 'a'), 'a');
  assert.deepEqual(first.accepted, [false, true]);
  assert.deepEqual(
    [...first.open].map((socket) => socket.isSessionReused()),
    [true],
  );
  assert.deepEqual(calls, ['a']);
});

test('connections that break, and a forwarder’s listener started anew: each call is answered, and done once', async (context) => {
  const { first, start, call, calls, release } = await world(context);
  const waiting = call('Wait', 'b');
  assert.equal(await call('Count', 'a'), 'a');
  for (const socket of first.open) socket.destroy();
  assert.equal(await call('Count', 'c'), 'c');
  assert.deepEqual(first.accepted, [false, true, true], 'the ticket is kept beside the key');
  first.close();
  const second = await start(first.port);
  context.after(() => second.close());
  assert.equal(await call('Count', 'd'), 'd');
  assert.deepEqual(second.accepted, [false, true], 'a ticket of the first opens nothing here');
  for (const socket of second.open) socket.destroy();
  assert.equal(await call('Count', 'e'), 'e');
  assert.deepEqual(second.accepted, [false, true, true], 'and the new one is kept in its place');
  release();
  assert.equal(await waiting, 'b');
  assert.deepEqual(calls, ['wait', 'a', 'c', 'd', 'e']);
});

test('a relay that is started after another connects by its ticket, and where that is spoilt, as at first', async (context) => {
  const { first, call, calls, attachment, directory, relay } = await world(context);
  context.after(() => first.close());
  assert.equal(await call('Count', 'a'), 'a');
  const ticketPath = join(directory, 'session');
  assert.equal((await stat(ticketPath)).mode & 0o777, 0o600);
  await relay[Symbol.asyncDispose]();
  for (const spoil of [undefined, Buffer.from('no ticket'), await ticketOfAnother()]) {
    if (spoil) await writeFile(ticketPath, spoil);
    const known = first.accepted.length;
    const next = new Relay({ clock, random, log });
    try {
      await next.restore(dirname(directory));
      const shim = net.connect(attachment.socketPath);
      await using client = new TtrpcClient(shim, { clock });
      await client.call('grpc.AgentService', 'Count', Buffer.from('b'));
      assert.deepEqual(first.accepted.slice(known), spoil ? [false, true] : [true]);
    } finally {
      await next[Symbol.asyncDispose]();
    }
  }
  assert.deepEqual(calls, ['a', 'b', 'b', 'b']);
});

/** Of a listener that is not there any more. */
async function ticketOfAnother(): Promise<Buffer> {
  const pod = issue();
  const other = await listen(pod, echo);
  try {
    return await ticketFrom(other.port, pod);
  } finally {
    other.close();
  }
}
