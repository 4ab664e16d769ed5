import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPeerPodError } from '#base/errors.ts';
import { decodeRequest, decodeResponse, encodeRequestFrame, encodeResponseFrame } from './envelope.ts';
import { dataBytesMax, headerBytes } from './frame.ts';

const header = { streamId: 1, type: 1, flags: 0 };
const body = (frame: Buffer) => frame.subarray(headerBytes);
const empty = new Uint8Array(0);

test('a request has the bytes that the proto file says', () => {
  const frame = encodeRequestFrame(header, {
    service: 's',
    method: 'm',
    payload: Buffer.from('p'),
    timeoutNano: 1000n,
    metadata: [{ key: 'k', value: 'v' }],
  });
  assert.equal(body(frame).toString('hex'), '0a0173' + '12016d' + '1a0170' + '2a060a016b120176' + '20e807');
});

test('both spellings of OK are the same', () => {
  const absent = decodeResponse(Buffer.from('120161', 'hex'));
  const explicit = decodeResponse(Buffer.from('0a02080012 0161'.replaceAll(' ', ''), 'hex'));
  assert.equal(absent.status, undefined);
  assert.equal(explicit.status, undefined);
  assert.deepEqual(Buffer.from(absent.payload), Buffer.from(explicit.payload));
});

test('an error keeps its code, text and details', () => {
  const status = { code: 5, message: 'no such container', details: [Buffer.from('0a0161', 'hex')] };
  const decoded = decodeResponse(body(encodeResponseFrame(header, { status, payload: empty })));
  assert.equal(decoded.status?.code, 5);
  assert.equal(decoded.status?.message, 'no such container');
  assert.deepEqual(Buffer.from(decoded.status?.details[0] ?? empty), status.details[0]);
});

test('metadata keeps order and repeated keys', () => {
  const metadata = [
    { key: 'a', value: '1' },
    { key: 'b', value: '' },
    { key: 'a', value: '2' },
  ];
  const request = { service: 's', method: 'm', payload: empty, timeoutNano: 0n, metadata };
  assert.deepEqual(decodeRequest(body(encodeRequestFrame(header, request))).metadata, metadata);
});

test('a negative timeout survives as negative', () => {
  const request = { service: 's', method: 'm', payload: empty, timeoutNano: -5n, metadata: [] };
  assert.equal(decodeRequest(body(encodeRequestFrame(header, request))).timeoutNano, -5n);
});

test('the limit counts the whole envelope', () => {
  const fits = dataBytesMax - 5;
  const encode = (length: number) => encodeResponseFrame(header, { status: undefined, payload: Buffer.alloc(length) });
  assert.equal(encode(fits).length, headerBytes + dataBytesMax);
  assert.throws(() => encode(fits + 1), { code: 'E_FRAME_TOO_LARGE' });
});

test('unknown fields are skipped, wrong wire types refused', () => {
  const request = Buffer.from('0a0173' + '12016d' + '9a060161', 'hex');
  assert.equal(decodeRequest(request).method, 'm');
  assert.throws(() => decodeRequest(Buffer.from('0801', 'hex')), { code: 'E_DECODE' });
  assert.throws(() => decodeRequest(Buffer.from('0a01ff', 'hex')), { code: 'E_DECODE' });
});

test('round trip of any request', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string(),
      fc.uint8Array({ maxLength: 200 }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (service, method, payload, timeoutNano) => {
        const request = { service, method, payload, timeoutNano, metadata: [] };
        const decoded = decodeRequest(body(encodeRequestFrame(header, request)));
        assert.deepEqual(
          { ...decoded, payload: Buffer.from(decoded.payload) },
          { ...request, payload: Buffer.from(payload) },
        );
      },
    ),
  );
});

test('any bytes decode or are E_DECODE', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const decode of [decodeRequest, decodeResponse]) {
        try {
          decode(bytes);
        } catch (error) {
          assert.ok(isPeerPodError(error, 'E_DECODE'));
        }
      }
    }),
    { numRuns: 5000 },
  );
});
