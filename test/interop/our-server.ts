/** A server of ours, and a hand-made one, before a foreign client. */

import assert from 'node:assert/strict';
import net from 'node:net';
import type { TestContext } from 'node:test';
import { encodeBytesField, encodeVarintField } from '#codec/protobuf-wire.ts';
import { encodeFrame, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { systemClock as clock } from '#io/system-clock.ts';
import { TtrpcServer } from '#io/ttrpc-server.ts';
import { listenUnix } from '#io/unix-listener.ts';
import { oversizedFrame } from '../support/raw-connection.ts';
import { type OurPeer, ourPeer, unwrapped, wrapped, wrappedNumber } from './messages.ts';
import { type Language, PeerClient, socketPath } from './peer.ts';

export interface OurServer {
  readonly path: string;
  readonly server: TtrpcServer;
  readonly peer: OurPeer;
}

export async function serveOurs(context: TestContext): Promise<OurServer> {
  const path = socketPath(context);
  const peer = ourPeer();
  const server = new TtrpcServer({ services: peer.services, clock });
  const listener = await listenUnix(path, (socket) => server.serve(socket));
  context.after(async () => {
    server.destroy();
    await listener.close();
  });
  return { path, server, peer };
}

const until = async (what: string, holds: () => boolean) => {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 300, what);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Both ends of a connection with calls in flight: the client's death, our drain, our destruction. */
export async function checkPendingCallsEnd(context: TestContext, language: Language, closed: RegExp): Promise<void> {
  await context.test('a client that dies has its handlers cancelled, others go on', async (t) => {
    const { path, peer, server } = await serveOurs(t);
    const [dying, living] = [new PeerClient(t, language, path), new PeerClient(t, language, path)];
    void dying.call('Wait');
    void dying.call('Wait');
    const sleeping = living.call('Sleep', { payload: wrappedNumber(200) });
    await until('three calls arrived', () => peer.calls === 3);
    dying.child.kill('SIGKILL');
    await until('both were cancelled', () => peer.cancelled === 2);
    assert.equal((await sleeping).code, 0);
    assert.equal(server.connectionCount, 1);
  });

  await context.test('drain answers what ends in time and then closes; the rest hears that it is closed', async (t) => {
    const { path, peer, server } = await serveOurs(t);
    const [quick, stuck] = [new PeerClient(t, language, path), new PeerClient(t, language, path)];
    const sleeping = quick.call('Sleep', { payload: wrappedNumber(100) });
    const waiting = stuck.call('Wait');
    await until('both calls arrived', () => peer.calls === 2);
    const started = performance.now();
    await server.drain(500);
    assert.ok(performance.now() - started < 3000, 'the drain has a bound');
    assert.equal((await sleeping).code, 0);
    const answer = await waiting;
    assert.equal(answer.code, 'local');
    assert.match(answer.message, closed);
  });

  await context.test('calls in flight fail when the server is destroyed', async (t) => {
    const { path, peer, server } = await serveOurs(t);
    const client = new PeerClient(t, language, path);
    const waiting = [client.call('Wait'), client.call('Wait')];
    await until('both calls arrived', () => peer.calls === 2);
    server.destroy();
    for (const { code, message } of await Promise.all(waiting)) {
      assert.equal(code, 'local');
      assert.match(message, closed);
    }
  });
}

/** Serves each request by writing what `answer` gives, byte for byte. */
async function handMade(context: TestContext, answer: (streamId: number, method: string) => readonly Uint8Array[]) {
  const path = socketPath(context);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const decoder = new FrameDecoder();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        if (frame.kind !== 'frame') continue;
        const method = /(Short|Status|Unknown|Oversized|Data|Swapped)/.exec(frame.data.toString('latin1'))?.[1] ?? '';
        for (const bytes of answer(frame.streamId, method)) socket.write(bytes);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

const response = (streamId: number, ...fields: readonly Uint8Array[]) =>
  encodeFrame(streamId, messageTypes.response, 0, Buffer.concat(fields));
const payload = encodeBytesField(2, wrapped('fine'));

/** Both spellings of OK, fields of tomorrow, answers in any order, and answers that are none. */
export async function checkRawAnswers(context: TestContext, language: Language, codes: { oversized: number }) {
  const parked: number[] = [];
  const path = await handMade(context, (streamId, method) => {
    switch (method) {
      case 'Short':
        return [response(streamId, payload)];
      case 'Status': // code 0 written out, as well as left out of a status that is there
        return [response(streamId, encodeBytesField(1, encodeVarintField(1, 0n)), payload)];
      case 'Unknown':
        return [response(streamId, payload, encodeBytesField(99, Buffer.from('tomorrow')), encodeVarintField(98, 7n))];
      case 'Oversized':
        return [oversizedFrame(streamId, messageTypes.response)];
      case 'Data':
        return [encodeFrame(streamId, messageTypes.data, 0, Buffer.from(wrapped('fine')))];
      case 'Swapped': {
        parked.push(streamId);
        return parked.length < 2
          ? []
          : parked
              .splice(0)
              .reverse()
              .map((id) => response(id, payload));
      }
      default:
        return [response(streamId)];
    }
  });
  const client = new PeerClient(context, language, path);
  const fine = async (method: string) => {
    const answer = await client.call(method);
    assert.deepEqual([answer.code, unwrapped(answer.payload).toString()], [0, 'fine'], method);
  };
  await context.test('success with and without a status, unknown fields, answers in another order', async () => {
    for (const method of ['Short', 'Status', 'Unknown']) await fine(method);
    await Promise.all([fine('Swapped'), fine('Swapped')]);
  });
  await context.test('an oversized answer fails its call alone', async () => {
    const beside = fine('Swapped');
    assert.equal((await client.call('Oversized')).code, codes.oversized);
    await fine('Swapped');
    await beside;
  });
  await context.test('a data frame as an answer never looks like success with the right payload', async () => {
    const answer = await client.call('Data', { timeoutMs: 500 });
    assert.notDeepEqual([answer.code, unwrapped(answer.payload).toString()], [0, 'fine']);
    await fine('Short');
  });
}
