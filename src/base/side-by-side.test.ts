import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sideBySide } from './side-by-side.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('each item is done once, in order, with no more than so many at a time, each by a hand that is free', async () => {
  const begun: number[] = [];
  const busy = new Set<number>();
  let most = 0;
  await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (item, hand) => {
    assert.ok(!busy.has(hand), `hand ${hand} has two items`);
    busy.add(hand);
    begun.push(item);
    most = Math.max(most, busy.size);
    for (let turns = item % 3; turns >= 0; turns -= 1) await turn();
    busy.delete(hand);
  });
  assert.deepEqual(begun, [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 3);
});

test('after a failure nothing more is begun, and what is under way has ended when it is thrown', async () => {
  const begun: number[] = [];
  let isEnded = false;
  const work = sideBySide([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('the first');
    await turn();
    await turn();
    isEnded = true;
    throw new Error('a later one');
  });
  await assert.rejects(work, { message: 'the first' });
  assert.deepEqual(begun, [1, 2]);
  assert.ok(isEnded);
});

test('nothing to do is done at once', async () => {
  await sideBySide([], 4, () => assert.fail('called'));
});
