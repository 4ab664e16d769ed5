/** The shared poll and work that several callers share. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProviderError } from './errors.ts';
import { Poller } from './poller.ts';
import { SingleFlight } from './single-flight.ts';
import { seededRandom, VirtualClock } from './virtual-clock.ts';

const forever = new AbortController().signal;

describe('Poller', () => {
  const open = (read: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>) => {
    const clock = new VirtualClock();
    const reads: (readonly string[])[] = [];
    const poller = new Poller<string>({
      clock,
      random: seededRandom(5),
      intervalMs: 1000,
      intervalMsMax: 8000,
      read: async (ids) => {
        reads.push(ids);
        return await read(ids);
      },
    });
    return { clock, poller, reads };
  };
  const isUp = (state: string | undefined) => (state === 'up' ? state : undefined);

  it('reads for all who wait at once, and stops when nobody does', async () => {
    const { clock, poller, reads } = open(
      async (ids) => new Map(ids.map((id) => [id, clock.now() > 4000 ? 'up' : 'starting'])),
    );
    await clock.run(Promise.all(['a', 'b', 'c', 'a'].map((id) => poller.wait(id, isUp, 60_000, forever))));
    assert.ok(reads.length <= 5, `${reads.length}`);
    assert.deepEqual(reads[0], ['a', 'b', 'c']);
    const before = reads.length;
    await clock.advance(60_000);
    assert.equal(reads.length, before);
  });

  it('goes on after failures that pass, slower, and tells those that do not', async () => {
    let fail: ProviderError | undefined = new ProviderError('throttled', 'too many');
    const { clock, poller, reads } = open(async (ids) => {
      if (fail) throw fail;
      return new Map(ids.map((id) => [id, 'up']));
    });
    clock.after(30_000, () => {
      fail = undefined;
    });
    await clock.run(poller.wait('a', isUp, 60_000, forever));
    assert.ok(reads.length < 10, `${reads.length}`);
    fail = new ProviderError('auth', 'no');
    await assert.rejects(clock.run(poller.wait('a', isUp, 60_000, forever)), { code: 'auth' });
  });

  it('what the test throws, a limit and an abort end a wait', async () => {
    const { clock, poller } = open(async (ids) => new Map(ids.map((id) => [id, 'starting'])));
    const refuse = () => {
      throw new ProviderError('no-capacity', 'ended');
    };
    await assert.rejects(clock.run(poller.wait('a', refuse, 60_000, forever)), { code: 'no-capacity' });
    await assert.rejects(clock.run(poller.wait('a', isUp, 5000, forever)), { code: 'transient', message: /5000 ms/ });
    const leaver = new AbortController();
    clock.after(10, () => leaver.abort());
    await assert.rejects(clock.run(poller.wait('a', isUp, 5000, leaver.signal)), { code: 'aborted' });
  });
});

describe('SingleFlight', () => {
  it('shares the work of one key, and not of another', async () => {
    const flights = new SingleFlight<number>();
    let works = 0;
    const work = async () => {
      works += 1;
      return works;
    };
    const [one, two, other] = await Promise.all([
      flights.run('a', work, forever),
      flights.run('a', work, forever),
      flights.run('b', work, forever),
    ]);
    assert.deepEqual([one, two, other], [1, 1, 2]);
    assert.equal(await flights.run('a', work, forever), 3);
  });

  it('aborts the work when the last caller has left, and a successor waits for its end', async () => {
    const clock = new VirtualClock();
    const flights = new SingleFlight<string>();
    const events: string[] = [];
    const work = async (signal: AbortSignal) => {
      events.push('begins');
      await new Promise<void>((resolve) => clock.after(100, resolve));
      events.push(signal.aborted ? 'ends unwanted' : 'ends');
      return 'made';
    };
    const leavers = [new AbortController(), new AbortController()];
    const left = leavers.map(({ signal }) => assert.rejects(flights.run('a', work, signal), { code: 'aborted' }));
    leavers[0]?.abort();
    await left[0];
    leavers[1]?.abort();
    await left[1];
    assert.equal(await clock.run(flights.run('a', work, forever)), 'made');
    assert.deepEqual(events, ['begins', 'ends unwanted', 'begins', 'ends']);
    await flights.settle();
  });
});
