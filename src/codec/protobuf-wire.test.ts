import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPeerPodError } from '#base/errors.ts';
import { encodeBytesField, encodeVarint, encodeVarintField, fieldBytes, wireFields } from './protobuf-wire.ts';

test('fields come out in wire order with exact spans', () => {
  // 08 96 01: field 1 = 150; 12 07 "testing": field 2
  const bytes = Buffer.from('08960112077465 7374696e67'.replaceAll(' ', ''), 'hex');
  const fields = [...wireFields(bytes)];
  assert.deepEqual(
    fields.map(({ number, start, end, varint }) => [number, start, end, varint]),
    [
      [1, 0, 3, 150n],
      [2, 3, 12, 0n],
    ],
  );
  const second = fields[1];
  assert.ok(second);
  assert.equal(Buffer.from(fieldBytes(bytes, second)).toString(), 'testing');
});

test('64-bit varints keep every bit', () => {
  for (const value of [0n, 127n, 128n, 2n ** 28n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    assert.deepEqual(
      [...wireFields(encodeVarintField(11, value))].map((field) => field.varint),
      [value],
    );
  }
  assert.equal(encodeVarint(-1n).length, 10);
});

test('groups are skipped as one field, nested ones included', () => {
  // group 3 { group 4 { 1: 1 } } then 1: 5
  const bytes = Buffer.from('1b23080124 1c0805'.replaceAll(' ', ''), 'hex');
  assert.deepEqual(
    [...wireFields(bytes)].map(({ number, start, end }) => [number, start, end]),
    [
      [3, 0, 6],
      [1, 6, 8],
    ],
  );
});

for (const [what, hex] of [
  ['wire type 6', '0e'],
  ['wire type 7', '0f'],
  ['field number 0', '00'],
  ['a length beyond the end', '0a05ff'],
  ['a varint without an end', '08ffff'],
  ['a varint of 11 bytes', `08${'ff'.repeat(10)}01`],
  ['a group that ends as another', '0b14'],
  ['a group without an end', '0b0801'],
] as const) {
  test(`${what} is E_DECODE`, () => {
    assert.throws(() => [...wireFields(Buffer.from(hex, 'hex'))], { code: 'E_DECODE' });
  });
}

test('any bytes give fields that tile them, or E_DECODE', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        let offset = 0;
        for (const field of wireFields(bytes)) {
          assert.equal(field.start, offset);
          assert.ok(field.valueStart > field.start && field.end >= field.valueStart);
          offset = field.end;
        }
        assert.equal(offset, bytes.length);
      } catch (error) {
        if (!isPeerPodError(error, 'E_DECODE')) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 29 - 1 }), fc.uint8Array({ maxLength: 300 }), (number, value) => {
      const bytes = encodeBytesField(number, value);
      const [field, ...others] = [...wireFields(bytes)];
      assert.ok(field && others.length === 0);
      assert.equal(field.number, number);
      assert.deepEqual(Buffer.from(fieldBytes(bytes, field)), Buffer.from(value));
    }),
  );
});
