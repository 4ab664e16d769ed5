import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPeerPodError } from '#base/errors.ts';
import { encodeBytesField, encodeVarintField, fieldBytes, wireFields } from '../protobuf-wire.ts';
import { addOciAnnotations, appendNetworkNamespace, clearDns, readOci, setMountSource } from './agent-edit.ts';

const text = (number: number, value: string) => encodeBytesField(number, Buffer.from(value));
const join = (...parts: Uint8Array[]) => Buffer.concat(parts);
const message = (number: number, ...parts: Uint8Array[]) => encodeBytesField(number, join(...parts));
const network = (path: string) => message(6, text(1, 'network'), text(2, path));
const annotation = (key: string, value: string) => message(7, text(1, key), text(2, value));
const mount = (destination: string, source: string, type: string) =>
  message(5, text(1, destination), text(2, source), text(3, type), text(4, 'ro'));

/** Field 99 is in no schema; a negative varint takes all ten bytes; 98 is a group. */
const group = Buffer.from([0x93, 0x06, 0x08, 0x05, 0x94, 0x06]);
const strange = fc
  .tuple(fc.uint8Array({ maxLength: 20 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  .map(([bytes, value]) => join(encodeBytesField(99, bytes), encodeVarintField(97, value), group));

test('an appended namespace is the only change, with unknown fields at every depth', () => {
  fc.assert(
    fc.property(strange, strange, strange, strange, (a, b, c, d) => {
      const request = (...added: Uint8Array[]) =>
        join(text(1, 'c1'), a, message(6, b, message(8, c, text(5, 'cg'), ...added), d), a);
      assert.deepEqual(appendNetworkNamespace(request(), '/run/netns/podns'), request(network('/run/netns/podns')));
    }),
  );
});

test('added annotations are the only change', () => {
  fc.assert(
    fc.property(strange, strange, (a, b) => {
      const request = (...added: Uint8Array[]) => join(a, message(6, b, annotation('k', 'v'), b, ...added), a);
      assert.deepEqual(addOciAnnotations(request(), new Map([['n', 'w']])), request(annotation('n', 'w')));
    }),
  );
});

test('an annotation that exists is replaced, and none at all gives the same bytes', () => {
  const request = message(6, annotation('k', 'old'), annotation('other', 'x'));
  assert.equal(addOciAnnotations(request, new Map()), request);
  const edited = readOci(addOciAnnotations(request, new Map([['k', 'new']])));
  assert.deepEqual(
    edited.annotations,
    new Map([
      ['other', 'x'],
      ['k', 'new'],
    ]),
  );
});

test('several OCI and Linux occurrences become one each, bodies in order', () => {
  const split = join(message(6, message(8, text(5, 'cg'))), text(1, 'c1'), message(6, message(8, text(9, 'rshared'))));
  const whole = join(message(6, message(8, text(5, 'cg'), text(9, 'rshared'), network('/n'))), text(1, 'c1'));
  assert.deepEqual(appendNetworkNamespace(split, '/n'), whole);
});

test('only the first mount with the destination is re-pointed, its options kept', () => {
  const request = message(6, mount('/data', '/a', 'local'), mount('/data', '/b', 'local'));
  const expected = message(6, mount('/data', '/run/v', 'bind'), mount('/data', '/b', 'local'));
  assert.deepEqual(setMountSource(request, '/data', { source: '/run/v', type: 'bind' }), expected);
  assert.deepEqual(setMountSource(request, '/none', { source: '/x' }), request);
});

test('dns goes, everything else of CreateSandbox stays', () => {
  const rest = [text(1, 'host'), encodeVarintField(4, 1n), text(77, 'unknown')] as const;
  assert.deepEqual(clearDns(join(rest[0], text(2, '10.0.0.1'), rest[1], text(2, 'x'), rest[2])), join(...rest));
});

test('missing messages and malformed bytes are coded errors', () => {
  const faults = [
    () => readOci(text(1, 'c1')),
    () => addOciAnnotations(text(1, 'c1'), new Map([['a', 'b']])),
    () => appendNetworkNamespace(message(6, text(1, 'v')), '/n'),
    () => readOci(Buffer.from([0x36, 0])), // wire type 6
    () => readOci(Buffer.from([0x37, 0])), // wire type 7
    () => clearDns(Buffer.from([0x12, 0x05, 0x61])), // cut short
  ];
  for (const fault of faults) assert.throws(fault, (error) => isPeerPodError(error, 'E_DECODE'));
});

test('arbitrary bytes are edited or refused with E_DECODE, and results scan again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        const edited = appendNetworkNamespace(bytes, '/n');
        const [oci] = [...wireFields(edited)].filter((field) => field.number === 6);
        assert.ok(oci && fieldBytes(edited, oci).length > 0);
      } catch (error) {
        assert.ok(isPeerPodError(error, 'E_DECODE'), String(error));
      }
    }),
  );
});
