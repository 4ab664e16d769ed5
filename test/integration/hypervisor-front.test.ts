import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { HypervisorFront } from '#domain/relay/hypervisor-front.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';

const service = 'hypervisor.Hypervisor';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

async function place(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'front-'));
  const socketPath = join(folder, 'hypervisor.sock');
  const adaptorSocket = join(folder, 'adaptor.sock');
  const front = new HypervisorFront({ socketPath, adaptorSocket, clock, log: silentLog });
  await front.listen();
  context.after(async () => {
    await front[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return {
    front,
    socketPath,
    /** An adaptor's server; `kill` ends it as SIGKILL would: nothing is answered, the socket file stays. */
    async adaptor(methods: Record<string, UnaryHandler>) {
      const server = new TtrpcServer({ services: { [service]: methods }, clock });
      const listener = await listenUnix(adaptorSocket, (socket) => server.serve(socket));
      const kill = async () => {
        server.destroy();
        await listener.close();
      };
      context.after(kill);
      return { kill };
    },
    async caller() {
      const socket = net.connect(socketPath);
      context.after(() => void socket.destroy());
      await once(socket, 'connect');
      return { socket, client: new TtrpcClient(socket, { clock }) };
    },
  };
}

test('the socket is 0600 and is there before any adaptor', async (t) => {
  const { socketPath } = await place(t);
  assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
});

test('a call made while no adaptor is there waits for one', async (t) => {
  const { adaptor, caller } = await place(t);
  const { client } = await caller();
  const answer = client.call(service, 'CreateVM', Buffer.from('a'));
  await new Promise((resolve) => setTimeout(resolve, 120));
  await adaptor({ CreateVM: async (payload) => Buffer.from(`made ${text(payload)}`) });
  assert.equal(text(await answer), 'made a');
});

test('a call in flight when the adaptor dies is answered by its successor, and the caller sees no end', async (t) => {
  const { adaptor, caller } = await place(t);
  const arrived = Promise.withResolvers<void>();
  const first = await adaptor({
    StartVM: () => {
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  const { client, socket } = await caller();
  const answer = client.call(service, 'StartVM', Buffer.from('a'));
  await arrived.promise;
  await first.kill();
  await adaptor({ StartVM: async () => Buffer.from('second') });
  assert.equal(text(await answer), 'second');
  assert.equal(socket.destroyed, false);
  const more = await client.call(service, 'StartVM', Buffer.from('b'));
  assert.equal(text(more), 'second', 'the same connection serves later calls');
});

test('a StopVM whose caller left reaches the next adaptor, and is not asked for ever', async (t) => {
  const { front, adaptor, caller } = await place(t);
  const { client, socket } = await caller();
  const given = assert.rejects(client.call(service, 'StopVM', Buffer.from('pod'), { timeoutMs: 60 }));
  await given;
  socket.destroy();
  const { promise: stopped, resolve } = Promise.withResolvers<string>();
  await adaptor({
    StopVM: async (payload) => {
      resolve(text(payload));
      return new Uint8Array(0);
    },
  });
  assert.equal(await stopped, 'pod');
  while (front.strandedCount > 0) await new Promise((done) => setTimeout(done, 10));
});

test('a StopVM in flight when adaptor and caller both leave is asked again, until an answer', async (t) => {
  const { front, adaptor, caller } = await place(t);
  const arrived = Promise.withResolvers<void>();
  const first = await adaptor({
    StopVM: () => {
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  const { client, socket } = await caller();
  client.call(service, 'StopVM', Buffer.from('pod')).catch(() => {});
  await arrived.promise;
  await first.kill();
  socket.destroy();
  while (front.strandedCount === 0) await new Promise((done) => setTimeout(done, 5));
  const asked = Promise.withResolvers<string>();
  await adaptor({
    StopVM: async (payload) => {
      asked.resolve(text(payload));
      return new Uint8Array(0);
    },
  });
  assert.equal(await asked.promise, 'pod');
  while (front.strandedCount > 0) await new Promise((done) => setTimeout(done, 5));
});

test('other calls end with their caller: the adaptor sees its caller leave', async (t) => {
  const { adaptor, caller, front } = await place(t);
  const left = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await adaptor({
    StartVM: (_payload, { signal }) => {
      signal.addEventListener('abort', () => left.resolve(), { once: true });
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  const { client, socket } = await caller();
  client.call(service, 'StartVM', Buffer.from('a')).catch(() => {});
  await arrived.promise;
  socket.destroy();
  await left.promise;
  assert.equal(front.strandedCount, 0);
});
