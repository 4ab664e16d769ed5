import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderError } from '@peerpods/provider';
import { FakeProvider } from '@peerpods/provider-fake';
import { systemClock } from '#io/system-clock.ts';
import { observedProvider } from './observed-provider.ts';

const owner = { cluster: 'c', node: 'n' };
const { signal } = new AbortController();
const spec = { sandboxId: 's1', name: 'x', podName: 'web', podNamespace: 'shop', owner, userData: '', sizing: {} };

test('each call is told with its outcome, and answers and errors pass unchanged', async () => {
  const fake = new FakeProvider();
  const seen: string[] = [];
  const provider = observedProvider(fake, systemClock, {
    callEnded: (operation, outcome, durationMs) => {
      assert.ok(durationMs >= 0);
      seen.push(`${operation} ${outcome}`);
    },
  });
  const throttled = new ProviderError('throttled', 'slower', { retryAfterMs: 7 });
  fake.failNext('create', throttled);
  await assert.rejects(provider.create(spec, { signal }), throttled);
  const podVm = await provider.create(spec, { signal });
  assert.deepEqual(await provider.get(podVm.id, { signal }), podVm);
  assert.deepEqual(await provider.list(owner, { signal }), [podVm]);
  assert.equal(await provider.delete(podVm.id, { signal }), 'gone');
  await provider.verify({ signal });
  assert.deepEqual(seen, ['create throttled', 'create ok', 'get ok', 'list ok', 'delete ok', 'verify ok']);
});

test('capabilities stay as they are: what is absent stays absent', async () => {
  const fake = new FakeProvider();
  const observer = { callEnded: () => {} };
  assert.equal('liveUserData' in observedProvider(fake, systemClock, observer), false);
  const replaced: string[] = [];
  const liveUserData = { replace: async (id: string, text: string) => void replaced.push(`${id} ${text}`) };
  const catalogue = { instanceTypes: async () => [] };
  const able = observedProvider(Object.assign(fake, { liveUserData, catalogue }), systemClock, observer);
  await able.liveUserData?.replace('vm', 'text', { signal });
  assert.deepEqual(replaced, ['vm text']);
  assert.equal(able.catalogue, catalogue);
});
