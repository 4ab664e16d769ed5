import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { PeerPodError } from './errors.ts';
import { WorkQueue, type WorkQueueOptions, workOff } from './work-queue.ts';

const backoff = { firstMs: 100, factor: 2, capMs: 1000, jitterMs: 0 };

function make(options: Partial<WorkQueueOptions> = {}) {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue({ clock, random: () => 0, backoff, ...options }) };
}

test('a key added many times is taken once', async () => {
  const { queue } = make();
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  assert.equal(queue.depth, 2);
  assert.deepEqual([await queue.take(), await queue.take()], ['a', 'b']);
  assert.equal(queue.depth, 0);
});

test('a key added while somebody works on it is worked on again, and never by two at a time', async () => {
  const { queue } = make();
  queue.add('a');
  await queue.take();
  queue.add('a');
  queue.add('a');
  assert.equal(queue.depth, 0);
  queue.settle('a', 'done');
  assert.equal(queue.depth, 1);
  await queue.take();
  queue.settle('a', 'done');
  assert.deepEqual([queue.depth, queue.size], [0, 0]);
});

test('failures of one key wait longer and longer up to the cap, and a success forgets them', async () => {
  const { clock, queue } = make();
  queue.add('a');
  for (const delayMs of [100, 200, 400, 800, 1000, 1000]) {
    await queue.take();
    queue.settle('a', 'failed');
    await clock.advance(delayMs - 1);
    assert.equal(queue.depth, 0, `before ${delayMs}`);
    await clock.advance(1);
    assert.equal(queue.depth, 1, `after ${delayMs}`);
  }
  await queue.take();
  queue.settle('a', 'done');
  assert.equal(queue.failuresOf('a'), 0);
  assert.equal(queue.size, 0);
});

test('a change ends the wait after a failure, and the failures stay counted', async () => {
  const { clock, queue } = make();
  queue.add('a');
  await queue.take();
  queue.settle('a', 'failed');
  queue.add('a');
  assert.equal(queue.depth, 1);
  assert.equal(clock.pending, 0);
  assert.equal(queue.failuresOf('a'), 1);
});

test('of several delays the earliest counts, and a key that is ready is not delayed', async () => {
  const { clock, queue } = make();
  queue.addAfter('a', 500);
  queue.addAfter('a', 200);
  queue.addAfter('a', 900);
  assert.equal(clock.pending, 1);
  await clock.advance(200);
  assert.equal(queue.depth, 1);
  queue.addAfter('a', 50);
  assert.equal(clock.pending, 0);
  await queue.take();
  queue.settle('a', { againAfterMs: 300 });
  await clock.advance(299);
  assert.equal(queue.depth, 0);
  await clock.advance(1);
  assert.equal(queue.depth, 1);
});

test('the number of keys is bounded', () => {
  const { queue } = make({ keysMax: 2 });
  queue.add('a');
  queue.addAfter('b', 10);
  queue.add('b');
  assert.throws(
    () => queue.add('c'),
    (error) => error instanceof PeerPodError && error.code === 'E_LIMIT',
  );
});

test('a taker that leaves takes no key with it', async () => {
  const { queue } = make();
  const leaving = new AbortController();
  const first = queue.take(leaving.signal);
  const second = queue.take();
  queue.add('a'); // wakes the first
  leaving.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  assert.equal(await second, 'a');
});

test('a closed queue lets takers go and leaves no timer', async () => {
  const { clock, queue } = make();
  const taking = queue.take();
  queue.addAfter('a', 1000);
  queue.close();
  assert.equal(await taking, undefined);
  assert.equal(clock.pending, 0);
  queue.add('b');
  assert.equal(await queue.take(), undefined);
});

test('whatever happens, no key is lost, none is in two hands, and none stays behind', async () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    what: fc.integer({ min: 0, max: 3 }),
    ms: fc.nat(400),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, queue } = make();
      const owed = new Set<string>();
      const inHands = new Set<string>();
      const stop = new AbortController();
      let fails = 0;
      const working = workOff({
        queue,
        count: 2,
        signal: stop.signal,
        async work(key) {
          assert.ok(!inHands.has(key), 'in two hands');
          inHands.add(key);
          owed.delete(key);
          await new Promise<void>((resolve) => clock.after(50, resolve));
          inHands.delete(key);
          if (fails-- > 0) throw new Error('no luck');
          return undefined;
        },
        onFailure: () => {},
      });
      for (const { key, what, ms } of steps) {
        if (what === 0) fails = 1;
        if (what <= 1) owed.add(key);
        if (what <= 1) queue.add(key);
        if (what === 2) queue.addAfter(key, ms);
        if (what === 3) await clock.advance(ms);
      }
      await clock.advance(60_000);
      assert.deepEqual([[...owed], [...inHands], queue.size], [[], [], 0]);
      stop.abort();
      await working;
    }),
    { numRuns: 60 },
  );
});

test('workers tell of failures and ask again when they want to', async () => {
  const { clock, queue } = make();
  const stop = new AbortController();
  const seen: string[] = [];
  const answers = [new Error('first'), 250, undefined];
  const working = workOff({
    queue,
    count: 1,
    signal: stop.signal,
    async work(key) {
      const answer = answers.shift();
      seen.push(`${key} at ${clock.now()}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onFailure: (key, error, failures) => seen.push(`${key}: ${String(error)} (${failures})`),
  });
  queue.add('a');
  await clock.advance(1000);
  assert.deepEqual(seen, ['a at 0', 'a: Error: first (1)', 'a at 100', 'a at 350']);
  stop.abort();
  await working;
});
