/** Client and server against each other and against hand-made frames, over real Unix sockets. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodeResponse, encodeRequestFrame } from '#codec/ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from '#codec/ttrpc/frame.ts';
import { FrameDecoder } from '#codec/ttrpc/frame-decoder.ts';
import { statusCodes } from '#codec/ttrpc/status.ts';
import { systemClock } from './system-clock.ts';
import { TtrpcClient } from './ttrpc-client.ts';
import { type CallContext, type ServiceTable, TtrpcServer } from './ttrpc-server.ts';

const empty = new Uint8Array(0);

interface Peer {
  readonly server: TtrpcServer;
  dial(): Promise<Socket>;
}

async function startPeer(context: TestContext, services: ServiceTable): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'ttrpc-'));
  const path = join(folder, 's');
  const server = new TtrpcServer({ services, clock: systemClock });
  const listener = createServer((socket) => server.serve(socket));
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  context.after(() => {
    server.destroy();
    listener.close();
    rmSync(folder, { recursive: true });
  });
  const dial = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(path, () => resolve(socket));
      socket.on('error', reject);
      context.after(() => socket.destroy());
    });
  return { server, dial };
}

/** A service with an echo, a call that stays in flight until told, and ways to fail. */
function services() {
  const gate = Promise.withResolvers<void>();
  const seen: CallContext[] = [];
  const table: ServiceTable = {
    test: {
      echo: async (payload) => payload,
      wait: async (payload, call) => {
        seen.push(call);
        await gate.promise;
        return payload;
      },
      huge: async () => Buffer.alloc(dataBytesMax),
      fail: async () => {
        throw new Error('as told');
      },
    },
  };
  return { table, gate, seen };
}

const client = (socket: Socket) => new TtrpcClient(socket, { clock: systemClock });

test('calls overlap and answers come in any order', async (t) => {
  const { table, gate } = services();
  const peer = await startPeer(t, table);
  await using caller = client(await peer.dial());
  const slow = caller.call('test', 'wait', Buffer.from('slow'));
  assert.equal(Buffer.from(await caller.call('test', 'echo', Buffer.from('fast'))).toString(), 'fast');
  gate.resolve();
  assert.equal(Buffer.from(await slow).toString(), 'slow');
});

for (const [service, method, status, message] of [
  ['nowhere', 'echo', 'unimplemented', 'service nowhere'],
  ['test', 'nothing', 'unimplemented', 'method nothing'],
  ['test', 'constructor', 'unimplemented', 'method constructor'],
  ['__proto__', 'toString', 'unimplemented', 'service __proto__'],
  ['test', 'fail', 'unknown', 'as told'],
] as const) {
  test(`${service}/${method} is ${status}`, async (t) => {
    const peer = await startPeer(t, services().table);
    await using caller = client(await peer.dial());
    await assert.rejects(caller.call(service, method, empty), {
      rpcStatus: { code: statusCodes[status], message, details: [] },
    });
  });
}

test('metadata and the budget reach the handler', async (t) => {
  const { table, gate, seen } = services();
  const peer = await startPeer(t, table);
  await using caller = client(await peer.dial());
  gate.resolve();
  const metadata = [{ key: 'traceparent', value: '00-1' }];
  await caller.call('test', 'wait', empty, { timeoutMs: 5000, metadata });
  assert.deepEqual(seen[0]?.metadata, metadata);
  assert.equal(seen[0]?.deadlineMs, 5000);
});

test('the server answers DEADLINE_EXCEEDED itself and aborts the handler', async (t) => {
  const { table, seen } = services();
  const peer = await startPeer(t, table);
  const socket = await peer.dial();
  const request = { service: 'test', method: 'wait', payload: empty, timeoutNano: 20_000_000n, metadata: [] };
  const replies = collect(socket);
  socket.write(encodeRequestFrame({ streamId: 1, type: 1, flags: 0 }, request));
  socket.write(encodeRequestFrame({ streamId: 3, type: 1, flags: 0 }, { ...request, timeoutNano: -1n }));
  assert.equal((await replies.next(3)).code, statusCodes.deadline_exceeded);
  assert.equal((await replies.next(1)).code, statusCodes.deadline_exceeded);
  assert.equal(seen.length, 1, 'an expired call never reaches its handler');
  assert.equal(seen[0]?.signal.aborted, true);
});

test('the caller leaving aborts its handlers only', async (t) => {
  const { table, gate, seen } = services();
  const peer = await startPeer(t, table);
  await using other = client(await peer.dial());
  const stays = other.call('test', 'wait', empty);
  const leaver = client(await peer.dial());
  const gone = leaver.call('test', 'wait', empty);
  while (seen.length < 2) await new Promise(setImmediate);
  const aborted = new Promise((resolve) => seen[1]?.signal.addEventListener('abort', resolve, { once: true }));
  leaver.destroy();
  await assert.rejects(gone, { code: 'E_RPC_CLOSED' });
  await aborted;
  assert.equal(seen[0]?.signal.aborted, false);
  gate.resolve();
  await stays;
});

test('an answer that is too large costs its own stream only', async (t) => {
  const { table, gate } = services();
  const peer = await startPeer(t, table);
  await using caller = client(await peer.dial());
  const neighbour = caller.call('test', 'wait', Buffer.from('alive'));
  await assert.rejects(caller.call('test', 'huge', empty), { status: 'resource_exhausted' });
  gate.resolve();
  assert.equal(Buffer.from(await neighbour).toString(), 'alive');
});

