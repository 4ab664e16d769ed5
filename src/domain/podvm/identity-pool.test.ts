import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { IdentityPool } from './identity-pool.ts';

/** Time that passes only when it is told to; what is due then runs. */
function manualClock() {
  let now = 0;
  const due = new Map<object, { readonly at: number; readonly callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    wallNow: () => Date.UTC(2026, 0, 1) + now,
    after(delayMs, callback) {
      const key = {};
      due.set(key, { at: now + delayMs, callback });
      return () => void due.delete(key);
    },
  };
  const pass = (ms: number) => {
    now += ms;
    for (const [key, { at, callback }] of [...due]) {
      if (at > now) continue;
      due.delete(key);
      callback();
    }
  };
  return { clock, pass, pending: () => due.size };
}

const fail = (error: unknown) => assert.fail(String(error));

test('it fills in idle time to its bound, and gives each identity once', () => {
  const { clock, pass, pending } = manualClock();
  using pool = new IdentityPool({ clock, onError: fail });
  assert.equal(pool.readyCount, 0);
  for (let count = 1; count <= 4; count += 1) {
    pass(50);
    assert.deepEqual([pool.readyCount, pending()], [count, 1]);
  }
  pass(50);
  assert.equal(pool.readyCount, 4);
  const taken = Array.from({ length: 6 }, () => pool.take());
  assert.equal(new Set(taken.map(({ caCertPem }) => caCertPem)).size, 6, 'those beyond the pool are made at once');
  assert.equal(pool.readyCount, 0);
});

test('an identity that waited too long is not given', () => {
  const { clock, pass } = manualClock();
  using pool = new IdentityPool({ clock, onError: fail });
  pass(50);
  assert.equal(pool.readyCount, 1);
  pass(2 * 60 * 60 * 1000);
  const { preparedAtMs } = pool.take();
  assert.equal(preparedAtMs, clock.wallNow());
});

test('a pool that is disposed prepares nothing more', () => {
  const { clock, pending } = manualClock();
  const pool = new IdentityPool({ clock, onError: fail });
  pool[Symbol.dispose]();
  assert.equal(pending(), 0);
  pool.take();
  assert.equal(pending(), 0);
});
