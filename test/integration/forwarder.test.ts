import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { decodeResponse, encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameSpans } from '#codec/ttrpc/frame-spans.ts';
import { statusCodes } from '#codec/ttrpc/status.ts';
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

test('without an agent each request fails after its own time, and those that wait longer reach it when it comes', async () => {
  await using forwarder = await forwarderRig();
  const { client } = await forwarder.connect();
  const began = performance.now();
  // Frames of our own, since a client would keep the time itself.
  const raw = await forwarder.connectRaw();
  const ends = new Map<number, { afterMs: number; code: number | undefined }>();
  const spans = new FrameSpans((span) => {
    const { status } = decodeResponse(span.data());
    ends.set(span.streamId, { afterMs: performance.now() - began, code: status?.code });
    return undefined;
  });
  raw.on('data', (chunk: Buffer) => spans.push(chunk));
  const ask = (streamId: number, ms: number) =>
    raw.write(
      encodeRequestFrame(
        { streamId, type: messageTypes.request, flags: 0 },
        { service, method: 'Check', payload: new Uint8Array(0), timeoutNano: BigInt(ms * 1e6), metadata: [] },
      ),
    );
  ask(1, 100);
  ask(3, 400);
  ask(5, -1);
  ask(7, 60_000);
  const patient = client.call(service, 'Check', Buffer.from('x'));
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.deepEqual(
    [...ends].toSorted(([a], [b]) => a - b).map(([streamId, { code }]) => [streamId, code]),
    [1, 3, 5].map((streamId) => [streamId, statusCodes.unavailable]),
  );
  const afterMs = (streamId: number) => ends.get(streamId)?.afterMs ?? 0;
  assert.ok(afterMs(5) < afterMs(1) && afterMs(1) < 390 && afterMs(3) >= 390 && afterMs(3) < 800);
  await using _agent = await runAgent(forwarder.agentPath, { Check: async (payload) => payload });
  assert.equal((await patient).length, 1);
  while (!ends.has(7)) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(ends.get(7)?.code, undefined);
});

test('an agent that dies and comes back is dialled again by the next call', async () => {
  await using forwarder = await forwarderRig();
  const { client } = await forwarder.connect();
  for (let life = 0; life < 3; life += 1) {
    {
      await using _agent = await runAgent(forwarder.agentPath, { Check: async (payload) => payload });
      assert.equal((await client.call(service, 'Check', Buffer.from('x'))).length, 1);
    }
    // A call on its way when the agent ends is lost with it; this is about the one after that.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

test('services and methods that nobody knows here pass, and their answers too', async () => {
  await using forwarder = await forwarderRig();
  await using _agent = await runAgent(forwarder.agentPath, { OfTomorrow: async (payload) => payload });
  const { client } = await forwarder.connect();
  const payload = Buffer.from([0xf8, 0x7f, 0x01, 0, 255]);
  assert.deepEqual(Buffer.from(await client.call(service, 'OfTomorrow', payload)), payload);
  await assert.rejects(client.call('new.Service', 'Do', payload), /unimplemented: service new\.Service/);
});

test('data frames and answers that are too large cost their own stream only', async () => {
  const oversized = Buffer.alloc(headerBytes + dataBytesMax + 1);
  await using forwarder = await forwarderRig();
  const agent = net.createServer((socket) => {
    const spans = new FrameSpans((span) => {
      oversized.writeUInt32BE(dataBytesMax + 1, 0);
      oversized.writeUInt32BE(span.streamId, 4);
      oversized[8] = messageTypes.response;
      const method = span.peekMethod() ?? '';
      if (method.endsWith('Huge')) socket.write(oversized);
      else if (method.endsWith('Stream'))
        socket.write(encodeFrame(span.streamId, messageTypes.data, 0, Buffer.from('x')));
      else socket.write(encodeFrame(span.streamId, messageTypes.response, 0, new Uint8Array(0)));
      return undefined;
    });
    socket.on('data', (chunk: Buffer) => spans.push(chunk)).on('error', () => {});
  });
  await once(agent.listen(forwarder.agentPath), 'listening');
  const { client, socket } = await forwarder.connect();
  const call = (method: string) => client.call(service, method, new Uint8Array(0));
  await assert.rejects(call('Huge'), { status: 'resource_exhausted' });
  await assert.rejects(call('Stream'), { status: 'internal' });
  socket.write(encodeFrame(4001, messageTypes.data, 1, Buffer.from('x')));
  await call('Fine');
  agent.close();
});
