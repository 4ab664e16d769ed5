import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dataBytesMax, encodeFrame, headerBytes, messageTypes } from './frame.ts';
import { type DecodedFrame, FrameDecoder } from './frame-decoder.ts';

const golden = Buffer.from('00000003 00000001 01 00 0a0178'.replaceAll(' ', ''), 'hex');

function decodeAll(chunks: readonly Buffer[]): DecodedFrame[] {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

test('the header is length, stream id, type, flags, big endian', () => {
  assert.deepEqual(encodeFrame(1, messageTypes.request, 0, Buffer.from('0a0178', 'hex')), golden);
  assert.deepEqual(decodeAll([golden]), [
    { kind: 'frame', streamId: 1, type: 1, flags: 0, data: Buffer.from('0a0178', 'hex') },
  ]);
});

test('every split of a stream in three gives the same frames', () => {
  const stream = Buffer.concat([
    golden,
    encodeFrame(3, 2, 0, Buffer.alloc(0)),
    encodeFrame(5, 3, 7, Buffer.from('xyz')),
  ]);
  const whole = decodeAll([stream]);
  assert.equal(whole.length, 3);
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const parts = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      assert.deepEqual(decodeAll(parts), whole, `split at ${first} and ${second}`);
    }
  }
});

test('byte by byte is the same, too', () => {
  assert.deepEqual(decodeAll([...golden].map((byte) => Buffer.of(byte))), decodeAll([golden]));
});

test('4 MiB is legal, one byte more is reported and skipped', () => {
  const largest = encodeFrame(1, 1, 0, Buffer.alloc(dataBytesMax, 1));
  const tooLong = Buffer.alloc(headerBytes + dataBytesMax + 1);
  tooLong.writeUInt32BE(dataBytesMax + 1, 0);
  tooLong.writeUInt32BE(3, 4);
  tooLong[8] = 1;
  const frames = decodeAll([largest, tooLong, golden]);
  assert.deepEqual(
    frames.map((frame) => [frame.kind, frame.streamId]),
    [
      ['frame', 1],
      ['oversized', 3],
      ['frame', 1],
    ],
  );
});

test('an oversized body is never kept', () => {
  const decoder = new FrameDecoder();
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(0xffff_ffff, 0);
  decoder.push(header);
  for (let chunk = 0; chunk < 100; chunk += 1) {
    decoder.push(Buffer.alloc(64 * 1024));
    assert.equal(decoder.heldBytes, 0);
  }
});

test('any frames, cut anywhere, come back as they were', () => {
  const frame = fc.record({
    streamId: fc.integer({ min: 0, max: 0xffff_ffff }),
    type: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(300), { maxLength: 8 }), (frames, cuts) => {
      const stream = Buffer.concat(
        frames.map(({ streamId, type, flags, data }) => encodeFrame(streamId, type, flags, data)),
      );
      const edges = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
      const parts = edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge));
      const expected = frames.map((one) => ({ kind: 'frame', ...one, data: Buffer.from(one.data) }));
      assert.deepEqual(decodeAll(parts), expected);
    }),
  );
});

test('a frame that comes byte by byte costs its bytes, not an object for each', () => {
  const data = Buffer.alloc(100_000, 7);
  const frame = encodeFrame(1, 1, 0, data);
  const decoder = new FrameDecoder();
  for (let at = 0; at < frame.length - 1; at += 1) decoder.push(frame.subarray(at, at + 1));
  assert.equal(decoder.heldBytes, frame.length - 1);
  const [whole] = decoder.push(frame.subarray(-1));
  assert.ok(whole?.kind === 'frame' && whole.data.equals(data));
  assert.equal(decoder.heldBytes, 0);
});
