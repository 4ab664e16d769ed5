import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteBudget } from './byte-budget.ts';

test('reservations beyond the bound wait in line and are granted in order', () => {
  const budget = new ByteBudget(10);
  const granted: string[] = [];
  const first = budget.reserve(6, () => granted.push('first'));
  const second = budget.reserve(5, () => granted.push('second'));
  budget.reserve(1, () => granted.push('third'));
  assert.deepEqual(granted, ['first']);
  assert.equal(budget.waitingCount, 2, 'a small one does not overtake a large one');
  first.release();
  first.release();
  assert.deepEqual(granted, ['first', 'second', 'third']);
  assert.equal(budget.takenBytes, 6);
  second.release();
  assert.equal(budget.takenBytes, 1);
});

test('one that leaves the line frees the way for those behind it', () => {
  const budget = new ByteBudget(10);
  budget.reserve(6, () => {});
  const large = budget.reserve(9, () => assert.fail('was released before'));
  let granted = false;
  budget.reserve(4, () => {
    granted = true;
  });
  assert.equal(granted, false);
  large.release();
  assert.equal(granted, true);
  assert.equal(budget.takenBytes, 10);
});

test('more than the whole is a programming error', () => {
  assert.throws(() => new ByteBudget(10).reserve(11, () => {}), /11 bytes out of 10/);
});
