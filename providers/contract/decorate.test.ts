import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProviderError } from './errors.ts';
import type { PodVm, PodVmSpec } from './pod-vm.ts';
import type { PodVmProvider } from './provider.ts';
import { VirtualClock } from './virtual-clock.ts';
import { withLogs } from './with-logs.ts';
import { withMetrics } from './with-metrics.ts';

const { signal } = new AbortController();
const owner = { cluster: 'c', node: 'n' };
const spec: PodVmSpec = {
  sandboxId: 's1',
  name: 'podvm-a-s1',
  podName: 'a',
  podNamespace: 'default',
  owner,
  userData: 'canary',
  sizing: {},
};
const podVm: PodVm = { id: 'vm', name: spec.name, sandboxId: 's1', owner, state: 'running', addresses: [] };

function providerOf(clock: VirtualClock, more: Partial<PodVmProvider> = {}): PodVmProvider {
  return {
    create: async () => {
      await new Promise<void>((resolve) => clock.after(250, resolve));
      return podVm;
    },
    delete: async () => {
      throw new ProviderError('throttled', 'too many', { podVmId: 'vm' });
    },
    get: async () => podVm,
    list: async () => [podVm],
    verify: async () => undefined,
    close: async () => undefined,
    ...more,
  };
}

describe('decorators', () => {
  it('count and time each operation by its outcome', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const metrics = {
      started: (operation: string) => seen.push(`${operation}…`),
      ended: (operation: string, outcome: string, ms: number) => seen.push(`${operation} ${outcome} ${ms}`),
    };
    const provider = withMetrics(providerOf(clock), metrics, clock);
    await clock.run(provider.create(spec, { signal }));
    await assert.rejects(provider.delete('vm', { signal }), { code: 'throttled' });
    assert.deepEqual(seen, ['create…', 'create ok 250', 'delete…', 'delete throttled 0']);
  });

  it('log one line an operation, without user-data', async () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const note = (level: string) => (fields: object, event: string) =>
      lines.push(`${level} ${JSON.stringify(fields)} ${event}`);
    const log = { debug: note('debug'), info: note('info'), warn: note('warn') };
    const provider = withLogs(providerOf(clock), log, clock);
    await clock.run(provider.create(spec, { signal }));
    await assert.rejects(provider.delete('vm', { signal }), { code: 'throttled' });
    assert.deepEqual(lines, [
      'debug {"operation":"create","subject":"s1","ms":250} provider call done',
      'warn {"operation":"delete","subject":"vm","ms":0,"code":"throttled","error":"too many","podVmId":"vm"} provider call failed',
    ]);
  });

  it('have the capabilities that the provider has, and no others', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const metrics = { started: (operation: string) => seen.push(operation), ended: () => undefined };
    const catalogue = { instanceTypes: async () => [{ name: 't', vcpus: 1, memoryMiB: 1, gpus: 0 }] };
    const cost = { estimate: () => ({ perHour: 1, currency: 'USD' }) };
    const provider = withMetrics(providerOf(clock, { catalogue, cost }), metrics, clock);
    assert.equal((await provider.catalogue?.instanceTypes({ signal }))?.[0]?.name, 't');
    assert.equal(provider.cost?.estimate(podVm)?.perHour, 1);
    assert.deepEqual(seen, ['catalogue']);
    assert.deepEqual(
      ['warm', 'liveUserData', 'events'].filter((name) => name in provider),
      [],
    );
  });
});
