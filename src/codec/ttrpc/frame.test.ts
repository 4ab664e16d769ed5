import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataBytesMax, encodeFrame, frameFlags, headerBytes, messageTypes, readHeader, writeHeader } from './frame.ts';

test('a frame has the bytes of the contract', () => {
  const frame = encodeFrame(
    0x01020304,
    messageTypes.data,
    frameFlags.remoteClosed | frameFlags.noData,
    Buffer.from('x'),
  );
  assert.equal(frame.toString('hex'), '00000001' + '01020304' + '03' + '05' + '78');
  assert.equal(encodeFrame(1, messageTypes.request, 0, Buffer.of()).toString('hex'), '00000000' + '00000001' + '0100');
});

test('a header is read as it was written, at any offset, all values included', () => {
  const bytes = Buffer.alloc(3 + headerBytes);
  const header = { streamId: 0xffff_ffff, type: 255, flags: 254 };
  writeHeader(bytes, 3, dataBytesMax, header);
  assert.deepEqual(readHeader(bytes, 3), { length: dataBytesMax, ...header });
});

test('a header is read even when it claims more than is legal: the sender, not we, made it', () => {
  assert.equal(readHeader(Buffer.from('ffffffff000000010100', 'hex'), 0).length, 0xffff_ffff);
});

test('writing more than 4 MiB is a programming error', () => {
  const header = { streamId: 1, type: 1, flags: 0 };
  assert.throws(() => writeHeader(Buffer.alloc(10), 0, dataBytesMax + 1, header), { name: 'AssertionError' });
  assert.throws(() => writeHeader(Buffer.alloc(10), 0, -1, header), { name: 'AssertionError' });
});

test('the first byte of every legal frame is 0', () => {
  assert.equal(encodeFrame(1, 1, 0, Buffer.alloc(dataBytesMax))[0], 0);
});
