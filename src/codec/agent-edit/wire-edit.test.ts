import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeBytesField, encodeVarintField, wireFields } from '../protobuf-wire.ts';
import { editMessage, mergeSingular, readString, replaceFields, setString } from './wire-edit.ts';

const text = (number: number, value: string) => encodeBytesField(number, Buffer.from(value));
const join = (...parts: Uint8Array[]) => Buffer.concat(parts);
const fieldsOf = (bytes: Uint8Array, number: number) => [...wireFields(bytes)].filter((one) => one.number === number);
const rest = join(encodeVarintField(9, 2n ** 64n - 1n), text(99, 'unknown'), Buffer.from([0x93, 0x06, 0x94, 0x06]));

test('a message is rewritten where it was, all else keeps its bytes and its order', () => {
  const bytes = join(text(1, 'before'), encodeBytesField(6, text(1, 'old')), rest);
  const edited = editMessage(bytes, 6, 'OCI', (body) => join(body, text(2, 'new')));
  const expected = join(text(1, 'before'), encodeBytesField(6, join(text(1, 'old'), text(2, 'new'))), rest);
  assert.deepEqual(edited, expected);
});

test('an edit that changes nothing gives the very same bytes', () => {
  const bytes = join(rest, encodeBytesField(6, text(1, 'old')));
  assert.equal(
    editMessage(bytes, 6, 'OCI', (body) => body),
    bytes,
  );
});

test('several occurrences are edited as one, their bodies joined in order: rust-protobuf would drop the first', () => {
  const bytes = join(encodeBytesField(6, text(1, 'a')), rest, encodeBytesField(6, text(2, 'b')));
  const edited = editMessage(bytes, 6, 'OCI', (body) => body);
  assert.deepEqual(edited, join(encodeBytesField(6, join(text(1, 'a'), text(2, 'b'))), rest));
});

test('a missing message is E_DECODE and named', () => {
  assert.throws(() => editMessage(rest, 6, 'OCI spec', (body) => body), { code: 'E_DECODE', message: /OCI spec/ });
});

test('only messages that occur several times are merged', () => {
  const once = join(encodeBytesField(2, text(1, 'x')), rest);
  assert.equal(mergeSingular(once, [2, 8]), once);
  const twice = join(once, encodeBytesField(2, text(1, 'y')));
  assert.deepEqual(mergeSingular(twice, [8, 2]), join(encodeBytesField(2, join(text(1, 'x'), text(1, 'y'))), rest));
});

test('a string is set in place, at the end when it was not there, once when it was there twice', () => {
  const at = join(text(1, 'a'), text(2, 'old'), rest);
  assert.deepEqual(setString(at, 2, 'ü'), join(text(1, 'a'), text(2, 'ü'), rest));
  assert.deepEqual(setString(rest, 2, 'new'), join(rest, text(2, 'new')));
  assert.deepEqual(setString(join(text(2, 'x'), rest, text(2, 'y')), 2, 'z'), join(text(2, 'z'), rest));
});

test('the last string counts, as in every decoder; a string that is none is E_DECODE', () => {
  assert.equal(readString(join(text(3, 'first'), rest, text(3, 'last')), 3), 'last');
  assert.equal(readString(rest, 3), '');
  assert.throws(() => readString(encodeVarintField(3, 1n), 3), { code: 'E_DECODE' });
  assert.throws(() => readString(encodeBytesField(3, Buffer.from('ff', 'hex')), 3), { code: 'E_DECODE' });
});

test('cutting fields out leaves the others byte for byte, wherever they stood', () => {
  const field = fc.record({ number: fc.integer({ min: 1, max: 4 }), value: fc.uint8Array({ maxLength: 9 }) });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (fields, target) => {
      const bytes = join(...fields.map(({ number, value }) => encodeBytesField(number, value)));
      const found = fieldsOf(bytes, target);
      const replaced = replaceFields(bytes, found, text(15, 'here'));
      const first = fields.findIndex(({ number }) => number === target);
      const parts = fields.map(({ number, value }, index) => {
        if (number !== target) return encodeBytesField(number, value);
        return index === first ? text(15, 'here') : Buffer.of();
      });
      assert.deepEqual(replaced, join(...parts));
    }),
  );
});
