import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBytesField, fieldBytes, fieldString, wireFields } from '#codec/protobuf-wire.ts';
import type { UnaryHandler } from '#io/ttrpc-server.ts';
import { forwarderRig, runAgent, service } from './forwarder-rig.ts';

async function rig(methods: Record<string, UnaryHandler>) {
  await using undo = new AsyncDisposableStack();
  const forwarder = undo.use(await forwarderRig());
  const agent = undo.use(await runAgent(forwarder.agentPath, methods));
  const { client, socket } = await forwarder.connect();
  const owned = undo.move();
  return {
    forwarder,
    client,
    socket,
    agentSockets: agent.sockets,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test('calls pass both ways, long polls on a connection of their own', async () => {
  const held = Promise.withResolvers<Uint8Array>();
  await using pod = await rig({ Check: async (payload) => payload, ReadStdout: () => held.promise });
  const poll = pod.client.call(service, 'ReadStdout', Buffer.from('poll'));
  const answer = await pod.client.call(service, 'Check', Buffer.from('hello'));
  assert.equal(Buffer.from(answer).toString(), 'hello');
  assert.equal(pod.agentSockets.size, 2);
  held.resolve(Buffer.from('late'));
  assert.equal(Buffer.from(await poll).toString(), 'late');
});

test('a call that dies with the agent fails alone, and the next one reaches the agent again', async () => {
  const arrived = Promise.withResolvers<void>();
  await using pod = await rig({
    Check: async (payload) => payload,
    StartContainer: () => {
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  const lost = pod.client.call(service, 'StartContainer', new Uint8Array(0));
  lost.catch(() => {});
  await arrived.promise;
  for (const socket of pod.agentSockets) socket.destroy();
  await assert.rejects(lost, { status: 'unavailable' });
  assert.equal((await pod.client.call(service, 'Check', Buffer.from('x'))).length, 1);
});

test('malformed frames are answered on their own stream and leave the neighbour unharmed', async () => {
  const held = Promise.withResolvers<Uint8Array>();
  const arrived = Promise.withResolvers<void>();
  await using pod = await rig({
    StartContainer: () => {
      arrived.resolve();
      return held.promise;
    },
  });
  const neighbour = pod.client.call(service, 'StartContainer', new Uint8Array(0));
  await arrived.promise;
  const garbage = Buffer.from([0, 0, 0, 2, 0, 0, 9, 1, 1, 0, 0xff, 0xff]); // a request that is no message
  const unknownKind = Buffer.from([0, 0, 0, 1, 0, 0, 9, 3, 77, 0, 1]);
  const strayData = Buffer.from([0, 0, 0, 1, 0, 0, 9, 5, 3, 0, 1]);
  pod.socket.write(Buffer.concat([garbage, unknownKind, strayData]));
  held.resolve(Buffer.from('unharmed'));
  assert.equal(Buffer.from(await neighbour).toString(), 'unharmed');
});

test('CreateContainer gains the pod namespace at the end, and unknown fields survive', async () => {
  const seen = Promise.withResolvers<Uint8Array>();
  await using pod = await rig({
    CreateContainer: async (payload) => {
      seen.resolve(payload);
      return new Uint8Array(0);
    },
  });
  const first = encodeBytesField(6, encodeBytesField(1, Buffer.from('ipc')));
  const linux = encodeBytesField(8, Buffer.concat([first, encodeBytesField(99, Buffer.from('new'))]));
  const unknown = encodeBytesField(200, Buffer.from('kept'));
  await pod.client.call(service, 'CreateContainer', Buffer.concat([encodeBytesField(6, linux), unknown]));
  const namespace = Buffer.concat([
    encodeBytesField(1, Buffer.from('network')),
    encodeBytesField(2, Buffer.from('/run/netns/podns')),
  ]);
  const expectedLinux = Buffer.concat([
    first,
    encodeBytesField(99, Buffer.from('new')),
    encodeBytesField(6, namespace),
  ]);
  const expected = Buffer.concat([encodeBytesField(6, encodeBytesField(8, expectedLinux)), unknown]);
  assert.deepEqual(Buffer.from(await seen.promise), expected);
});

test('CreateSandbox loses its dns and nothing else; a container without OCI fails alone', async () => {
  const seen = Promise.withResolvers<Uint8Array>();
  await using pod = await rig({
    CreateSandbox: async (payload) => {
      seen.resolve(payload);
      return new Uint8Array(0);
    },
  });
  const dns = encodeBytesField(2, Buffer.from('nameserver 10.0.0.1'));
  const hostname = encodeBytesField(1, Buffer.from('pod'));
  await pod.client.call(service, 'CreateSandbox', Buffer.concat([dns, hostname, dns]));
  const payload = await seen.promise;
  const [only, ...more] = wireFields(payload);
  assert.ok(only);
  assert.equal(more.length, 0);
  assert.equal(fieldString(payload, only), 'pod');
  assert.equal(fieldBytes(payload, only).length, 3);
  await assert.rejects(pod.client.call(service, 'CreateContainer', hostname), { status: 'invalid_argument' });
});

test('the end of the caller ends its long polls at the agent', async () => {
  const aborted = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  await using pod = await rig({
    WaitProcess: (_payload, { signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      arrived.resolve();
      return new Promise(() => {});
    },
  });
  pod.client.call(service, 'WaitProcess', new Uint8Array(0)).catch(() => {});
  await arrived.promise;
  pod.socket.destroy();
  await aborted.promise;
});
