import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, headerBytes } from '../ttrpc/frame.ts';
import { FrameBoundary } from './frame-boundary.ts';

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

test('byte by byte, and with frames of any length the header can say', () => {
  const boundary = new FrameBoundary();
  const long = Buffer.from('01000000' + '00000001' + '0100', 'hex'); // 16 MiB of data follow
  for (const byte of long) boundary.feed(Buffer.of(byte));
  assert.equal(boundary.isReached, false);
  for (let left = 16; left > 0; left -= 1) boundary.feed(Buffer.alloc(1024 * 1024));
  assert.equal(boundary.isReached, true);
  boundary.feed(Buffer.of());
  assert.equal(boundary.isReached, true);
});
