import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeResponse, encodeRequestFrame } from '../ttrpc/envelope.ts';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from '../ttrpc/frame.ts';
import { statusCodes } from '../ttrpc/status.ts';
import { type HeldRequest, Passage, type PassagePolicy, passageLimits } from './passage.ts';

const policy: PassagePolicy = {
  streamOffset: 2,
  repeats: (method) => method === 'grpc.AgentService/WaitProcess' || method === 'grpc.AgentService/ReadStdout',
  edits: (method) => method === 'grpc.AgentService/CreateContainer',
};

const request = (streamId: number, method: string, payload = Buffer.from('p')) =>
  encodeRequestFrame(
    { streamId, type: messageTypes.request, flags: 1 },
    { service: 'grpc.AgentService', method, payload, timeoutNano: 5n, metadata: [] },
  );

function moved(frame: Buffer, by: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(copy.readUInt32BE(4) + by, 4);
  return copy;
}

function open() {
  const far: Buffer[] = [];
  const order: (number | 'held')[] = [];
  const held: HeldRequest[] = [];
  const replies: Buffer[] = [];
  const passage = new Passage(policy, {
    toFar: (item) => {
      if (Buffer.isBuffer(item)) {
        far.push(item);
        order.push(item.readUInt32BE(4));
      } else {
        held.push(item);
        order.push('held');
      }
    },
    toCaller: (bytes) => void replies.push(bytes),
  });
  return { passage, far, held, order, replies };
}

const statusOf = (frame: Buffer | undefined) => frame && decodeResponse(frame.subarray(headerBytes)).status?.code;

test('at every split only the stream id of a request changes, and changes back in its response', () => {
  const frame = request(1, 'Anything');
  const response = encodeFrame(3, messageTypes.response, 0, Buffer.from([0x12, 1, 9]));
  for (let at = 0; at <= frame.length; at += 1) {
    const { passage, far, replies } = open();
    for (const part of [frame.subarray(0, at), frame.subarray(at)]) passage.fromCaller(Buffer.from(part));
    assert.deepEqual(Buffer.concat(far), moved(frame, 2));
    const cut = Math.min(at, response.length);
    for (const part of [response.subarray(0, cut), response.subarray(cut)]) passage.fromFar(Buffer.from(part));
    assert.deepEqual(Buffer.concat(replies), moved(response, -2));
    assert.equal(passage.pendingCount, 0);
  }
});

test('after a loss repeatable calls are kept in ascending order, others answered UNAVAILABLE once', () => {
  const { passage, replies } = open();
  const [wait, start, read] = [request(1, 'WaitProcess'), request(3, 'StartContainer'), request(5, 'ReadStdout')];
  passage.fromCaller(Buffer.concat([wait, start, read]));
  assert.deepEqual(passage.farLost(), { refused: 1, kept: 2 });
  assert.equal(replies.length, 1);
  assert.equal(replies[0]?.readUInt32BE(4), 3);
  assert.equal(statusOf(replies[0]), statusCodes.unavailable);
  assert.deepEqual(passage.repeats(), [moved(wait, 2), moved(read, 2)]);
  passage.farLost();
  assert.equal(replies.length, 1);
  assert.equal(passage.pendingCount, 2);
});

test('half a response dies with its far side: the caller sees the whole answer of the next one', () => {
  const { passage, replies } = open();
  passage.fromCaller(request(1, 'WaitProcess'));
  const response = encodeFrame(3, messageTypes.response, 0, Buffer.alloc(100, 1));
  passage.fromFar(response.subarray(0, 60));
  passage.farLost();
  assert.deepEqual(replies, []);
  passage.fromFar(Buffer.from(response));
  assert.deepEqual(Buffer.concat(replies), moved(response, -2));
});

test('a request to edit keeps its place between its neighbours, however many come in one chunk', () => {
  const { passage, far, held, order } = open();
  const frames = [
    request(1, 'A'),
    request(3, 'CreateContainer', Buffer.from('one')),
    request(5, 'CreateContainer', Buffer.from('two')),
    request(7, 'B'),
  ];
  passage.fromCaller(Buffer.concat(frames));
  assert.deepEqual(order, [3, 'held', 'held', 9]);
  assert.deepEqual(
    held.map(({ header, request: { payload } }) => [header.streamId, Buffer.from(payload).toString()]),
    [
      [5, 'one'],
      [7, 'two'],
    ],
  );
  assert.equal(far.length, 2);
  assert.equal(passage.isPending(3), true);
  passage.refuse(3, 'internal', 'no');
  assert.equal(passage.isPending(3), false);
});

test('data frames and bad stream ids never reach the far side', () => {
  const bad = [
    encodeFrame(7, messageTypes.data, 0, Buffer.from('x')),
    request(2, 'Echo'),
    encodeFrame(0xffff_ffff, messageTypes.request, 0, Buffer.alloc(0)),
  ];
  for (const frame of bad) {
    const { passage, far, replies } = open();
    passage.fromCaller(Buffer.from(frame));
    assert.deepEqual(far, []);
    assert.equal(statusOf(replies[0]), statusCodes.invalid_argument);
    assert.equal(passage.pendingCount, 0);
  }
  const { passage, far, replies } = open();
  passage.fromCaller(encodeFrame(1, 9, 0, Buffer.from('x')));
  assert.deepEqual([far, replies], [[], []]);
});

test('responses that nobody waits for, data frames and oversized answers do not reach the caller as they are', () => {
  const { passage, replies } = open();
  passage.fromCaller(request(1, 'A'));
  passage.fromFar(encodeFrame(9, messageTypes.response, 0, Buffer.from('late')));
  passage.fromFar(encodeFrame(3, messageTypes.data, 0, Buffer.from('stream')));
  assert.deepEqual(replies, []);
  const header = encodeFrame(3, messageTypes.response, 0, Buffer.alloc(0));
  header.writeUInt32BE(dataBytesMax + 1);
  passage.fromFar(header);
  passage.fromFar(Buffer.alloc(dataBytesMax + 1));
  assert.equal(statusOf(replies[0]), statusCodes.resource_exhausted);
  assert.equal(passage.pendingCount, 0);
});

test('what is kept for repeating is bounded by call, by bytes and by number', () => {
  const { passage, replies } = open();
  const large = Buffer.alloc(passageLimits.keptRequestBytesMax - 100);
  let streamId = 1;
  for (; streamId < 2 * passageLimits.pendingMax; streamId += 2) {
    passage.fromCaller(request(streamId, 'WaitProcess', streamId < 64 ? large : Buffer.alloc(0)));
    assert.ok(passage.heldBytes <= passageLimits.keptBytesMax);
  }
  assert.equal(passage.pendingCount, passageLimits.pendingMax);
  passage.fromCaller(request(streamId, 'WaitProcess'));
  assert.equal(statusOf(replies[0]), statusCodes.resource_exhausted);
  passage.farLost();
  assert.ok(passage.pendingCount < passageLimits.pendingMax, 'what was not kept is answered');
  assert.equal(passage.pendingCount, passage.repeats().length);
});
