/** 200 pod VMs made, listed and ended while one call in twenty goes wrong: nothing is left, nothing is there twice. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isProviderError, type PodVmSpec } from '@peerpods/provider';
import { specOf } from '../../providers/contract/conformance.ts';
import { seededRandom } from '../../providers/contract/virtual-clock.ts';
import { type Fault, FaultProxy } from './fault-proxy.ts';
import { lacksVcsim } from './vcsim.ts';
import {
  fastClock,
  fixedPlaces,
  methodOf,
  openVsphere,
  signal,
  soapFault,
  vcsim,
  vsphereValues,
} from './vsphere-scene.ts';

const podVmsMax = 200;
const faultPart = 0.05;
const wallMsMax = 60_000;
const owner = { cluster: 'fleet', node: 'n' };

/** Each kind as often as the other. */
function injectFaults(proxy: FaultProxy): void {
  const faults: readonly Fault[] = [
    { kind: 'reset' },
    { kind: 'lose-answer' },
    { kind: 'latency', ms: 300 },
    { kind: 'answer', status: 503, headers: { 'retry-after': '1' }, body: 'overloaded' },
    { kind: 'answer', status: 502, body: '<html><body>bad gateway</body></html>' },
    soapFault('NotAuthenticated'),
    soapFault('HostCommunication'),
  ];
  for (const fault of faults) {
    proxy.inject({ when: () => true, times: 1e6, probability: faultPart / faults.length, fault });
  }
  const clones = (request: Parameters<typeof methodOf>[0]) => methodOf(request) === 'CloneVM_Task';
  proxy.inject({ when: clones, times: 1e6, probability: 0.01, fault: soapFault('NoDiskSpace') });
}

/** As the adaptor does: what fails in a way that may pass is asked for again. */
async function insist<T>(body: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      const result = await body();
      if (result !== undefined) return result;
    } catch (error) {
      if (!isProviderError(error)) throw error;
      if (!['transient', 'throttled', 'no-capacity'].includes(error.code)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it never worked');
}

it(`${podVmsMax} pod VMs come and go through faults within a minute, and leave no VM and no disk`, async (context) => {
  if (lacksVcsim(context)) return;
  const simulator = await vcsim();
  const random = seededRandom(20_261_125);
  const proxy = await FaultProxy.open({ target: simulator.url, random: () => random.fraction() });
  // The default limits let 200 clones through in 25 s; here time runs ten times as fast.
  const { provider, dispose } = await openVsphere(vsphereValues(proxy.url, fixedPlaces), fastClock(10));
  context.after(async () => {
    await provider.close();
    dispose();
    await proxy.close();
  });
  injectFaults(proxy);
  const startedAt = performance.now();
  const specs = Array.from({ length: podVmsMax }, (): PodVmSpec => specOf(owner));
  // Some callers leave in the middle and come again.
  const made = await Promise.all(
    specs.map(async (spec, index) => {
      if (index % 10 === 0) {
        await provider.create(spec, { signal: AbortSignal.timeout(50 + index) }).catch(() => undefined);
      }
      return await insist(() => provider.create(spec, { signal }));
    }),
  );
  const madeAt = performance.now();
  assert.equal(new Set(made.map(({ id }) => id)).size, podVmsMax);
  assert.equal(new Set(made.flatMap(({ addresses }) => addresses)).size, podVmsMax);
  const listed = await insist(() => provider.list(owner, { signal }));
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
  const seen = (await simulator.vms()).filter(({ name }) => name.startsWith('podvm-conformance'));
  assert.equal(seen.length, podVmsMax, 'one VM a sandbox, seen past the provider');
  await Promise.all(
    made.map(({ id }) => insist(async () => ((await provider.delete(id, { signal })) === 'gone' ? true : undefined))),
  );
  const wallMs = performance.now() - startedAt;
  assert.deepEqual(await insist(() => provider.list(owner, { signal })), []);
  assert.deepEqual(await simulator.residue(), []);
  const calls = proxy.requests.length;
  context.diagnostic(
    `${proxy.struck} of ${calls} calls went wrong; ${(calls / podVmsMax).toFixed(1)} calls a pod VM; ` +
      `made in ${((madeAt - startedAt) / 1000).toFixed(1)} s, all in ${(wallMs / 1000).toFixed(1)} s`,
  );
  assert.ok(proxy.struck > podVmsMax * faultPart, 'the faults were there');
  assert.ok(wallMs < wallMsMax);
});
