import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerBytes } from '../ttrpc/frame.ts';
import {
  decodeAcknowledge,
  decodeResumeRequest,
  decodeResumeResponse,
  encodeAcknowledge,
  encodeResumeRequest,
  encodeResumeResponse,
  encodeSignal,
  isOfConnection,
  sessionFrames,
} from './session-frames.ts';

test('messages come back as they were, malformed ones are E_DECODE', () => {
  const sessionId = Buffer.alloc(16, 9);
  for (const receivedBytes of [0, 1, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
    assert.equal(decodeAcknowledge(encodeAcknowledge(receivedBytes).subarray(headerBytes)), receivedBytes);
    const request = { sessionId, receivedBytes };
    assert.deepEqual(decodeResumeRequest(encodeResumeRequest(request)), request);
    const response = { resumed: true, receivedBytes };
    assert.deepEqual(decodeResumeResponse(encodeResumeResponse(response)), response);
  }
  const short = encodeResumeRequest({ sessionId: Buffer.alloc(15), receivedBytes: 0 });
  for (const decode of [
    () => decodeResumeRequest(short),
    () => decodeResumeRequest(Buffer.from('ff', 'hex')),
    () => decodeResumeResponse(Buffer.from('0aff', 'hex')),
    () => decodeAcknowledge(Buffer.alloc(7)),
    () => decodeAcknowledge(Buffer.alloc(8, 0xff)),
  ]) {
    assert.throws(decode, /E_DECODE/);
  }
});

test('frames of the connection have types that ttrpc does not use, and carry nothing but a position', () => {
  assert.equal(encodeAcknowledge(258).toString('hex'), '00000008' + '00000000' + '10' + '00' + '0000000000000102');
  for (const signal of ['end', 'ping', 'pong'] as const) {
    const frame = encodeSignal(signal);
    assert.deepEqual([frame.length, frame[8]], [headerBytes, sessionFrames[signal]]);
    assert.ok(isOfConnection(sessionFrames[signal]));
  }
  for (const type of [0, 1, 2, 3, 15, 20, 255]) assert.ok(!isOfConnection(type));
});
