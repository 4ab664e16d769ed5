import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentLines } from './recent-lines.ts';

test('the newest lines are kept, oldest first, within the number of lines', () => {
  const recent = new RecentLines({ linesMax: 3, charactersMax: 100 });
  for (let number = 1; number <= 50; number += 1) recent.add(`line ${number}`);
  assert.deepEqual(recent.lines, ['line 48', 'line 49', 'line 50']);
  assert.equal(recent.droppedCount, 47);
});

test('the number of characters is a bound of its own, and a line beyond it is not kept', () => {
  const recent = new RecentLines({ linesMax: 100, charactersMax: 10 });
  for (const line of ['aaaa', 'bbbb', 'cccc', 'd'.repeat(11)]) recent.add(line);
  assert.deepEqual(recent.lines, ['bbbb', 'cccc']);
  assert.equal(recent.droppedCount, 2);
  recent.add('e'.repeat(10));
  assert.deepEqual(recent.lines, ['e'.repeat(10)]);
});
