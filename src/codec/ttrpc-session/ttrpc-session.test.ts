import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, headerBytes } from '../ttrpc/frame.ts';
import { FrameBoundary } from './frame-boundary.ts';
import { ReceivedCount } from './received-count.ts';
import { SentLog } from './sent-log.ts';
import {
  decodeAcknowledge,
  decodeResumeRequest,
  decodeResumeResponse,
  encodeAcknowledge,
  encodeResumeRequest,
  encodeResumeResponse,
} from './session-frames.ts';

test('what is not acknowledged is kept, byte for byte, whatever the cuts and acknowledgements', () => {
  const step = fc.oneof(
    fc.record({ send: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ acknowledge: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.nat(1000), fc.array(step, { maxLength: 40 }), (start, steps) => {
      const log = new SentLog(start);
      let all = Buffer.alloc(0);
      let known = 0;
      for (const one of steps) {
        if ('send' in one) {
          log.append(Buffer.from(one.send));
          all = Buffer.concat([all, one.send]);
        } else {
          const position = Math.floor(one.acknowledge * all.length);
          log.acknowledge(start + position);
          known = Math.max(known, position);
        }
        assert.deepEqual(Buffer.concat(log.unacknowledged()), all.subarray(known));
        assert.equal(log.unacknowledgedBytes, all.length - known);
        assert.equal(log.covers(start + known), true);
        assert.equal(log.covers(start + all.length + 1), false);
        assert.equal(log.covers(start + known - 1), false);
      }
    }),
  );
});

test('acknowledging what was never sent is a programming error', () => {
  assert.throws(() => new SentLog(5).acknowledge(6), /acknowledged up to 6 of 5/);
});

test('an acknowledgement is due after some frames or some bytes', () => {
  const count = new ReceivedCount(7);
  for (let frame = 1; frame < 32; frame += 1) count.add(10);
  assert.equal(count.isDue, false);
  count.add(10);
  assert.equal(count.isDue, true);
  assert.equal(count.acknowledge(), 327);
  assert.equal(count.isDue, false);
  count.add(64 * 1024);
  assert.equal(count.isDue, true);
});

test('a boundary is reached exactly between frames, at every cut', () => {
  const frames = [encodeFrame(1, 1, 0, Buffer.from('abc')), encodeFrame(3, 2, 0, Buffer.alloc(0))];
  const stream = Buffer.concat(frames);
  const ends = new Set([0, headerBytes + 3, stream.length]);
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const boundary = new FrameBoundary();
      boundary.feed(stream.subarray(0, first));
      boundary.feed(stream.subarray(first, second));
      assert.equal(boundary.isReached, ends.has(second), `${first} ${second}`);
    }
  }
});

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
