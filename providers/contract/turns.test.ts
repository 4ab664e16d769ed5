import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('work for one key never overlaps and keeps its order, a failure included; other keys go on meanwhile', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    seen.push('a1 begins');
    await gate.promise;
    seen.push('a1 ends');
    throw new Error('as planned');
  });
  const second = turns.take('a', async () => seen.push('a2'));
  await turns.take('b', async () => seen.push('b'));
  gate.resolve();
  await assert.rejects(first, /as planned/);
  await second;
  assert.deepEqual(seen, ['a1 begins', 'b', 'a1 ends', 'a2']);
});

test('settle waits for work that is added while it waits, and nothing is kept afterwards', async () => {
  const turns = new Turns();
  let ended = false;
  void turns.take('a', async () => {
    void turns.take('b', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    });
  });
  await turns.settle();
  assert.ok(ended);
  await turns.settle();
});