/** Decodes what a raw socket receives, by stream id. */
function collect(socket: Socket) {
  const decoder = new FrameDecoder();
  const replies = new Map<number, { code: number; message: string; payload: string }>();
  socket.on('data', (chunk: Buffer) => {
    for (const frame of decoder.push(chunk)) {
      assert.ok(frame.kind === 'frame' && frame.type === messageTypes.response);
      const { status, payload } = decodeResponse(frame.data);
      replies.set(frame.streamId, {
        code: status?.code ?? 0,
        message: status?.message ?? '',
        payload: Buffer.from(payload).toString(),
      });
    }
  });
  return {
    async next(streamId: number) {
      for (;;) {
        const reply = replies.get(streamId);
        if (reply) return reply;
        assert.equal(socket.destroyed, false, `connection ended before stream ${streamId} was answered`);
        await new Promise(setImmediate);
      }
    },
  };
}

function oversizedFrame(streamId: number): Buffer {
  const bytes = Buffer.alloc(headerBytes + dataBytesMax + 1);
  bytes.writeUInt32BE(dataBytesMax + 1, 0);
  bytes.writeUInt32BE(streamId, 4);
  bytes[8] = messageTypes.request;
  return bytes;
}

const echoRequest = { service: 'test', method: 'echo', payload: empty, timeoutNano: 0n, metadata: [] };
const illegal: readonly (readonly [string, Buffer, number, keyof typeof statusCodes])[] = [
  ['an even stream id', encodeRequestFrame({ streamId: 4, type: 1, flags: 0 }, echoRequest), 4, 'invalid_argument'],
  ['stream id 0', encodeRequestFrame({ streamId: 0, type: 1, flags: 0 }, echoRequest), 0, 'invalid_argument'],
  ['an undecodable envelope', encodeFrame(5, 1, 0, Buffer.from('ffff', 'hex')), 5, 'invalid_argument'],
  ['a data frame for no stream', encodeFrame(7, 3, 0, Buffer.from('x')), 7, 'invalid_argument'],
  ['a data frame for a unary call in flight', encodeFrame(1, 3, 0, empty), 1, 'invalid_argument'],
  ['an oversized request', oversizedFrame(9), 9, 'resource_exhausted'],
];

for (const [what, bytes, streamId, status] of illegal) {
  test(`${what} is answered ${status}, and a neighbour's call goes on`, async (t) => {
    const { table, gate } = services();
    const peer = await startPeer(t, table);
    const socket = await peer.dial();
    const replies = collect(socket);
    const wait = { ...echoRequest, method: 'wait', payload: Buffer.from('alive') };
    // The neighbour is stream 1 itself where the illegal frame hits another stream, else stream 3.
    socket.write(encodeRequestFrame({ streamId: 1, type: 1, flags: 0 }, wait));
    socket.write(encodeRequestFrame({ streamId: 3, type: 1, flags: 0 }, wait));
    socket.write(bytes);
    assert.equal((await replies.next(streamId)).code, statusCodes[status]);
    gate.resolve();
    assert.deepEqual(await replies.next(3), { code: 0, message: '', payload: 'alive' });
    socket.write(encodeRequestFrame({ streamId: 11, type: 1, flags: 0 }, echoRequest));
    assert.equal((await replies.next(11)).code, 0);
  });
}

test('a re-used stream id is refused, one that others overtook is not', async (t) => {
  const peer = await startPeer(t, services().table);
  const socket = await peer.dial();
  const replies = collect(socket);
  socket.write(encodeRequestFrame({ streamId: 5, type: 1, flags: 0 }, echoRequest));
  assert.equal((await replies.next(5)).code, 0);
  socket.write(encodeRequestFrame({ streamId: 3, type: 1, flags: 0 }, echoRequest));
  assert.equal((await replies.next(3)).code, 0);
  const later = collect(socket);
  socket.write(encodeRequestFrame({ streamId: 5, type: 1, flags: 0 }, echoRequest));
  assert.equal((await later.next(5)).code, statusCodes.invalid_argument);
});

test('unknown message types are ignored', async (t) => {
  const peer = await startPeer(t, services().table);
  const socket = await peer.dial();
  const replies = collect(socket);
  socket.write(encodeFrame(1, 200, 255, Buffer.from('noise')));
  socket.write(encodeRequestFrame({ streamId: 1, type: 1, flags: 0 }, echoRequest));
  assert.equal((await replies.next(1)).code, 0);
});

test('drain ends idle connections, waits for busy ones, and has a bound', async (t) => {
  const { table, gate } = services();
  const peer = await startPeer(t, table);
  const idle = client(await peer.dial());
  const busy = client(await peer.dial());
  const call = busy.call('test', 'wait', Buffer.from('last'));
  await idle.call('test', 'echo', empty);
  const drained = peer.server.drain(10_000);
  await idle.closed;
  gate.resolve();
  assert.equal(Buffer.from(await call).toString(), 'last');
  await drained;
  await busy.closed;
});

test('drain gives up on a call that never ends', async (t) => {
  const peer = await startPeer(t, services().table);
  const busy = client(await peer.dial());
  const call = busy.call('test', 'wait', empty);
  await busy.call('test', 'echo', empty);
  await Promise.all([assert.rejects(call, { code: 'E_RPC_CLOSED' }), peer.server.drain(30)]);
});

test('a call given up is forgotten, and its late answer harms nobody', async (t) => {
  const { table, gate } = services();
  const peer = await startPeer(t, table);
  await using caller = client(await peer.dial());
  await assert.rejects(caller.call('test', 'wait', empty, { signal: AbortSignal.abort(new Error('left')) }), /left/);
  await assert.rejects(caller.call('test', 'wait', empty, { timeoutMs: 10 }), { status: 'deadline_exceeded' });
  gate.resolve();
  assert.equal((await caller.call('test', 'echo', Buffer.from('ok'))).length, 2);
});
