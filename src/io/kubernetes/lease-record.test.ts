import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeaseView, leaseSpecFor, microTime, releasedSpec, usualLeaseTimes } from './lease-record.ts';

const seen = (holderIdentity: string, resourceVersion: string) => ({ spec: { holderIdentity }, resourceVersion });
const own = { identity: 'me', times: usualLeaseTimes, wallNowMs: Date.parse('2026-01-02T03:04:05.678Z') };

test('a lease that does not exist is created, a free one taken, an own one renewed', () => {
  const view = new LeaseView('me', usualLeaseTimes);
  view.observe(undefined, 0);
  assert.equal(view.next(0), 'create');
  view.observe(seen('', '1'), 0);
  assert.equal(view.next(0), 'take');
  view.observe(seen('me', '2'), 0);
  assert.equal(view.next(0), 'renew');
});

test("another's lease is taken only after it was seen unchanged for the whole lease time on the own clock", () => {
  const view = new LeaseView('me', usualLeaseTimes);
  for (const [nowMs, version] of [
    [0, '1'],
    [2000, '1'],
    [14_000, '2'],
  ] as const) {
    view.observe(seen('other', version), nowMs);
    assert.equal(view.next(nowMs), 'wait');
  }
  view.observe(seen('other', '2'), 28_999);
  assert.equal(view.next(28_999), 'wait');
  assert.equal(view.next(29_000), 'take');
});

test('a holder that changes hands starts the wait anew', () => {
  const view = new LeaseView('me', usualLeaseTimes);
  view.observe(seen('a', '1'), 0);
  view.observe(seen('b', '2'), 14_999);
  assert.equal(view.next(20_000), 'wait');
});

test('times have exactly six decimals', () => {
  assert.equal(microTime(own.wallNowMs), '2026-01-02T03:04:05.678000Z');
  assert.match(microTime(0), /\.\d{6}Z$/);
});

test('a change of hands is counted, a renewal keeps when the lease was acquired', () => {
  const before = { holderIdentity: 'me', acquireTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 4 };
  assert.deepEqual(leaseSpecFor('renew', own, before), {
    holderIdentity: 'me',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-02T03:04:05.678000Z',
    leaseTransitions: 4,
  });
  const taken = leaseSpecFor('take', own, { ...before, holderIdentity: 'other' });
  assert.deepEqual([taken.leaseTransitions, taken.acquireTime], [5, '2026-01-02T03:04:05.678000Z']);
  assert.equal(leaseSpecFor('create', own, undefined).leaseTransitions, 0);
});

test('a lease given back names nobody and lasts a second', () => {
  const { holderIdentity, leaseDurationSeconds } = releasedSpec({ holderIdentity: 'me' }, own.wallNowMs);
  assert.deepEqual([holderIdentity, leaseDurationSeconds], ['', 1]);
});
