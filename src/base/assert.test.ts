import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError, assert as hold, unreachable } from './assert.ts';
import { isPeerPodError } from './errors.ts';

test('what holds passes, whatever kind of true it is', () => {
  for (const value of [true, 1, 'x', {}, []]) hold(value, 'never seen');
});

test('what does not hold is a programming error with the text, never an operating one', () => {
  for (const value of [false, 0, '', null, undefined, Number.NaN]) {
    assert.throws(() => hold(value, 'frame too long'), { name: 'AssertionError', message: 'frame too long' });
  }
  assert.ok(!isPeerPodError(new AssertionError('x')));
});

test('an impossible case says what it was', () => {
  assert.throws(() => unreachable('new kind' as never), { name: 'AssertionError', message: /unreachable: "new kind"/ });
});
