import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import type { Clock } from './clock.ts';
import { PeerPodError } from './errors.ts';
import { abortable, deadlineSignal, linkedSignal } from './signals.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

function manualClock(): Clock & { expire(): void; waiting: number } {
  const callbacks = new Set<() => void>();
  return {
    now: () => 0,
    wallNow: () => 0,
    after(_delayMs, callback) {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    expire: () => {
      for (const callback of callbacks) callback();
    },
    get waiting() {
      return callbacks.size;
    },
  };
}

test('a linked signal follows the first parent that ends, with its reason, and lets go of all', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using linked = linkedSignal(one.signal, undefined, other.signal);
  const reason = new PeerPodError('E_ABORTED', 'the caller left');
  other.abort(reason);
  one.abort(new Error('too late'));
  assert.equal(linked.signal.reason, reason);
  assert.deepEqual([listeners(one.signal), listeners(other.signal)], [0, 0]);
});

test('a parent that has ended already ends the child at once, and no other parent is held', () => {
  const other = new AbortController();
  using linked = linkedSignal(other.signal, AbortSignal.abort(new Error('before')));
  assert.equal((linked.signal.reason as Error).message, 'before');
});

test('its own abort does not reach the parents', () => {
  const parent = new AbortController();
  using linked = linkedSignal(parent.signal);
  linked.abort(new Error('mine'));
  assert.equal(parent.signal.aborted, false);
  assert.equal(linked.signal.aborted, true);
});

test('after its disposal nothing is registered, and the parent is not heard any more', () => {
  const parent = new AbortController();
  const linked = linkedSignal(parent.signal);
  assert.equal(listeners(parent.signal), 1);
  linked[Symbol.dispose]();
  linked[Symbol.dispose]();
  assert.equal(listeners(parent.signal), 0);
  parent.abort();
  assert.equal(linked.signal.aborted, false);
});

test('a deadline is E_DEADLINE and says what was attempted; disposal takes the timer away', () => {
  const clock = manualClock();
  const passed = deadlineSignal(clock, 500, 'dial the VM');
  clock.expire();
  assert.match((passed.signal.reason as Error).message, /^E_DEADLINE: dial the VM took longer than 500 ms/);
  passed[Symbol.dispose]();
  const unused = deadlineSignal(manualClock(), 500, 'x');
  unused[Symbol.dispose]();
  assert.equal(clock.waiting, 0);
});

test('abortable settles as the promise does, or with the reason, and leaves no listener either way', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  assert.equal(await abortable(Promise.resolve(5), signal), 5);
  await assert.rejects(abortable(Promise.reject(new Error('own')), signal), /own/);
  const waiting = abortable(new Promise(() => {}), signal);
  controller.abort(new Error('left'));
  await assert.rejects(waiting, /left/);
  assert.equal(listeners(signal), 0);
  assert.equal(await abortable(Promise.resolve(6), undefined), 6);
});

test('when the caller has left before, the failure of the work is not unhandled', async () => {
  const failing = Promise.reject(new Error('nobody listens'));
  await assert.rejects(abortable(failing, AbortSignal.abort(new Error('left'))), /left/);
  await new Promise((resolve) => setImmediate(resolve));
});
