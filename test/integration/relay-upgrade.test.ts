/** One relay process takes over from another while calls are in flight: no shim notices. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog as log } from '#base/log.ts';
import { dialUntil } from '#domain/forward/dial-until.ts';
import { SessionHost } from '#domain/forward/session-host.ts';
import { Sessions } from '#domain/forward/sessions.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer, type UnaryHandler } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';

const main = join(import.meta.dirname, '../../src/daemons/relay/main.ts');
const empty = new Uint8Array(0);

/** A method that answers when it is told to, and counts who asked. */
class Gate {
  calls = 0;
  readonly arrived = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<Uint8Array>();
  readonly handler: UnaryHandler = () => {
    this.calls += 1;
    this.arrived.resolve();
    return this.answer.promise;
  };
}

async function serve(context: TestContext, path: string, services: Record<string, Record<string, UnaryHandler>>) {
  const server = new TtrpcServer({ services, clock });
  const listener = await listenUnix(path, (socket) => server.serve(socket));
  context.after(async () => {
    server.destroy();
    await listener.close();
  });
}

async function forwarderTo(context: TestContext, agentPath: string): Promise<number> {
  const dial = (signal: AbortSignal) => dialUntil(agentPath, clock, signal);
  const sessions = new Sessions({ dial, edited: new Set(), edit: async ({ payload }) => payload, clock, log });
  const host = new SessionHost({ clock, log, accept: (stream) => sessions.accept(stream) });
  const server = net.createServer((socket) => host.accept(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    host.destroy();
    sessions.destroy();
  });
  return (server.address() as net.AddressInfo).port;
}

async function startRelay(context: TestContext, folder: string, ...more: string[]): Promise<ChildProcess> {
  const args = ['-socket', join(folder, 'hypervisor.sock'), '-adaptor-socket', join(folder, 'adaptor.sock')];
  const control = ['-control-socket', join(folder, 'relay.sock'), '-pods-dir', join(folder, 'pods')];
  const child = spawn(process.execPath, [main, ...args, ...control, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`agent-relay ended with ${code}: ${text}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk;
      if (process.env.SHOW_LOGS) process.stderr.write(chunk);
      if (text.includes('"ready"')) resolve();
    });
  });
  return child;
}

async function connect(context: TestContext, path: string): Promise<net.Socket> {
  const socket = net.connect(path);
  context.after(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

test('calls in flight on both sockets are answered once, through the relay that took over', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
  t.after(() => rm(folder, { recursive: true }));
  const [wait, create, start] = [new Gate(), new Gate(), new Gate()];
  const agent = { WaitProcess: wait.handler, CreateContainer: create.handler, Echo: async (p: Uint8Array) => p };
  await serve(t, join(folder, 'agent.sock'), {
    'grpc.Health': { Check: async () => empty },
    'grpc.AgentService': agent,
  });
  await serve(t, join(folder, 'adaptor.sock'), { 'hypervisor.Hypervisor': { StartVM: start.handler } });
  const port = await forwarderTo(t, join(folder, 'agent.sock'));

  const first = await startRelay(t, folder);
  using control = new RelayClient(() => dialUnix(join(folder, 'relay.sock')), clock);
  const socketPath = join(folder, 'pods', 's1', 'agent.ttrpc');
  await control.connect({ sandboxId: 's1', socketPath, host: '127.0.0.1', port, tls: undefined }, { timeoutMs: 9000 });
  const shims = [await connect(t, socketPath), await connect(t, socketPath), await connect(t, socketPath)] as const;
  const [one, two] = [new TtrpcClient(shims[0], { clock }), new TtrpcClient(shims[1], { clock })];
  const hypervisor = await connect(t, join(folder, 'hypervisor.sock'));
  const waiting = one.call('grpc.AgentService', 'WaitProcess', empty);
  const creating = two.call('grpc.AgentService', 'CreateContainer', empty);
  const starting = new TtrpcClient(hypervisor, { clock }).call('hypervisor.Hypervisor', 'StartVM', empty);
  await Promise.all([wait.arrived.promise, create.arrived.promise, start.arrived.promise]);

  const ended = once(first, 'exit');
  await startRelay(t, folder, '-take-over');
  assert.deepEqual(await ended, [0, null], 'the first relay ends by itself');

  wait.answer.resolve(Buffer.from('exit'));
  create.answer.resolve(Buffer.from('made'));
  start.answer.resolve(Buffer.from('started'));
  const answers = await Promise.all([waiting, creating, starting]);
  assert.deepEqual(
    answers.map((answer) => Buffer.from(answer).toString()),
    ['exit', 'made', 'started'],
  );
  assert.deepEqual([wait.calls, create.calls], [1, 1], 'no call to the agent was made twice');
  const more = await two.call('grpc.AgentService', 'Echo', Buffer.from('on the same connection'));
  assert.equal(Buffer.from(more).toString(), 'on the same connection');
  const silent = new TtrpcClient(shims[2], { clock });
  assert.equal((await silent.call('grpc.AgentService', 'Echo', empty)).length, 0, 'a silent connection moved as well');
  assert.equal(
    [...shims, hypervisor].some((socket) => socket.destroyed),
    false,
  );

  const statuses = await control.list();
  assert.deepEqual(
    statuses.map(({ traffic: _, ...status }) => status),
    [{ sandboxId: 's1', socketPath, connected: true, shimConnections: 3 }],
  );
  const closed = Promise.all(shims.map((socket) => once(socket, 'close')));
  await control.detach('s1');
  await closed;
});

test('what the adaptor asks while one relay hands over to another is done by the other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-'));
  t.after(() => rm(folder, { recursive: true }));
  await serve(t, join(folder, 'agent.sock'), { 'grpc.Health': { Check: async () => empty } });
  const port = await forwarderTo(t, join(folder, 'agent.sock'));
  const first = await startRelay(t, folder);
  using control = new RelayClient(() => dialUnix(join(folder, 'relay.sock')), clock);
  const ended = once(first, 'exit');
  const successor = startRelay(t, folder, '-take-over');
  const attach = async (index: number) => {
    await new Promise((resolve) => setTimeout(resolve, index * 15));
    const sandboxId = `s${index}`;
    const socketPath = join(folder, 'pods', sandboxId, 'agent.ttrpc');
    await control.connect({ sandboxId, socketPath, host: '127.0.0.1', port, tls: undefined }, { timeoutMs: 9000 });
    const shim = new TtrpcClient(await connect(t, socketPath), { clock });
    await shim.call('grpc.Health', 'Check', empty);
    return sandboxId;
  };
  const sandboxes = await Promise.all(Array.from({ length: 40 }, (_, index) => attach(index)));
  await successor;
  assert.deepEqual(await ended, [0, null]);
  const listed = (await control.list()).map(({ sandboxId, connected }) => [sandboxId, connected]);
  assert.deepEqual(listed.sort(), sandboxes.map((sandboxId) => [sandboxId, true]).sort());
});
