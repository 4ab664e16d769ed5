import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldKeys, parseFirstObject } from './go-json.ts';

test('the first object counts, whatever follows it', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(object, fc.string(), fc.constantFrom('', ' ', '\n\t'), (value, rest, blank) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parseFirstObject(`${blank}${text}${rest}`), JSON.parse(text));
    }),
  );
  assert.deepEqual(parseFirstObject('{"a": "}\\"{"}{"a": 2}'), { a: '}"{' });
});

test('a key given twice has its last value, one that differs in case only as well', () => {
  assert.deepEqual(parseFirstObject('{"a": 1, "a": 2}'), { a: 2 });
  assert.deepEqual(
    foldKeys(parseFirstObject('{"GW": 1, "gw": 2, "Dst": 3}')),
    new Map([
      ['gw', 2],
      ['dst', 3],
    ]),
  );
  for (const none of [null, [], 'text', 7, undefined]) assert.equal(foldKeys(none), undefined);
});

test('what is no JSON stays an error', () => {
  for (const text of ['', '{', '{"a": }', '}', '[}', '"', '{"a": 1]', 'x{}', '{"a":"\\']) {
    assert.throws(() => parseFirstObject(text), SyntaxError, text);
  }
});
