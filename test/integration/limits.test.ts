/** Limits of sockets and relay at their edge, over real sockets: what is too much is refused, counted, and hurts nobody. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isPeerPodError } from '#base/errors.ts';
import { silentLog } from '#base/log.ts';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { Relay } from '#domain/relay/relay.ts';
import { dialUnix } from '#io/dial-unix.ts';
import { systemClock as clock, systemRandom as random } from '#io/system-clock.ts';
import { TtrpcClient } from '#io/ttrpc-client.ts';
import { TtrpcServer, type TtrpcServerLimits } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { until } from '../support/adaptor-scene.ts';

const exhausted = (error: unknown) =>
  error instanceof RpcError && error.rpcStatus.code === statusCodes.resource_exhausted;

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limits-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A server whose one method waits until it is told to answer. */
async function serve(t: TestContext, limits: Partial<TtrpcServerLimits>) {
  const answers = Promise.withResolvers<Uint8Array>();
  const services = { S: { Wait: () => answers.promise, Now: async () => Buffer.from('now') } };
  const server = new TtrpcServer({ services, clock, log: silentLog, limits });
  const listener = await listenUnix(join(await folderOf(t), 's'), (socket) => server.serve(socket));
  t.after(async () => {
    server.destroy();
    await listener.close();
  });
  const dial = async () => {
    const client = new TtrpcClient(await dialUnix(listener.path), { clock });
    t.after(() => client.destroy());
    return client;
  };
  const call = (client: TtrpcClient, method: string) => client.call('S', method, new Uint8Array(0));
  return { server, dial, call, answer: () => answers.resolve(Buffer.from('late')) };
}

test('one connection too many is ended and counted, those before it go on, and its place is free again', async (t) => {
  const { server, dial, call } = await serve(t, { connectionsMax: 2 });
  const [first, second] = [await dial(), await dial()];
  await call(first, 'Now');
  await call(second, 'Now');
  const third = await dial();
  await assert.rejects(call(third, 'Now'), (error) => isPeerPodError(error, 'E_RPC_CLOSED'));
  assert.deepEqual(server.load, { connections: 2, callsInFlight: 0, refusedConnections: 1, refusedCalls: 0 });
  await call(first, 'Now');
  second.destroy();
  await until(() => server.load.connections === 1, 'the connection to end');
  await call(await dial(), 'Now');
});

test('calls of all connections together have a limit; what is beyond it is refused on its own stream', async (t) => {
  const { server, dial, call, answer } = await serve(t, { callsMax: 3, streamsPerConnectionMax: 2 });
  const [one, other] = [await dial(), await dial()];
  const waiting = [call(one, 'Wait'), call(one, 'Wait'), call(other, 'Wait')];
  await until(() => server.load.callsInFlight === 3, 'the calls to arrive');
  await assert.rejects(call(other, 'Now'), exhausted, 'of all');
  await assert.rejects(call(one, 'Now'), exhausted, 'of the connection');
  assert.equal(server.load.refusedCalls, 2);
  answer();
  assert.deepEqual((await Promise.all(waiting)).map(String), ['late', 'late', 'late']);
  assert.equal(String(await call(other, 'Now')), 'now');
  assert.equal(server.load.callsInFlight, 0);
});

test('a relay that is full opens no more agent sockets, and does so again after a detach', async (t) => {
  const folder = await folderOf(t);
  await using relay = new Relay({ clock, random, log: silentLog, sandboxesMax: 2 });
  const listen = (name: string) => relay.listen(name, join(folder, name, 'agent.ttrpc'));
  await listen('s1');
  await listen('s2');
  await listen('s2'); // asked again, as a restarted adaptor does
  await assert.rejects(listen('s3'), (error) => isPeerPodError(error, 'E_LIMIT'));
  assert.equal(relay.totals().refusedSandboxes, 1);
  await relay.detach('s1');
  await listen('s3');
  assert.equal(relay.countSandboxes().waiting, 2);
});

test('connections to an agent socket beyond its limit are ended and counted, also after the sandbox is gone', async (t) => {
  const folder = await folderOf(t);
  await using relay = new Relay({ clock, random, log: silentLog });
  const path = join(folder, 's', 'agent.ttrpc');
  await relay.listen('s', path);
  const sockets: net.Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let number = 0; number < 64; number += 1) sockets.push(await dialUnix(path));
  await until(() => relay.totals().shimConnections === 64, 'all to be accepted');
  const extra = await dialUnix(path);
  extra.on('error', () => {});
  extra.resume();
  await once(extra, 'close');
  assert.equal(relay.totals().refusedConnections, 1);
  await relay.detach('s');
  assert.equal(relay.totals().refusedConnections, 1);
  assert.equal(relay.totals().shimConnections, 0);
});
