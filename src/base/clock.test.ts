import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, sleep } from './clock.ts';

/** Time that only goes on when told to. */
function manual(): Clock & { run(): void; waiting: number } {
  const callbacks = new Set<() => void>();
  return {
    now: () => 0,
    wallNow: () => 0,
    after(_delayMs, callback) {
      callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    run() {
      for (const callback of callbacks) {
        callbacks.delete(callback);
        callback();
      }
    },
    get waiting() {
      return callbacks.size;
    },
  };
}

test('sleep ends with the clock, not before', async () => {
  const clock = manual();
  let isOver = false;
  const sleeping = sleep(clock, 1000).then(() => {
    isOver = true;
  });
  await Promise.resolve();
  assert.equal(isOver, false);
  clock.run();
  await sleeping;
  assert.equal(isOver, true);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = manual();
  const controller = new AbortController();
  const sleeping = sleep(clock, 1000, controller.signal);
  controller.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
  assert.equal(clock.waiting, 0);
});

test('a signal that has ended before never starts a timer', async () => {
  const clock = manual();
  await assert.rejects(sleep(clock, 1000, AbortSignal.abort(new Error('late'))), /late/);
  assert.equal(clock.waiting, 0);
});

test('an abort after the end changes nothing', async () => {
  const clock = manual();
  const controller = new AbortController();
  const sleeping = sleep(clock, 1, controller.signal);
  clock.run();
  controller.abort();
  await sleeping;
});
