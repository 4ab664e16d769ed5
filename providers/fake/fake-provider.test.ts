/** The fake keeps the contract, and its faults do what they are scripted to. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiCaller, type PodVmSpec, ProviderError, withLogs, withMetrics, withRetries } from '@peerpods/provider';
import { type ConformanceSubject, providerConformance } from '../contract/conformance.ts';
import { FakeProvider, provider as module } from './index.ts';

// A real provider takes time: without a wait the fake would be done before a caller can abort.
const wait = () => new Promise<void>((resolve) => setImmediate(resolve));
const clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

function subjectOf(fake: FakeProvider): ConformanceSubject {
  const { userDataBytesMax } = module;
  const throttled = (retryAfterMs: number) => new ProviderError('throttled', 'too many', { retryAfterMs });
  return {
    provider: fake,
    userDataBytesMax,
    residue: async () => fake.podVms.map(({ id }) => id),
    faults: {
      loseCreateAnswer: () => fake.failNext('create', new ProviderError('transient', 'lost'), { afterEffect: true }),
      refuseAllCapacity() {
        fake.failNext('create', new ProviderError('no-capacity', 'none left'));
        return () => undefined;
      },
      breakAfterCreate: () =>
        fake.failNext('create', new ProviderError('invalid-configuration', 'no such disk'), { afterEffect: true }),
      throttle: (times, retryAfterMs) => fake.failNext('create', throttled(retryAfterMs), { times }),
    },
  };
}

providerConformance('fake', async () => {
  const { faults, ...subject } = subjectOf(new FakeProvider({ wait, deletions: 2 }));
  const { throttle, ...others } = faults ?? {};
  return { ...subject, faults: others };
});

providerConformance('fake behind retries, logs and metrics', async () => {
  const subject = subjectOf(new FakeProvider({ wait }));
  const caller = new ApiCaller({
    clock,
    random: { fraction: Math.random },
    buckets: { calls: { capacity: 1000, refillPerSecond: 1000 } },
  });
  const limited = withRetries(subject.provider, caller, { costs: { create: { calls: 1 } }, attemptMsMax: {} });
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const metrics = { started: () => undefined, ended: () => undefined };
  return { ...subject, provider: withMetrics(withLogs(limited, log, clock), metrics, clock) };
});

const owner = { cluster: 'c', node: 'n' };
const spec: PodVmSpec = {
  sandboxId: 's1',
  name: 'podvm-a-s1',
  podName: 'a',
  podNamespace: 'default',
  owner,
  userData: '',
  sizing: {},
};
const { signal } = new AbortController();

describe('FakeProvider', () => {
  it('fails as scripted, then works again', async () => {
    const fake = new FakeProvider();
    fake.failNext('create', new ProviderError('no-capacity', 'none left'), { times: 2 });
    await assert.rejects(fake.create(spec, { signal }), { code: 'no-capacity' });
    await assert.rejects(fake.create(spec, { signal }), { code: 'no-capacity' });
    assert.equal((await fake.create(spec, { signal })).sandboxId, 's1');
    assert.deepEqual(
      fake.calls.map(({ operation }) => operation),
      ['create', 'create', 'create'],
    );
  });

  it('loses the answer after the effect: the error names the pod VM, and create finds it', async () => {
    const fake = new FakeProvider();
    fake.failNext('create', new ProviderError('transient', 'lost'), { afterEffect: true });
    await assert.rejects(fake.create(spec, { signal }), { code: 'transient', podVmId: 'fake-1' });
    assert.equal((await fake.create(spec, { signal })).id, 'fake-1');
    assert.equal(fake.podVms.length, 1);
  });

  it('lists with the lag it was given, both ways', async () => {
    const fake = new FakeProvider({ listLag: 1 });
    await fake.create(spec, { signal });
    assert.equal((await fake.list(owner, { signal })).length, 0);
    assert.equal((await fake.list(owner, { signal })).length, 1);
    await fake.delete('fake-1', { signal });
    assert.equal((await fake.list(owner, { signal })).length, 1);
    assert.equal((await fake.list(owner, { signal })).length, 0);
  });
});
