import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { decodeInitdata, dummyInitdataToml, encodeInitdata, parseInitdataToml } from './initdata.ts';

const toml = 'algorithm = "sha384"\nversion = "0.1.0"\n\n[data]\n"policy.rego" = \'\'\'\npackage a\n\'\'\'\n';
const bad = { code: 'E_INITDATA' };
const parse = (text: string) => parseInitdataToml(Buffer.from(text));

test('it keeps its bytes, and reads them', () => {
  const read = decodeInitdata(encodeInitdata(toml));
  assert.equal(read.data.get('policy.rego'), 'package a\n');
  assert.deepEqual([read.algorithm, read.version, read.digest.length], ['sha384', '0.1.0', 96]);
  assert.deepEqual(read, parse(toml));
});

test('the digest covers every byte as it came', () => {
  assert.notEqual(parse(`${toml}\n`).digest, parse(toml).digest);
  assert.notEqual(parse(`# a comment\n${toml}`).digest, parse(toml).digest);
  // Computed apart: printf 'algorithm = "sha256"\nversion = "1"\n[data]\n' | sha256sum
  const known = parse('algorithm = "sha256"\nversion = "1"\n[data]\n');
  assert.equal(known.digest, 'e1c7346f9d0d9e8fd9db1ca887996d07aaaaab130e3d8177a8129599f9a9a77a');
});

test('any text survives the way to the VM byte for byte', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(gunzipSync(Buffer.from(encodeInitdata(text), 'base64')).toString(), Buffer.from(text).toString());
    }),
  );
});

test('the stand-in for none is itself initdata', () => {
  assert.equal(parse(dummyInitdataToml).data.get('aa.toml'), '');
});

for (const [what, text] of [
  ['nothing', ''],
  ['no base64', '!!!!'],
  ['base64 of the wrong length', 'AAA'],
  ['no gzip', 'AAAA'],
  ['a gzip cut short', encodeInitdata(toml).slice(0, 40)],
  ['no TOML', encodeInitdata('a = ')],
  ['an unknown algorithm', encodeInitdata(toml.replace('sha384', 'md5'))],
  ['no algorithm', encodeInitdata('version = "1"\n[data]\n')],
  ['a version that is no text', encodeInitdata('algorithm = "sha256"\nversion = 1\n[data]\n')],
  ['no data', encodeInitdata('algorithm = "sha256"\nversion = "1"\n')],
  ['data that are no table', encodeInitdata('algorithm = "sha256"\nversion = "1"\ndata = [1]\n')],
  ['a value that is no text', encodeInitdata('algorithm = "sha256"\nversion = "1"\n[data]\nx = 1\n')],
  ['bytes that are no UTF-8', gzipSync(Buffer.from('ff', 'hex')).toString('base64')],
  ['a bomb', gzipSync(Buffer.alloc(5 * 1024 * 1024, 0x20)).toString('base64')],
] as const) {
  test(`${what} is E_INITDATA`, () => assert.throws(() => decodeInitdata(text), bad));
}

test('base64 may be wrapped, as people paste it', () => {
  assert.deepEqual(decodeInitdata(encodeInitdata(toml).replace(/.{20}/g, '$&\r\n')), parse(toml));
});

test('the error never quotes the document', () => {
  const secret = encodeInitdata('algorithm = "sha256"\nversion = "1"\n[data]\n"x" = hunter2\n');
  assert.throws(
    () => decodeInitdata(secret),
    (error: Error) => !`${error.stack}${error.cause}`.includes('hunter2'),
  );
});
