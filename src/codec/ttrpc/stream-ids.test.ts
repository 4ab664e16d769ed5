import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StreamIds } from './stream-ids.ts';

const used = (ids: StreamIds, ...streamIds: number[]) => streamIds.map((id) => ids.use(id));

test('ids in order are new, each once', () => {
  const ids = new StreamIds();
  assert.deepEqual(used(ids, 1, 3, 3, 5, 1, 5), [true, true, false, true, false, false]);
});

test('an id that others overtook is new when it comes late, and only then', () => {
  const ids = new StreamIds();
  assert.deepEqual(used(ids, 1, 7, 5, 3, 5, 3, 7), [true, true, true, true, false, false, false]);
});

test('a first id above 1 leaves those below it for later', () => {
  const ids = new StreamIds();
  assert.deepEqual(used(ids, 5, 1, 3, 1), [true, true, true, false]);
});

test('only the newest 1024 of a gap are kept, however wide it is', () => {
  const ids = new StreamIds();
  assert.equal(ids.use(0xffff_ffff), true);
  assert.deepEqual(used(ids, 1, 0xffff_ffff - 2 * 1025), [false, false]);
  assert.deepEqual(used(ids, 0xffff_ffff - 2 * 1024, 0xffff_ffff - 2), [true, true]);
});

test('many small gaps are bounded as well: the oldest go first', () => {
  const ids = new StreamIds();
  for (let id = 3; id <= 8003; id += 4) assert.equal(ids.use(id), true); // leaves 1, 5, 9, …
  assert.deepEqual(used(ids, 1, 5, 8001, 7997), [false, false, true, true]);
});

test('what one leaves another goes on with', () => {
  const ids = new StreamIds();
  assert.deepEqual(used(new StreamIds(ids.state), 1, 1), [true, false], 'before the first id as well');
  used(ids, 1, 7, 5);
  assert.deepEqual(ids.state, { last: 7, late: [3] });
  assert.deepEqual(used(new StreamIds(ids.state), 1, 5, 7, 3, 3, 9), [false, false, false, true, false, true]);
});

test('any order in which nobody is overtaken by more than 100 is new throughout, and a repetition never is', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { maxLength: 300 }), (delays) => {
      const order = delays.map((delay, at) => ({ id: 2 * at + 1, due: at + delay / 2 }));
      order.sort((a, b) => a.due - b.due);
      const ids = new StreamIds();
      for (const { id } of order) assert.equal(ids.use(id), true);
      for (const { id } of order) assert.equal(ids.use(id), false);
    }),
  );
});
