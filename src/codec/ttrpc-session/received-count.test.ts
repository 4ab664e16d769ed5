import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceivedCount } from './received-count.ts';

test('an acknowledgement is due after some frames or some bytes', () => {
  const count = new ReceivedCount(7);
  for (let frame = 1; frame < 32; frame += 1) count.add(10);
  assert.equal(count.isDue, false);
  count.add(10);
  assert.equal(count.isDue, true);
  assert.equal(count.acknowledge(), 327);
  assert.equal(count.isDue, false);
  count.add(64 * 1024);
  assert.equal(count.isDue, true);
});

test('after twice as many it is overdue', () => {
  const count = new ReceivedCount();
  for (let frame = 1; frame < 64; frame += 1) count.add(10);
  assert.equal(count.isOverdue, false);
  count.add(10);
  assert.equal(count.isOverdue, true);
  assert.deepEqual([count.acknowledge(), count.isOverdue], [640, false]);
  count.add(128 * 1024);
  assert.equal(count.isOverdue, true);
});

test('a count that goes on where another was starts with nothing due', () => {
  const count = new ReceivedCount(1_000_000);
  assert.deepEqual([count.bytes, count.isDue], [1_000_000, false]);
  count.add(64 * 1024 - 1);
  assert.equal(count.isDue, false);
  count.add(1);
  assert.deepEqual([count.isDue, count.acknowledge(), count.isDue], [true, 1_000_000 + 64 * 1024, false]);
});
