/** What IBM Cloud says means what the contract says. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codesOf, startFailure, TokenError, translateIbmError } from './errors.ts';

const answered = (status: number, code?: string, headers = {}) =>
  Object.assign(new Error('text'), {
    status,
    headers,
    result:
      code === undefined ? {} : { errors: [{ code, message: 'words\nmore', target: { name: 'name' } }], trace: 't-1' },
  });

describe('errors of IBM Cloud', () => {
  const table: readonly (readonly [number, string | undefined, string, string?])[] = [
    [401, 'not_authenticated', 'auth'],
    [403, undefined, 'auth'],
    [404, 'not_found', 'not-found'],
    [400, 'over_quota', 'quota', 'capacity-type'],
    [400, 'validation_failed', 'invalid-configuration'],
    [409, 'conflict', 'transient'],
    [429, 'too_many_requests', 'throttled'],
    [500, 'internal_error', 'transient'],
    [503, undefined, 'transient'],
  ];
  for (const [status, code, expected, scope] of table) {
    it(`${status} ${code ?? ''} is ${expected}`, () => {
      const error = translateIbmError(answered(status, code), 'a call');
      assert.deepEqual([error.code, error.scope], [expected, scope]);
    });
  }

  it('carry the time to wait, the first line and the trace', () => {
    const error = translateIbmError(answered(429, 'too_many_requests', { 'retry-after': '3' }), 'a call');
    assert.equal(error.retryAfterMs, 3000);
    assert.equal(error.message, 'a call: too_many_requests: words (trace t-1)');
  });

  it('of a connection are transient', () => {
    const broken = Object.assign(new Error('socket hang up'), { statusText: 'ECONNRESET' });
    assert.equal(translateIbmError(broken, 'a').code, 'transient');
    assert.equal(translateIbmError(new TokenError(broken), 'a').code, 'transient');
  });

  it('of the token service are auth unless it is down', () => {
    assert.equal(translateIbmError(new TokenError(answered(400)), 'a').code, 'auth');
    assert.equal(translateIbmError(new TokenError(answered(503)), 'a').code, 'transient');
    assert.equal(translateIbmError(new TokenError(answered(429)), 'a').code, 'throttled');
    assert.equal(translateIbmError(new TokenError(new Error('no such file')), 'a').code, 'auth');
  });

  it('name the field that they speak of', () => {
    assert.deepEqual(codesOf(answered(400, 'x')), [{ code: 'x', message: 'words\nmore', target: 'name' }]);
    for (const odd of [undefined, {}, { result: { errors: 'no' } }, { result: { errors: [null, {}, { code: 1 }] } }]) {
      assert.deepEqual(codesOf(odd), []);
    }
  });

  it('of an instance that does not start: room, or a failure that may pass', () => {
    assert.equal(startFailure('a', [{ code: 'cannot_start_capacity', message: '' }])?.code, 'no-capacity');
    assert.equal(startFailure('a', [{ code: 'cannot_start_ip_address', message: '' }])?.scope, 'zone');
    assert.equal(startFailure('a', [{ code: 'cannot_start_storage', message: '' }])?.code, 'transient');
    assert.equal(startFailure('a', [{ code: 'something_new', message: '' }]), undefined);
    assert.equal(startFailure('a', []), undefined);
  });
});
