import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSandboxId } from '#base/brands.ts';
import { isPeerPodError } from '#base/errors.ts';
import { PodKeys } from './pod-keys.ts';

const id = (letter: string) => parseSandboxId(letter.repeat(64));

test('whoever waits hears of the pod VM, one too many is refused, and who has begun to wait is not', async () => {
  const keys = new PodKeys(2);
  const { signal } = new AbortController();
  const waiting = [keys.podVmOf('web', 'shop', true, signal), keys.podVmOf('api', 'shop', true, signal)];
  assert.equal(keys.waitingCount, 2);
  await assert.rejects(keys.podVmOf('db', 'shop', true, signal), (error) => isPeerPodError(error, 'E_LIMIT'));
  keys.add(id('a'), 'web', 'shop'); // wakes both, and neither knows yet
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(keys.waitingCount, 2);
  keys.setPodVm(id('a'), 'vm-a');
  keys.add(id('b'), 'api', 'shop');
  keys.setPodVm(id('b'), 'vm-b');
  assert.deepEqual(await Promise.all(waiting), ['vm-a', 'vm-b']);
  assert.equal(keys.waitingCount, 0);
  await assert.rejects(keys.podVmOf('db', 'shop', false, signal), (error) =>
    isPeerPodError(error, 'E_SANDBOX_UNKNOWN'),
  );
});
