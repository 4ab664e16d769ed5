/** What Azure says means what the contract says. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failureError, translateAzureError } from './errors.ts';

const rest = (statusCode: number | undefined, code: string | undefined, message = 'text', headers = {}) =>
  Object.assign(new Error(message), {
    name: 'RestError',
    code,
    statusCode,
    response: { headers: { get: (name: string) => (headers as Record<string, string>)[name] } },
  });

describe('errors of Azure', () => {
  const table: readonly (readonly [number | undefined, string | undefined, string, string, string?])[] = [
    [401, 'InvalidAuthenticationToken', 'text', 'auth'],
    [403, 'AuthorizationFailed', 'text', 'auth'],
    [403, undefined, 'text', 'auth'],
    [404, 'ResourceNotFound', 'text', 'not-found'],
    [404, 'ResourceGroupNotFound', 'text', 'invalid-configuration'],
    [409, 'SkuNotAvailable', 'text', 'no-capacity'],
    [409, 'AllocationFailed', 'text', 'no-capacity'],
    [400, 'SubnetIsFull', 'text', 'no-capacity', 'zone'],
    [409, 'OperationNotAllowed', 'exceeding approved standardDSv5Family Cores quota', 'quota', 'instance-type'],
    [409, 'OperationNotAllowed', 'exceeding approved Total Regional Cores quota', 'quota', 'capacity-type'],
    [409, 'OperationNotAllowed', 'exceeding approved LowPriorityCores quota', 'quota', 'capacity-type'],
    [409, 'OperationNotAllowed', 'this can not be done to a VM', 'invalid-configuration'],
    [409, 'Conflict', 'text', 'transient'],
    [400, 'NicReservedForAnotherVm', 'text', 'transient'],
    [400, 'InvalidParameter', 'text', 'invalid-configuration'],
    [429, 'OperationNotAllowed', 'text', 'throttled'],
    [429, 'RetryableErrorDueToAnotherOperation', 'text', 'throttled'],
    [500, 'InternalServerError', 'text', 'transient'],
    [503, undefined, 'text', 'transient'],
    [undefined, 'ECONNRESET', 'socket hang up', 'transient'],
  ];
  for (const [status, code, text, expected, scope] of table) {
    it(`${status ?? 'no answer'} ${code ?? ''}${text === 'text' ? '' : ` (${text})`} is ${expected}`, () => {
      const error = translateAzureError(rest(status, code, text), 'a call');
      assert.deepEqual([error.code, error.scope], [expected, scope]);
      assert.match(error.message, /^a call: /);
    });
  }

  it('carry the time to wait, and one line of text', () => {
    const error = translateAzureError(rest(429, 'TooManyRequests', 'one\ntwo', { 'retry-after': '17' }), 'a call');
    assert.equal(error.retryAfterMs, 17_000);
    assert.equal(error.message, 'a call: TooManyRequests: one');
  });

  it('of the identity are auth, unless the authority is down', () => {
    const named = (name: string, statusCode?: number) => Object.assign(new Error('x'), { name, statusCode });
    assert.equal(translateAzureError(named('CredentialUnavailableError'), 'a').code, 'auth');
    assert.equal(translateAzureError(named('AuthenticationError', 400), 'a').code, 'auth');
    assert.equal(translateAzureError(named('AuthenticationError', 503), 'a').code, 'transient');
  });

  it('that a VM tells of after it was accepted: room, or a request that can not work', () => {
    assert.equal(failureError('a', 'AllocationFailed', 'x').code, 'no-capacity');
    assert.equal(failureError('a', 'OSProvisioningTimedOut', 'x').code, 'invalid-configuration');
    assert.equal(failureError('a', 'InternalExecutionError', 'x').code, 'transient');
  });
});
