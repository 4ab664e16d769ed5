/** What slow, silent and greedy peers can do to a forwarder, and to their neighbours: little, and for a short time. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameSpans } from '#codec/ttrpc/frame-spans.ts';
import type { TtrpcClient } from '#io/ttrpc-client.ts';
import { forwarderRig, runAgent, service } from './forwarder-rig.ts';

const empty = new Uint8Array(0);
const mebibyte = 1024 * 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const frame = (streamId: number, method: string, payload: Uint8Array = empty, of = service) =>
  encodeRequestFrame(
    { streamId, type: messageTypes.request, flags: 0 },
    { service: of, method, payload, timeoutNano: 0n, metadata: [] },
  );

const check = (client: TtrpcClient) => client.call('grpc.Health', 'Check', empty, { timeoutMs: 20_000 });

/** Events' own `once` would reject with the reset that comes first. */
const closed = (socket: net.Socket) => new Promise((resolve) => socket.once('close', resolve));

/** How long until `work` is done, in ms. */
async function timed(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

test('a caller that reads nothing is not read from without end, and a neighbour is answered as ever', async () => {
  await using rig = await forwarderRig();
  let reads = 0;
  const chunk = Buffer.alloc(32 * 1024, 7);
  await using _agent = await runAgent(rig.agentPath, {
    ReadStdout: async () => {
      reads += 1;
      return chunk;
    },
    Echo: async (payload) => payload,
  });
  const slow = await rig.connectRaw();
  slow.pause();
  const asked = 1000;
  for (let index = 0; index < asked; index += 1) slow.write(frame(2 * index + 1, 'ReadStdout'));
  const { client } = await rig.connect();
  let most = 0;
  for (let step = 0; step < 20; step += 1) {
    assert.ok((await timed(client.call(service, 'Echo', Buffer.alloc(1000)))) < 5000);
    most = Math.max(most, rig.sessions.heldBytes);
    await pause(20);
  }
  assert.ok(most < 2 * mebibyte, `${most} bytes held`);

  // While it does not read, a Health.Check comes in. It is answered ahead of most of what waits.
  slow.write(frame(3001, 'Check', empty, 'grpc.Health'));
  await pause(50);
  const order: number[] = [];
  const spans = new FrameSpans((span) => void order.push(span.streamId));
  slow.on('data', (bytes: Buffer) => spans.push(bytes));
  slow.resume();
  while (order.length < asked + 1) await pause(10);
  assert.equal(new Set(order).size, asked + 1);
  assert.equal(reads, asked);
  assert.ok(order.indexOf(3001) < asked / 2, `Health.Check was answered as number ${order.indexOf(3001)}`);
});

test('an agent that takes nothing: Health.Check is answered within seconds, more is refused, and it goes on later', async () => {
  await using rig = await forwarderRig();
  await using stuck = await stuckAgent(rig.agentPath);
  const { client, socket } = await rig.connect();
  const write = Buffer.alloc(mebibyte, 1);
  const written = Promise.allSettled(Array.from({ length: 12 }, () => client.call(service, 'WriteStdin', write)));
  // The forwarder holds 8 MiB for the agent and then reads no more for a while.
  const delayMs = await timed(check(client));
  assert.ok(delayMs > 1000, `the caller was held back: ${delayMs} ms`);
  assert.ok(delayMs < 9000, `${delayMs} ms`);
  await assert.rejects(client.call(service, 'WriteStdin', write), { status: 'resource_exhausted' });
  assert.ok((await timed(check(client))) < 3000);
  assert.ok(rig.sessions.heldBytes < 20 * mebibyte, `${rig.sessions.heldBytes} bytes held`);
  stuck.release();
  const refused = (await written).filter((outcome) => outcome.status === 'rejected');
  assert.ok(refused.length < 6, `${refused.length} of 12 were refused`);
  assert.equal(socket.destroyed, false);
  await client.call(service, 'WriteStdin', write);
});

/** Answers Health.Check, and reads no other connection until it is released. */
async function stuckAgent(path: string) {
  const releases: (() => void)[] = [];
  const sockets = new Set<net.Socket>();
  let isReleased = false;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const spans = new FrameSpans((span) => {
      socket.write(encodeFrame(span.streamId, messageTypes.response, 0, empty));
      return undefined;
    });
    socket.on('data', (chunk: Buffer) => {
      if (isReleased || chunk.includes('grpc.Health')) return spans.push(chunk);
      socket.pause();
      releases.push(() => {
        spans.push(chunk);
        socket.resume();
      });
    });
  });
  await once(server.listen(path), 'listening');
  return {
    release() {
      isReleased = true;
      for (const release of releases) release();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const ended = once(server, 'close');
      server.close();
      await ended;
    },
  };
}

test('requests that wait for the agent are bounded in bytes, over all connections', async () => {
  await using rig = await forwarderRig({}, { waitingBytesMax: 10 * mebibyte });
  const large = Buffer.alloc(dataBytesMax - 1000);
  const first = await rig.connect();
  const second = await rig.connect();
  const waiting = [first, second].map(({ client }) => client.call(service, 'CopyFile', large));
  while (rig.sessions.heldBytes < 2 * large.length) await pause(10);
  await assert.rejects(second.client.call(service, 'CopyFile', large), { status: 'resource_exhausted' });
  await using _agent = await runAgent(rig.agentPath, { CopyFile: async () => empty });
  await Promise.all(waiting);
  await second.client.call(service, 'CopyFile', large);
});

test('more than 1024 calls at once are refused, each on its stream, and the connection goes on', async () => {
  await using rig = await forwarderRig();
  await using _agent = await runAgent(rig.agentPath, { WaitProcess: () => new Promise(() => {}) });
  const socket = await rig.connectRaw();
  const answered: number[] = [];
  const spans = new FrameSpans((span) => void answered.push(span.streamId));
  socket.on('data', (chunk: Buffer) => spans.push(chunk));
  for (let index = 0; index < 1026; index += 1) socket.write(frame(2 * index + 1, 'WaitProcess'));
  while (answered.length < 2) await pause(10);
  assert.deepEqual(answered, [2049, 2051]);
});

test('connections above their number are refused; of those that hold too much together the one with most is ended', async () => {
  await using rig = await forwarderRig({}, { sessionsMax: 3, heldBytesMax: 12 * mebibyte });
  const whole = frame(1, 'CopyFile', Buffer.alloc(dataBytesMax - 200));
  // Requests that come, and do not come to their end.
  const sizes = [3.9, 3.95, 3.8];
  const sockets = await Promise.all(sizes.map(() => rig.connectRaw()));
  for (const [index, socket] of sockets.entries()) socket.write(whole.subarray(0, (sizes[index] ?? 0) * mebibyte));
  while (rig.sessions.size < 3) await pause(5);
  const fourth = await rig.connectRaw();
  fourth.resume();
  fourth.write(frame(1, 'Check'));
  await closed(fourth);
  while (rig.sessions.heldBytes < 11 * mebibyte) await pause(5);
  assert.equal(rig.sessions.size, 3);
  const greedy = sockets[1];
  assert.ok(greedy);
  greedy.resume();
  greedy.write(whole.subarray(3.95 * mebibyte));
  greedy.write(frame(3, 'CopyFile', Buffer.alloc(dataBytesMax - 200)).subarray(0, 3 * mebibyte));
  await closed(greedy);
  assert.equal(rig.sessions.size, 2);
});
