import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePodVmId, parseSandboxId, parseVni, vniMax } from './brands.ts';

test('sandbox ids of containerd and CRI-O are taken as they are', () => {
  for (const id of ['a'.repeat(64), '0', 'Sandbox_1.2-3', 'x'.repeat(128)]) assert.equal(parseSandboxId(id), id);
});

for (const id of ['', '.', '..', '../x', 'a/b', '-x', '_x', '.x', 'a b', 'a\n', 'ä', 'a\0', 'x'.repeat(129)]) {
  test(`${JSON.stringify(id.slice(0, 8))} is no sandbox id: it could not be a file name`, () => {
    assert.throws(() => parseSandboxId(id), { code: 'E_ARGUMENT' });
  });
}

test('what is no text is no id', () => {
  for (const value of [undefined, null, 7, {}, ['a']]) {
    assert.throws(() => parseSandboxId(value), { code: 'E_ARGUMENT' });
    assert.throws(() => parsePodVmId(value), { code: 'E_ARGUMENT' });
  }
});

test('a long id is not repeated at length in the error', () => {
  assert.throws(
    () => parseSandboxId('/'.repeat(10_000)),
    (error: Error) => error.message.length < 200,
  );
});

test("a provider's id is any text but the empty one", () => {
  assert.equal(parsePodVmId('i-0abc/αβγ'), 'i-0abc/αβγ');
  assert.throws(() => parsePodVmId(''), { code: 'E_ARGUMENT' });
});

test('a VNI is a whole number of 24 bits, and not 0', () => {
  for (const vni of [1, 555_000, vniMax]) assert.equal(parseVni(vni), vni);
  for (const value of [0, -1, vniMax + 1, 1.5, Number.NaN, Infinity, '7', undefined]) {
    assert.throws(() => parseVni(value), { code: 'E_ARGUMENT' });
  }
});
