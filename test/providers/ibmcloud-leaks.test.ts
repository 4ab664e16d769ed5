/** Two hundred pod VMs through a proxy that spoils one call in twenty: nothing is made twice, nothing stays behind. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isProviderError, type PodVmSpec } from '@peerpods/provider';
import { seededRandom } from '@peerpods/provider/virtual-clock';
import { deleteFully, specOf } from '../../providers/contract/conformance.ts';
import { testTls } from './capture-server.ts';
import { FaultProxy, type FaultRule, type ProxiedRequest } from './fault-proxy.ts';
import { IbmCloud } from './ibmcloud-cloud.ts';
import { ibmError } from './ibmcloud-place.ts';
import { keyArguments, networkArguments, openScene } from './ibmcloud-scene.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const count = 200;
const owner = { cluster: 'leaks', node: 'node-1' };
const { signal } = new AbortController();

const calls = ({ path }: ProxiedRequest) => path.startsWith('/v1/');
const json = { 'content-type': 'application/json' };

/** One call in twenty, in equal parts. */
function spoil(proxy: FaultProxy): void {
  const busy = JSON.stringify(ibmError(429, 'too_many_requests', 'slower').body);
  const faults: readonly FaultRule['fault'][] = [
    { kind: 'lose-answer' },
    { kind: 'reset' },
    { kind: 'answer', status: 503, headers: json, body: '{"errors":[{"code":"service_error","message":"busy"}]}' },
    { kind: 'answer', status: 429, headers: { ...json, 'retry-after': '0' }, body: busy },
    {
      kind: 'answer',
      status: 409,
      headers: json,
      body: '{"errors":[{"code":"conflict","message":"another operation"}]}',
    },
  ];
  for (const fault of faults) proxy.inject({ when: calls, times: 100_000, probability: 0.01, fault });
}

it('200 pod VMs come and go with one call in twenty spoiled, and nothing is left', {
  timeout: 280_000,
}, async (context) => {
  if (lacksVendorModels(context)) return;
  const models = new VendorModels();
  const cloud = await IbmCloud.open(models);
  const random = seededRandom(7);
  const proxy = await FaultProxy.open({ target: cloud.url, tls: await testTls(), random: () => random.fraction() });
  const provider = await openScene(proxy.url, [...keyArguments, ...networkArguments]);
  try {
    spoil(proxy);
    const specs = Array.from({ length: count }, () => specOf(owner));
    const create = async (spec: PodVmSpec) => {
      for (let round = 0; round < 5; round += 1) {
        try {
          return await provider.create(spec, { signal });
        } catch (error) {
          if (!isProviderError(error, 'transient') && !isProviderError(error, 'throttled')) throw error;
        }
      }
      throw new Error(`${spec.name} was never made`);
    };
    const made = await Promise.all(specs.map(create));
    assert.equal(new Set(made.map(({ id }) => id)).size, count);
    assert.equal(cloud.instances.made, count);
    const listed = await provider.list(owner, { signal });
    assert.deepEqual(listed.map(({ id }) => id).toSorted(), made.map(({ id }) => id).toSorted());
    assert.equal(new Set(listed.flatMap(({ addresses }) => addresses)).size, count);
    await Promise.all(made.map(({ id }) => deleteFully(provider, id, signal)));
    assert.deepEqual(cloud.residue, []);
    assert.deepEqual(await provider.list(owner, { signal }), []);
    assert.deepEqual(cloud.violations, []);
    assert.ok(proxy.struck > 20, `${proxy.struck} calls were spoiled`);
    context.diagnostic(`${proxy.requests.length} calls, ${proxy.struck} spoiled`);
  } finally {
    await provider.close();
    await proxy.close();
    await cloud.close();
    models.close();
  }
});
