import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskScope } from './task-scope.ts';

const quiet = () => assert.fail('no task should have failed');
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

test('settle waits for all tasks, those that tasks start included', async () => {
  await using scope = new TaskScope(quiet);
  const done: string[] = [];
  scope.run('outer', async () => {
    await Promise.resolve();
    scope.run('inner', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push('inner');
    });
    done.push('outer');
  });
  assert.equal(scope.size, 1);
  await scope.settle();
  assert.deepEqual(done, ['outer', 'inner']);
  assert.equal(scope.size, 0);
});

test('a failed task is reported by name, also one that throws at once; the others go on', async () => {
  const failures: string[] = [];
  await using scope = new TaskScope((error, task) => failures.push(`${task}: ${(error as Error).message}`));
  scope.run('early', () => {
    throw new Error('at once');
  });
  scope.run('late', async () => {
    await Promise.resolve();
    throw new Error('later');
  });
  let finished = false;
  scope.run('fine', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    finished = true;
  });
  await scope.settle();
  assert.deepEqual(failures, ['early: at once', 'late: later']);
  assert.equal(finished, true);
});

test('the end of the scope aborts its tasks, waits for them, and reports none of them', async () => {
  const scope = new TaskScope(quiet);
  let cleanedUp = false;
  scope.run('waiting', async (signal) => {
    try {
      await untilAborted(signal);
    } finally {
      await new Promise((resolve) => setImmediate(resolve));
      cleanedUp = true;
    }
  });
  await Promise.resolve();
  await scope[Symbol.asyncDispose]();
  assert.equal(cleanedUp, true);
  assert.equal(scope.size, 0);
});
