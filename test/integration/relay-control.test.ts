import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '#base/log.ts';
import { RpcError, statusCodes } from '#codec/ttrpc/status.ts';
import { Relay } from '#domain/relay/relay.ts';
import { RelayClient } from '#domain/relay/relay-client.ts';
import { relayControlServer } from '#domain/relay/remote-control.ts';
import { systemClock as clock, systemRandom } from '#io/system-clock.ts';
import { listenUnix } from '#io/unix-listener.ts';

test('a relay in another process is listened, listed, refused and detached', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'relay-control-'));
  const relay = new Relay({ clock, random: systemRandom, log: silentLog });
  const server = relayControlServer(relay, clock);
  const listener = await listenUnix(join(directory, 'relay.sock'), (socket) => server.serve(socket));
  const socket = net.connect(listener.path);
  await once(socket, 'connect');
  using client = new RelayClient(async () => socket, clock);
  const socketPath = join(directory, 'agent.ttrpc');
  await client.listen('s1', socketPath);
  const traffic = {
    calls: 0,
    callsInFlight: 0,
    bytesToVm: 0,
    bytesToShim: 0,
    reconnections: 0,
    callsLost: 0,
    callsRepeated: 0,
  };
  const expected = [{ sandboxId: 's1', socketPath, connected: false, shimConnections: 0, traffic }];
  assert.deepEqual(await client.list(), expected);
  const tls = { directory, serverName: 'vm', serverFingerprint256: '' };
  const attachment = { sandboxId: 's1', socketPath, host: '127.0.0.1', port: 1, tls: undefined };
  const status = (code: number) => (error: unknown) => error instanceof RpcError && error.rpcStatus.code === code;
  await assert.rejects(client.connect(attachment, { timeoutMs: 120 }), status(statusCodes.deadline_exceeded));
  const unpinned = client.connect({ ...attachment, tls }, { timeoutMs: 120 });
  await assert.rejects(unpinned, status(statusCodes.invalid_argument), 'an empty pin is not no pin');
  await client.detach('s1');
  assert.deepEqual(await relay.list(), []);
  server.destroy();
  await listener.close();
  await rm(directory, { recursive: true });
});
