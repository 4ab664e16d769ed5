/** 200 pod VMs made, listed and ended while one call in twenty goes wrong: nothing is left, nothing is there twice. */

import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { isProviderError, type PodVmProvider, type PodVmSpec } from '@peerpods/provider';
import { specOf } from '../../providers/contract/conformance.ts';
import { seededRandom } from '../../providers/contract/virtual-clock.ts';
import { awsValues, directClient, fastClock, networkOf, openAws, residueOf } from './aws-scene.ts';
import { actionOf, Ec2Behaviour, ec2Error } from './ec2-behaviour.ts';
import { type Fault, FaultProxy } from './fault-proxy.ts';
import { lacksMoto, Moto } from './moto.ts';

const podVmsMax = 200;
const faultPart = 0.05;
const owner = { cluster: 'fleet', node: 'n' };
const { signal } = new AbortController();

let moto: Moto | undefined;
after(async () => await moto?.close());

/** Each kind as often as the other. */
function injectFaults(proxy: FaultProxy): void {
  const told = (status: number, code: string, headers = {}): Fault => {
    const { body } = ec2Error(status, code);
    return { kind: 'answer', status, headers, body: body.toString() };
  };
  const faults: readonly Fault[] = [
    { kind: 'reset' },
    { kind: 'lose-answer' },
    { kind: 'latency', ms: 300 },
    { kind: 'answer', status: 503, headers: { 'retry-after': '1' }, body: 'overloaded' },
    told(503, 'RequestLimitExceeded', { 'retry-after': '1' }),
    told(500, 'InternalError'),
  ];
  for (const fault of faults) {
    proxy.inject({ when: () => true, times: 1e6, probability: faultPart / faults.length, fault });
  }
  const full = told(500, 'InsufficientInstanceCapacity');
  proxy.inject({ when: (request) => actionOf(request) === 'RunInstances', times: 1e6, probability: 0.01, fault: full });
}

/** As the adaptor does: what fails in a way that may pass is asked for again. */
async function insist<T>(body: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
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

async function endOf(provider: PodVmProvider, id: string): Promise<void> {
  await insist(async () => ((await provider.delete(id, { signal })) === 'gone' ? true : undefined));
}

it(`${podVmsMax} pod VMs come and go through faults, and leave no VM, interface or volume`, async (context) => {
  if (lacksMoto(context)) return;
  moto = await Moto.open();
  const client = directClient(moto.url);
  const random = seededRandom(20_261_124);
  const proxy = await FaultProxy.open({
    target: moto.url,
    behaviour: new Ec2Behaviour(),
    random: () => random.fraction(),
  });
  // The default limits let 200 launches through in 100 s; here time runs 25 times as fast.
  const { provider, dispose } = await openAws(awsValues(proxy.url, await networkOf(client)), fastClock(25));
  context.after(async () => {
    await provider.close();
    dispose();
    await proxy.close();
  });
  injectFaults(proxy);
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
  assert.equal(new Set(made.map(({ id }) => id)).size, podVmsMax);
  assert.equal(new Set(made.flatMap(({ addresses }) => addresses)).size, podVmsMax);
  const listed = await insist(() => provider.list(owner, { signal }));
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
  const instances = (await residueOf(client)).filter((line) => line.startsWith('instance'));
  assert.equal(instances.length, podVmsMax, 'one instance a sandbox, seen past the provider');
  await Promise.all(made.map(({ id }) => endOf(provider, id)));
  assert.deepEqual(await insist(() => provider.list(owner, { signal })), []);
  assert.deepEqual(await residueOf(client), []);
  const calls = proxy.requests.length;
  context.diagnostic(`${proxy.struck} of ${calls} calls went wrong; ${(calls / podVmsMax).toFixed(1)} calls a pod VM`);
  assert.ok(proxy.struck > podVmsMax * faultPart, 'the faults were there');
});
