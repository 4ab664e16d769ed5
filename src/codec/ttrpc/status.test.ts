import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable, PeerPodError, type StatusName } from '#base/errors.ts';
import { RpcError, rpcStatus, statusCodes, statusName, toRpcStatus } from './status.ts';

test("the codes are google.rpc.Code's", () => {
  const known: [StatusName, number][] = [
    ['ok', 0],
    ['cancelled', 1],
    ['unknown', 2],
    ['invalid_argument', 3],
    ['deadline_exceeded', 4],
    ['not_found', 5],
    ['already_exists', 6],
    ['permission_denied', 7],
    ['resource_exhausted', 8],
    ['failed_precondition', 9],
    ['aborted', 10],
    ['out_of_range', 11],
    ['unimplemented', 12],
    ['internal', 13],
    ['unavailable', 14],
    ['data_loss', 15],
    ['unauthenticated', 16],
  ];
  assert.deepEqual(statusCodes, Object.fromEntries(known));
  for (const [name, code] of known) assert.equal(statusName(code), name);
});

test('a code of tomorrow, or none at all, counts as unknown', () => {
  for (const code of [17, -1, 1000, 2.5]) assert.equal(statusName(code), 'unknown');
});

test('every code of ours becomes its status, with its text', () => {
  for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
    const status = toRpcStatus(new PeerPodError(code, 'why'));
    assert.deepEqual(status, { code: statusCodes[errorTable[code].status], message: `${code}: why`, details: [] });
  }
});

test('a status that came from a peer goes on as it came, details included', () => {
  const status = { code: 5, message: 'no such container', details: [Buffer.from('0a0161', 'hex')] };
  const error = new RpcError(status);
  assert.equal(toRpcStatus(error), status);
  assert.deepEqual([error.code, error.status], ['E_RPC', 'not_found']);
  assert.equal(error.message, 'E_RPC: not_found: no such container');
});

test('whatever else is thrown is UNKNOWN with its text, as upstream has it', () => {
  assert.deepEqual(toRpcStatus(new Error('boom')), rpcStatus('unknown', 'boom'));
  assert.deepEqual(toRpcStatus('text'), rpcStatus('unknown', 'text'));
});
