import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeResponse, encodeRequestFrame } from '../ttrpc/envelope.ts';
import { encodeFrame, messageTypes } from '../ttrpc/frame.ts';
import { statusCodes } from '../ttrpc/status.ts';
import { Passage, streamOffset } from './passage.ts';

const request = (streamId: number, method: string) =>
  encodeRequestFrame(
    { streamId, type: messageTypes.request, flags: 1 },
    { service: 'grpc.AgentService', method, payload: Buffer.from('p'), timeoutNano: 5n, metadata: [] },
  );

function moved(frame: Buffer, by: number): Buffer {
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(copy.readUInt32BE(4) + by, 4);
  return copy;
}

test('at every split only the stream id of a request changes, and changes back in its response', () => {
  const frame = request(1, 'Anything');
  const response = encodeFrame(1 + streamOffset, messageTypes.response, 0, Buffer.from([0x12, 1, 9]));
  for (let at = 0; at <= frame.length; at += 1) {
    const passage = new Passage();
    const parts = [frame.subarray(0, at), frame.subarray(at)].flatMap((part) => passage.fromShim(part).toVm);
    assert.deepEqual(Buffer.concat(parts), moved(frame, streamOffset));
    const cut = Math.min(at, response.length);
    const back = [response.subarray(0, cut), response.subarray(cut)].flatMap((part) => passage.fromVm(part));
    assert.deepEqual(Buffer.concat(back), moved(response, -streamOffset));
    assert.equal(passage.pendingCount, 0);
  }
});

test('after a loss repeatable calls are kept in ascending order, others answered UNAVAILABLE once', () => {
  const passage = new Passage();
  const [wait, create, read] = [request(1, 'WaitProcess'), request(3, 'CreateContainer'), request(5, 'ReadStdout')];
  passage.fromShim(Buffer.concat([wait, create, read]));
  const [reply, ...more] = passage.vmLost();
  assert.ok(reply && more.length === 0);
  assert.equal(reply.readUInt32BE(4), 3);
  assert.equal(decodeResponse(reply.subarray(10)).status?.code, statusCodes.unavailable);
  assert.deepEqual(passage.repeats(), [moved(wait, streamOffset), moved(read, streamOffset)]);
  assert.deepEqual(passage.vmLost(), []);
});

test('data frames and bad stream ids never reach the VM', () => {
  const passage = new Passage();
  const bad = [encodeFrame(7, messageTypes.data, 0, Buffer.from('x')), request(2, 'Echo')];
  for (const frame of bad) {
    const { toVm, toShim } = passage.fromShim(frame);
    assert.deepEqual(toVm, []);
    assert.equal(decodeResponse(Buffer.concat(toShim).subarray(10)).status?.code, statusCodes.invalid_argument);
  }
  assert.deepEqual(passage.fromShim(encodeFrame(1, 9, 0, Buffer.from('x'))), { toVm: [], toShim: [] });
});
