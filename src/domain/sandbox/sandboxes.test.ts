/** Sandboxes against the fake provider: repeats, callers that leave, StopVM at every moment, GetInfo. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { create, gone, id, makeBench, never, owner, podVmsOf } from '../../../test/support/sandbox-bench.ts';

test('CreateVM, StartVM and StopVM may each be repeated', async (t) => {
  const bench = makeBench(t);
  const first = await bench.sandboxes.create(create, never);
  assert.equal(await bench.sandboxes.create(create, never), first);
  await Promise.all([bench.sandboxes.start(id, never), bench.sandboxes.start(id, never)]);
  await bench.sandboxes.start(id, never);
  assert.equal((await podVmsOf(bench.provider)).length, 1);
  assert.equal(bench.records().length, 1);
  await bench.sandboxes.stop(id, never);
  await bench.sandboxes.stop(id, never);
  await gone(bench);
});

test('StopVM during StartVM ends it and leaves nothing', async (t) => {
  const bench = makeBench(t, { waitInRelay: true });
  await bench.sandboxes.create(create, never);
  const starting = bench.sandboxes.start(id, never);
  while ((await podVmsOf(bench.provider)).length === 0) await new Promise(setImmediate);
  await Promise.all([assert.rejects(starting, { code: 'E_ABORTED' }), bench.sandboxes.stop(id, never)]);
  await gone(bench);
});

test('the caller of StartVM leaving undoes everything', async (t) => {
  const bench = makeBench(t, { waitInRelay: true });
  await bench.sandboxes.create(create, never);
  const caller = new AbortController();
  const starting = bench.sandboxes.start(id, caller.signal);
  while ((await podVmsOf(bench.provider)).length === 0) await new Promise(setImmediate);
  caller.abort(new Error('left'));
  await assert.rejects(starting, /left/);
  await gone(bench);
});

test('StopVM goes on after its caller left', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  await bench.sandboxes.start(id, never);
  bench.provider.failNext('delete', new ProviderError('transient', 'not now'));
  const caller = new AbortController();
  const stopping = bench.sandboxes.stop(id, caller.signal);
  caller.abort(new Error('left'));
  await assert.rejects(stopping, /left/);
  while (bench.sandboxes.size > 0) await new Promise(setImmediate);
  await gone(bench);
});

test('an answer lost after the VM was made leaves no VM', async (t) => {
  const bench = makeBench(t);
  await bench.sandboxes.create(create, never);
  bench.provider.failNext('create', new ProviderError('transient', 'reset'), { afterEffect: true });
  await assert.rejects(bench.sandboxes.start(id, never), /reset/);
  await gone(bench);
});

test('StopVM of an unknown id deletes what the provider has for it', async (t) => {
  const bench = makeBench(t);
  const spec = { sandboxId: id, name: 'x', podName: 'web', podNamespace: 'shop', owner, userData: '', sizing: {} };
  await bench.provider.create(spec, { signal: never });
  await bench.sandboxes.stop(id, never);
  await gone(bench);
});

test('StartVM of an unknown id is refused', async (t) => {
  const bench = makeBench(t);
  await assert.rejects(bench.sandboxes.start(id, never), { code: 'E_SANDBOX_UNKNOWN' });
});

test('GetInfo waits for the sandbox and for its VM', async (t) => {
  const bench = makeBench(t);
  await assert.rejects(bench.sandboxes.pods.podVmOf('web', 'shop', false, never), { status: 'not_found' });
  const waiting = bench.sandboxes.pods.podVmOf('web', 'shop', true, never);
  await bench.sandboxes.create(create, never);
  await assert.rejects(bench.sandboxes.pods.podVmOf('web', 'shop', false, never), { status: 'not_found' });
  await bench.sandboxes.start(id, never);
  assert.equal(await waiting, (await podVmsOf(bench.provider))[0]?.id);
  const left = new AbortController();
  const other = bench.sandboxes.pods.podVmOf('other', 'shop', true, left.signal);
  left.abort(new Error('left'));
  await assert.rejects(other, /left/);
});
