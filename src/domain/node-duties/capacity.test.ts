/** Who may write the extended resource, and what: every case of owner and value. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  advertisePatch,
  claimPatch,
  decideCapacity,
  mayWithdraw,
  ownerAnnotation,
  type SeenCapacity,
  seeCapacity,
  withdrawPatch,
} from './capacity.ts';

const seen = (owner: string | undefined, advertised: string | undefined): SeenCapacity => ({
  owner,
  advertised,
  hasCapacity: true,
});
const own = { podUid: 'a', limit: 10, wasOwner: true };

test('a new instance claims whoever owned it before, and whatever is advertised', () => {
  for (const owner of [undefined, 'b']) {
    for (const advertised of [undefined, '0', '10']) {
      assert.equal(decideCapacity(seen(owner, advertised), { ...own, wasOwner: false }), 'claim');
    }
  }
});

test('the owner mends what is missing or reset, and leaves alone what is right', () => {
  assert.equal(decideCapacity(seen('a', '10'), own), 'settled');
  assert.equal(decideCapacity(seen('a', '0'), own), 'advertise');
  assert.equal(decideCapacity(seen('a', undefined), own), 'advertise');
  assert.equal(decideCapacity(seen('a', '0'), { ...own, limit: 0 }), 'settled');
});

test('an instance that was the owner yields to a newer one, and comes back when that one has withdrawn', () => {
  assert.equal(decideCapacity(seen('b', '7'), own), 'yield');
  assert.equal(decideCapacity(seen('b', undefined), own), 'orphaned');
});

test('a node that was made anew, or whose annotation was removed, is claimed again', () => {
  assert.equal(decideCapacity(seen(undefined, '10'), own), 'claim');
});

test('an instance that does not know its pod advertises, whoever is the owner', () => {
  const nameless = { ...own, podUid: '', wasOwner: false };
  assert.equal(decideCapacity(seen('b', '7'), nameless), 'advertise');
  assert.equal(decideCapacity(seen('b', '10'), nameless), 'settled');
});

test('only the owner takes the resource away, and only where there is one', () => {
  assert.equal(mayWithdraw(seen('a', '10'), 'a'), true);
  assert.equal(mayWithdraw(seen('b', '10'), 'a'), false);
  assert.equal(mayWithdraw(seen(undefined, '10'), 'a'), false);
  assert.equal(mayWithdraw(seen('a', undefined), 'a'), false);
  assert.equal(mayWithdraw(seen('b', '10'), ''), true);
});

test('a Node object is read, also one that nobody has reported for', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } };
  assert.deepEqual(seeCapacity(node), { owner: undefined, advertised: undefined, hasCapacity: false });
  const full = {
    ...node,
    metadata: { name: 'n', annotations: { [ownerAnnotation]: 'a' } },
    status: { capacity: { cpu: '4', 'kata.peerpods.io/vm': '3' } },
  };
  assert.deepEqual(seeCapacity(full), { owner: 'a', advertised: '3', hasCapacity: true });
});

test('the patches test the owner first, and escape the keys', () => {
  const path = '/status/capacity/kata.peerpods.io~1vm';
  const isOurs = { op: 'test', path: '/metadata/annotations/kata.peerpods.io~1caa-owner', value: 'a' };
  assert.deepEqual(claimPatch('a'), {
    type: 'merge',
    body: { metadata: { annotations: { 'kata.peerpods.io/caa-owner': 'a' } } },
  });
  assert.deepEqual(advertisePatch(seen('a', '0'), own), {
    type: 'json',
    operations: [isOurs, { op: 'add', path, value: '10' }],
  });
  assert.deepEqual(withdrawPatch('a'), { type: 'json', operations: [isOurs, { op: 'remove', path }] });
  assert.deepEqual(withdrawPatch(''), { type: 'json', operations: [{ op: 'remove', path }] });
  assert.deepEqual(advertisePatch({ ...seen('a', undefined), hasCapacity: false }, own), {
    type: 'json',
    operations: [isOurs, { op: 'add', path: '/status/capacity', value: { 'kata.peerpods.io/vm': '10' } }],
  });
});
