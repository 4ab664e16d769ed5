/** Token bucket, retries, retry budget, circuit breaker and the caller that joins them, in virtual time. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ApiCaller, type ApiCallerOptions } from './api-caller.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { ProviderError, type ProviderErrorCode } from './errors.ts';
import { RetryBudget, retryDelayMs } from './retry.ts';
import { TokenBucket } from './token-bucket.ts';
import { seededRandom, VirtualClock } from './virtual-clock.ts';

const forever = new AbortController().signal;
const failure = (code: ProviderErrorCode, retryAfterMs?: number) =>
  new ProviderError(code, code, retryAfterMs === undefined ? {} : { retryAfterMs });

describe('TokenBucket', () => {
  it('gives what it holds at once, then one refill after the other, in turn', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket({ capacity: 5, refillPerSecond: 2 }, clock);
    const served: [number, number][] = [];
    const all = Array.from({ length: 9 }, (_, index) =>
      bucket.take(1, forever).then(() => served.push([index, Math.round(clock.now())])),
    );
    await clock.run(Promise.all(all));
    assert.deepEqual(
      served.map(([index]) => index),
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
    );
    assert.deepEqual(
      served.map(([, at]) => at),
      [0, 0, 0, 0, 0, 500, 1000, 1500, 2000],
    );
  });

  it('never gives more than capacity and refill allow, whatever is asked for and when', async () => {
    const arrival = fc.record({ afterMs: fc.integer({ min: 0, max: 800 }), count: fc.integer({ min: 1, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 30 }), async (arrivals) => {
        const clock = new VirtualClock();
        const limits = { capacity: 10, refillPerSecond: 7 };
        const bucket = new TokenBucket(limits, clock);
        const given: { at: number; count: number }[] = [];
        const done = arrivals.map(async ({ afterMs, count }) => {
          await new Promise<void>((resolve) => clock.after(afterMs, resolve));
          await bucket.take(count, forever);
          given.push({ at: clock.now(), count: Math.min(count, limits.capacity) });
        });
        await clock.run(Promise.all(done));
        given.sort((one, other) => one.at - other.at);
        // In every window: no more than a full bucket and what came in meanwhile.
        for (const [from, first] of given.entries()) {
          let sum = 0;
          for (const next of given.slice(from)) {
            sum += next.count;
            const allowed = limits.capacity + ((next.at - first.at) / 1000) * limits.refillPerSecond;
            assert.ok(sum <= allowed + 1e-3, `${sum} tokens in ${next.at - first.at} ms`);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lets a waiter leave, and serves who stands behind', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket({ capacity: 1, refillPerSecond: 1 }, clock);
    await bucket.take(1, forever);
    const leaver = new AbortController();
    const left = bucket.take(1, leaver.signal);
    const stays = bucket.take(1, forever);
    leaver.abort();
    await assert.rejects(left, { code: 'aborted' });
    await clock.run(stays);
    assert.equal(Math.round(clock.now()), 1000);
    assert.equal(bucket.waiting, 0);
  });

  it('after a throttled answer stays away for the time asked, slows down, and recovers', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket({ capacity: 100, refillPerSecond: 10 }, clock);
    bucket.throttled(3000);
    await clock.run(bucket.take(1, forever));
    assert.ok(clock.now() >= 3000 && clock.now() < 3600, `${clock.now()}`);
    const slowFrom = clock.now();
    for (let count = 0; count < 20; count += 1) await clock.run(bucket.take(1, forever));
    assert.ok(clock.now() - slowFrom > 2500, 'half of 10 a second, at first');
    await clock.advance(120_000);
    for (let count = 0; count < 100; count += 1) await clock.run(bucket.take(1, forever));
    const fullFrom = clock.now();
    for (let count = 0; count < 20; count += 1) await clock.run(bucket.take(1, forever));
    assert.ok(Math.abs(clock.now() - fullFrom - 2000) < 50, `${clock.now() - fullFrom}`);
  });
});

describe('retries', () => {
  const policy = { attemptsMax: 5, baseMs: 100, capMs: 1000, totalMs: 60_000 };

  it('wait between nothing and an exponential bound, after what the cloud asked for', () => {
    const random = seededRandom(1);
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const bound = Math.min(1000, 100 * 2 ** attempt);
      const delay = retryDelayMs(policy, attempt, failure('transient'), random);
      assert.ok(delay >= 0 && delay < bound);
      const asked = retryDelayMs(policy, attempt, failure('throttled', 5000), random);
      assert.ok(asked >= 5000 && asked < 5000 + bound);
    }
  });

  it('are a tenth of the successes, and a few a second, once the savings are used up', () => {
    const clock = new VirtualClock();
    const budget = new RetryBudget({ perSuccess: 0.1, perSecond: 0, savedMax: 10 }, clock);
    const spend = (times: number) => Array.from({ length: times }, () => budget.spend()).filter(Boolean).length;
    assert.equal(spend(100), 10);
    for (let count = 0; count < 55; count += 1) budget.succeeded();
    assert.equal(spend(100), 5);
  });
});

describe('CircuitBreaker', () => {
  const policy = { failuresMax: 3, openMs: 1000, openMsMax: 4000 };

  it('opens after failures in a row, lets one probe through, and closes on its answer', async () => {
    const clock = new VirtualClock();
    const breaker = new CircuitBreaker('Api', policy, clock);
    for (let count = 0; count < 3; count += 1) {
      breaker.enter();
      breaker.failed();
    }
    assert.throws(() => breaker.enter(), { code: 'transient', retryAfterMs: 1000 });
    await clock.advance(1000);
    breaker.enter();
    assert.throws(() => breaker.enter(), { code: 'transient' });
    breaker.failed();
    assert.throws(() => breaker.enter(), { code: 'transient', retryAfterMs: 2000 });
    await clock.advance(2000);
    breaker.enter();
    breaker.answered();
    breaker.enter();
    assert.equal(breaker.state, 'closed');
  });

  it('a probe whose caller leaves makes room for another', async () => {
    const clock = new VirtualClock();
    const breaker = new CircuitBreaker('Api', { ...policy, failuresMax: 1 }, clock);
    breaker.enter();
    breaker.failed();
    await clock.advance(1000);
    breaker.enter();
    breaker.left();
    breaker.enter();
    assert.equal(breaker.state, 'probing');
  });
});

describe('ApiCaller', () => {
  const open = (more: Partial<ApiCallerOptions> = {}) => {
    const clock = new VirtualClock();
    const buckets = { calls: { capacity: 1000, refillPerSecond: 1000 } };
    return { clock, caller: new ApiCaller({ clock, random: seededRandom(7), buckets, ...more }) };
  };
  const call = <T>(attempt: (signal: AbortSignal) => Promise<T>, signal = forever) => ({
    name: 'Act',
    costs: { calls: 1 },
    attempt,
    signal,
  });

  it('repeats what may pass, and only that', async () => {
    const { clock, caller } = open();
    let tries = 0;
    const flaky = caller.call(
      call(async () => {
        tries += 1;
        if (tries < 4) throw failure(tries % 2 === 0 ? 'throttled' : 'transient');
        return 'done';
      }),
    );
    assert.equal(await clock.run(flaky), 'done');
    for (const code of ['no-capacity', 'quota', 'auth', 'invalid-configuration', 'not-found'] as const) {
      tries = 0;
      const refused = caller.call(
        call(async () => {
          tries += 1;
          throw failure(code);
        }),
      );
      await assert.rejects(clock.run(refused), { code });
      assert.equal(tries, 1);
    }
  });

  it('takes anything that is thrown without a code as transient, and gives up after a bounded number', async () => {
    const { clock, caller } = open({ retry: { attemptsMax: 3, baseMs: 10, capMs: 10, totalMs: 1000 } });
    let tries = 0;
    const broken = caller.call(
      call(async () => {
        tries += 1;
        throw new TypeError('broken pipe');
      }),
    );
    await assert.rejects(clock.run(broken), { code: 'transient', message: 'Act: broken pipe' });
    assert.equal(tries, 3);
  });

  it('an attempt without an answer ends after its time, and is repeated', async () => {
    const { clock, caller } = open();
    let tries = 0;
    const silent = caller.call({
      ...call(async () => {
        tries += 1;
        return tries === 1 ? await new Promise<string>(() => undefined) : 'answer';
      }),
      attemptMsMax: 5000,
    });
    assert.equal(await clock.run(silent), 'answer');
    assert.ok(clock.now() >= 5000);
  });

  it('an abort ends waiting for a token, a try on the wire, and the delay before the next', async () => {
    for (const stage of ['token', 'wire', 'delay'] as const) {
      const { clock, caller } = open({
        buckets: { calls: { capacity: stage === 'token' ? 1 : 100, refillPerSecond: 0.001 } },
        retry: { attemptsMax: 5, baseMs: 60_000, capMs: 60_000, totalMs: 600_000 },
      });
      if (stage === 'token') await caller.call(call(async () => 1));
      const leaver = new AbortController();
      let wire: AbortSignal | undefined;
      const ended = caller.call(
        call(async (signal) => {
          wire = signal;
          if (stage === 'delay') throw failure('transient');
          return await new Promise(() => undefined);
        }, leaver.signal),
      );
      clock.after(10, () => leaver.abort());
      await assert.rejects(clock.run(ended), { code: 'aborted' });
      assert.ok(clock.now() < 100, stage);
      assert.equal(wire?.aborted, stage === 'token' ? undefined : stage === 'wire', stage);
    }
  });

  it('an uninterruptible try is heard to its end, and none follows', async () => {
    const { clock, caller } = open();
    const leaver = new AbortController();
    let tries = 0;
    const made = caller.call({
      ...call(async () => {
        tries += 1;
        await new Promise<void>((resolve) => clock.after(500, resolve));
        if (tries === 1) return 'made';
        throw failure('transient');
      }, leaver.signal),
      uninterruptible: true,
    });
    clock.after(10, () => leaver.abort());
    assert.equal(await clock.run(made), 'made');
    assert.equal(tries, 1);
  });

  it('an outage of an API costs few calls, and its end is seen soon', async () => {
    const { clock, caller } = open();
    let calls = 0;
    const downUntil = 120_000;
    const api = async () => {
      calls += 1;
      if (clock.now() < downUntil) throw failure('transient');
      return 'up';
    };
    const users = Array.from({ length: 200 }, () => caller.call(call(api)).catch(() => 'gave up'));
    await clock.run(Promise.all(users));
    assert.ok(calls < 250, `${calls} calls for 200 users of an API that is down`);
    await clock.advance(Math.max(0, downUntil + 31_000 - clock.now()));
    assert.equal(await clock.run(caller.call(call(api))), 'up');
  });
});
