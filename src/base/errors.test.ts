import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  asPeerPodError,
  type ErrorCode,
  errorTable,
  errorText,
  isPeerPodError,
  PeerPodError,
  systemErrorCode,
} from './errors.ts';

test('the code comes first in the message, status and retry come from the table', () => {
  const error = new PeerPodError('E_POD_VM_NO_CAPACITY', 'no room in zone b');
  assert.equal(error.message, 'E_POD_VM_NO_CAPACITY: no room in zone b');
  assert.deepEqual([error.status, error.retry], ['resource_exhausted', 'later']);
});

test('every code is named E_…, none has the status ok', () => {
  for (const [code, { status }] of Object.entries(errorTable)) {
    assert.match(code, /^E_[A-Z][A-Z_]*[A-Z]$/);
    assert.notEqual(status, 'ok');
  }
});

test('an error is known by its code', () => {
  const error: unknown = new PeerPodError('E_IO', 'x');
  assert.ok(isPeerPodError(error) && isPeerPodError(error, 'E_IO'));
  for (const other of [new Error('E_IO: x'), 'E_IO', undefined, { code: 'E_IO' }]) assert.ok(!isPeerPodError(other));
  assert.ok(!isPeerPodError(error, 'E_LIMIT' satisfies ErrorCode));
});

test('a foreign error is wrapped once, with what was attempted and the cause; ours stays as it is', () => {
  const foreign = new Error('connection refused');
  const wrapped = asPeerPodError(foreign, 'E_RELAY_LOST', 'dial the VM');
  assert.equal(wrapped.message, 'E_RELAY_LOST: dial the VM: connection refused');
  assert.equal(wrapped.cause, foreign);
  assert.equal(asPeerPodError(wrapped, 'E_IO', 'something else'), wrapped);
});

test('anything thrown has a text: several errors, strings, nothing', () => {
  const several = new AggregateError([new Error('IPv4 refused'), new Error('IPv6 refused')], 'all failed');
  assert.equal(errorText(several), 'IPv4 refused; IPv6 refused');
  assert.equal(errorText(new AggregateError([], 'none')), 'none');
  assert.equal(errorText('plain'), 'plain');
  assert.equal(errorText(undefined), 'undefined');
  assert.equal(errorText(Object.create(null) as object).length > 0, true);
});

test("a system error's code is read, nothing else's", () => {
  try {
    readFileSync('/no/such/file');
    assert.fail();
  } catch (error) {
    assert.equal(systemErrorCode(error), 'ENOENT');
  }
  for (const other of [new Error('ENOENT'), { code: 'ENOENT' }, Object.assign(new Error('x'), { code: 5 })]) {
    assert.equal(systemErrorCode(other), undefined);
  }
});
