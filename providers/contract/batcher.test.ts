import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Batcher, type BatcherOptions } from './batcher.ts';
import { ProviderError } from './errors.ts';
import { seededRandom, VirtualClock } from './virtual-clock.ts';

const forever = new AbortController().signal;
const retry = { attemptsMax: 6, baseMs: 200, capMs: 5000, totalMs: 60_000 };

function open(run: BatcherOptions<string, string>['run'], more: Partial<BatcherOptions<string, string>> = {}) {
  const clock = new VirtualClock();
  const batches: (readonly string[])[] = [];
  const batcher = new Batcher<string, string>({
    clock,
    random: seededRandom(3),
    idleMs: 30,
    waitMsMax: 200,
    itemsMax: 100,
    retry,
    run: async (items, signal) => {
      batches.push(items);
      return await run(items, signal);
    },
    ...more,
  });
  return { clock, batcher, batches };
}
const echo = async (items: readonly string[]) => items.map((item) => ({ value: `${item}!` }));
const names = (count: number) => Array.from({ length: count }, (_, index) => `i${index}`);

describe('Batcher', () => {
  it('gives each caller the answer to its own item, in one call', async () => {
    const { clock, batcher, batches } = open(echo);
    const answers = await clock.run(Promise.all(names(50).map((name) => batcher.ask(name, forever))));
    assert.deepEqual(
      answers,
      names(50).map((name) => `${name}!`),
    );
    assert.equal(batches.length, 1);
    assert.equal(clock.now(), 30);
  });

  it('does not let a stream of items hold back the first, and never exceeds its size', async () => {
    const { clock, batcher, batches } = open(echo);
    const asked = names(100).map(async (name, index) => {
      await new Promise<void>((resolve) => clock.after(index * 10, resolve));
      const from = clock.now();
      await batcher.ask(name, forever);
      assert.ok(clock.now() - from <= 200);
    });
    await clock.run(Promise.all(asked));
    assert.ok(batches.length <= 6, `${batches.length}`);
    const { clock: second, batcher: full, batches: sizes } = open(echo);
    await second.run(Promise.all(names(250).map((name) => full.ask(name, forever))));
    assert.deepEqual(
      sizes.map(({ length }) => length),
      [100, 100, 50],
    );
  });

  it('asks once for what several want before it is sent, and anew for who comes later', async () => {
    const { clock, batcher, batches } = open(
      async (items) => {
        await new Promise<void>((resolve) => clock.after(100, resolve));
        return await echo(items);
      },
      { keyOf: (item) => item },
    );
    const early = [batcher.ask('a', forever), batcher.ask('a', forever), batcher.ask('b', forever)];
    const late = new Promise<string>((resolve, reject) =>
      clock.after(60, () => batcher.ask('a', forever).then(resolve, reject)),
    );
    await clock.run(Promise.all([...early, late]));
    assert.deepEqual(batches, [['a', 'b'], ['a']]);
  });

  it('keeps groups apart', async () => {
    const { clock, batcher, batches } = open(echo, { groupOf: (item) => item.slice(0, 1) });
    await clock.run(Promise.all(['a1', 'b1', 'a2'].map((item) => batcher.ask(item, forever))));
    assert.deepEqual(batches.toSorted(), [['a1', 'a2'], ['b1']]);
  });

  it('splits a refused batch until the item to blame is alone', async () => {
    const { clock, batcher, batches } = open(async (items) => {
      if (items.includes('i13')) throw new ProviderError('invalid-configuration', 'i13 is bad');
      return await echo(items);
    });
    const outcomes = await clock.run(Promise.allSettled(names(64).map((name) => batcher.ask(name, forever))));
    assert.deepEqual(
      outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
      [13],
    );
    assert.ok(batches.length <= 14, `${batches.length} calls for one bad item among 64`);
  });

  it('puts the items of a throttled batch back, each with a delay of its own, and no caller hears of it', async () => {
    let refusals = 3;
    const times: number[] = [];
    const { clock, batcher, batches } = open(async (items) => {
      times.push(clock.now());
      refusals -= 1;
      if (refusals >= 0) throw new ProviderError('throttled', 'too many', { retryAfterMs: 100 });
      return await echo(items);
    });
    await clock.run(Promise.all(names(60).map((name) => batcher.ask(name, forever))));
    assert.ok(times.every((at, index) => index === 0 || at >= (times[0] ?? 0) + 100));
    assert.ok(batches.length < 15, `${batches.length}`);
    assert.ok(
      batches.slice(1).some(({ length }) => length < 60),
      'they do not all come back together',
    );
  });

  it('tells a refusal to all at once, and gives up in bounded time', async () => {
    const { clock, batcher, batches } = open(async () => {
      throw new ProviderError('auth', 'no');
    });
    const outcomes = await clock.run(Promise.allSettled(names(9).map((name) => batcher.ask(name, forever))));
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
    assert.equal(batches.length, 1);
    const hopeless = open(async () => {
      throw new ProviderError('transient', 'down');
    });
    await assert.rejects(hopeless.clock.run(hopeless.batcher.ask('a', forever)), { code: 'transient' });
    assert.ok(hopeless.clock.now() <= retry.totalMs);
    assert.equal(hopeless.batches.length, retry.attemptsMax);
  });

  it('does not ask for what nobody waits for any more', async () => {
    const { clock, batcher, batches } = open(echo);
    const leaver = new AbortController();
    const left = batcher.ask('left', leaver.signal);
    const stays = batcher.ask('stays', forever);
    leaver.abort();
    await assert.rejects(left, { code: 'aborted' });
    await clock.run(stays);
    assert.deepEqual(batches, [['stays']]);
  });

  it('lets batches grow while as many as allowed are on their way', async () => {
    const { clock, batcher, batches } = open(
      async (items) => {
        await new Promise<void>((resolve) => clock.after(1000, resolve));
        return await echo(items);
      },
      { inFlightMax: 1 },
    );
    const asked = names(40).map(async (name, index) => {
      await new Promise<void>((resolve) => clock.after(index * 40, resolve));
      await batcher.ask(name, forever);
    });
    await clock.run(Promise.all(asked));
    assert.ok(batches.length <= 3, `${batches.length}`);
  });

  it('closing ends who waits and refuses who comes', async () => {
    const { batcher } = open(echo);
    const waits = batcher.ask('a', forever);
    batcher.close();
    await assert.rejects(waits, { code: 'aborted' });
    await assert.rejects(batcher.ask('b', forever), { code: 'aborted' });
  });
});
