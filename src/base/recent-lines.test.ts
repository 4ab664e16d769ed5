import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentLines } from './recent-lines.ts';

test('the newest lines are kept, oldest first, within the number of lines', () => {
  const recent = new RecentLines({ linesMax: 3, charactersMax: 100 });
  for (let number = 1; number <= 50; number += 1) recent.add(`line ${number}`);
  assert.deepEqual(recent.lines, ['line 48', 'line 49', 'line 50']);
  assert.equal(recent.droppedCount, 47);
});

test('the number of characters is a bound of its own, and a line beyond it is cut', () => {
  const recent = new RecentLines({ linesMax: 100, charactersMax: 10 });
  for (const line of ['aaaa', 'bbbb', 'cccc']) recent.add(line);
  assert.deepEqual(recent.lines, ['bbbb', 'cccc']);
  recent.add('d'.repeat(11));
  assert.deepEqual(recent.lines, [`${'d'.repeat(9)}…`]);
  assert.equal(recent.droppedCount, 3);
});

test('who has read up to a number goes on from there, and misses only what was dropped meanwhile', () => {
  const recent = new RecentLines({ linesMax: 3, charactersMax: 1000 });
  recent.add('one');
  recent.add('two');
  const next = recent.next;
  assert.deepEqual(recent.since(next), []);
  recent.add('three');
  assert.deepEqual(recent.since(next), ['three']);
  for (const line of ['four', 'five', 'six', 'seven']) recent.add(line);
  assert.deepEqual(recent.since(next), ['five', 'six', 'seven']);
  assert.equal(recent.next, 7);
});
