import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyedLock } from './keyed-lock.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('one holder a key, in the order of asking; other keys do not wait', async () => {
  const lock = new KeyedLock<string>();
  const events: string[] = [];
  const hold = (key: string, name: string) =>
    lock.hold(key, async () => {
      events.push(`${name} in`);
      await turn();
      events.push(`${name} out`);
    });
  await Promise.all([hold('a', '1'), hold('a', '2'), hold('b', '3'), hold('a', '4')]);
  assert.deepEqual(
    events.filter((event) => !event.startsWith('3')),
    ['1 in', '1 out', '2 in', '2 out', '4 in', '4 out'],
  );
  assert.ok(events.indexOf('3 in') < events.indexOf('1 out'), 'another key runs beside it');
  assert.equal(lock.size, 0, 'nothing is kept for keys nobody holds');
});

test("the body's result or error is the caller's, and the next one has its turn either way", async () => {
  const lock = new KeyedLock<string>();
  const failing = lock.hold('a', () => Promise.reject(new Error('no')));
  const next = lock.hold('a', async () => 7);
  await assert.rejects(failing, /no/);
  assert.equal(await next, 7);
});

test('a waiter who gives up leaves the queue intact, and its body never runs', async () => {
  const lock = new KeyedLock<string>();
  const gate = Promise.withResolvers<void>();
  const events: string[] = [];
  const first = lock.hold('a', () => gate.promise);
  const controller = new AbortController();
  const second = lock.hold('a', async () => void events.push('second'), controller.signal);
  const third = lock.hold('a', async () => void events.push('third'));
  controller.abort(new Error('gave up'));
  await assert.rejects(second, /gave up/);
  await turn();
  assert.deepEqual(events, [], 'the third waits for the first, not for the one who left');
  gate.resolve();
  await Promise.all([first, third]);
  assert.deepEqual(events, ['third']);
});

test('a signal that has ended before never gets the lock', async () => {
  const lock = new KeyedLock<string>();
  await assert.rejects(
    lock.hold('a', async () => 1, AbortSignal.abort(new Error('late'))),
    /late/,
  );
  assert.equal(await lock.hold('a', async () => 2), 2);
  assert.equal(lock.size, 0);
});

test('never two at once, whoever fails or leaves', async () => {
  const plan = fc.array(fc.record({ key: fc.nat(2), fails: fc.boolean(), leaves: fc.boolean() }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(plan, async (calls) => {
      const lock = new KeyedLock<number>();
      const inside = [0, 0, 0];
      const outcomes = calls.map(({ key, fails, leaves }) => {
        const controller = new AbortController();
        const held = lock.hold(
          key,
          async () => {
            inside[key] = (inside[key] ?? 0) + 1;
            assert.equal(inside[key], 1);
            await turn();
            inside[key] -= 1;
            if (fails) throw new Error('failed');
          },
          controller.signal,
        );
        if (leaves) controller.abort(new Error('left'));
        return held;
      });
      await Promise.allSettled(outcomes);
      assert.equal(lock.size, 0);
    }),
    { numRuns: 50 },
  );
});
