/** Provider ibmcloud against IBM Cloud in memory keeps the contract, also when the way there misbehaves. */

import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import { provider as ibmModule } from '@peerpods/provider-ibmcloud';
import { type ConformanceFaults, providerConformance } from '../../providers/contract/conformance.ts';
import { testTls } from './capture-server.ts';
import { FaultProxy, type ProxiedRequest } from './fault-proxy.ts';
import { IbmCloud } from './ibmcloud-cloud.ts';
import { ibmError } from './ibmcloud-place.ts';
import { keyArguments, networkArguments, openScene } from './ibmcloud-scene.ts';
import { retryAfterText } from './quick-clock.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());

const { userDataBytesMax } = ibmModule;
const settings = [...keyArguments, ...networkArguments, '-profile-list=bx2-2x8,bx2-4x16'];

async function ended(cloud: IbmCloud): Promise<void> {
  await cloud.close();
  assert.deepEqual(cloud.violations, []);
}

providerConformance('ibmcloud', async (context: TestContext) => {
  if (lacksVendorModels(context)) return undefined;
  const cloud = await IbmCloud.open(models);
  const { instances } = cloud;
  return {
    provider: await openScene(cloud.url, settings),
    userDataBytesMax,
    residue: async () => cloud.residue,
    // IBM's way: accepted first, failed afterwards.
    faults: {
      refuseCapacity: () => void instances.failures.push({ code: 'cannot_start_capacity', message: 'no room' }),
      refuseAllCapacity() {
        for (let count = 0; count < 20; count += 1)
          instances.failures.push({ code: 'cannot_start_capacity', message: 'full' });
        return () => void instances.failures.splice(0);
      },
      hideNew(ms) {
        instances.hideNextMs = ms;
      },
      breakAfterCreate() {
        instances.failures.push({ code: 'cannot_start_storage', message: 'no storage' });
        instances.leaveNextBehind = true;
      },
    },
    dispose: () => ended(cloud),
  };
});

const creates = ({ method, path }: ProxiedRequest) => method === 'POST' && path.startsWith('/v1/instances');
const calls = ({ path }: ProxiedRequest) => path.startsWith('/v1/');

function faultsOf(proxy: FaultProxy, cloud: IbmCloud): ConformanceFaults {
  const quota = ibmError(400, 'over_quota', 'Creating a new instance will put the user over quota.');
  const answer = ({ status, body }: typeof quota, headers = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    return { kind: 'answer', status, headers: json, body: JSON.stringify(body) } as const;
  };
  return {
    loseCreateAnswer: () => void proxy.inject({ when: creates, fault: { kind: 'lose-answer' } }),
    throttle: (times, retryAfterMs) =>
      void proxy.inject({
        when: calls,
        times,
        fault: answer(ibmError(429, 'too_many_requests', 'slower'), { 'retry-after': retryAfterText(retryAfterMs) }),
      }),
    refuseAllCapacity: () => proxy.inject({ when: creates, times: 1000, fault: answer(quota) }),
    hideNew(ms) {
      cloud.instances.hideNextMs = ms;
      // With a lost answer on top: the instance is neither told of nor to be seen.
      proxy.inject({ when: creates, fault: { kind: 'lose-answer' } });
    },
  };
}

providerConformance('ibmcloud behind a proxy with faults', async (context: TestContext) => {
  if (lacksVendorModels(context)) return undefined;
  const cloud = await IbmCloud.open(models);
  const proxy = await FaultProxy.open({ target: cloud.url, tls: await testTls() });
  const others = (one: ProxiedRequest) => calls(one) && !creates(one);
  proxy.inject({ when: others, times: 1000, probability: 0.2, fault: { kind: 'latency', ms: 20 } });
  proxy.inject({ when: others, times: 1, fault: { kind: 'reset' } });
  proxy.inject({ when: others, times: 1, fault: { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } });
  return {
    provider: await openScene(proxy.url, settings),
    wishes: { dedicatedInterface: true },
    userDataBytesMax,
    residue: async () => cloud.residue,
    faults: faultsOf(proxy, cloud),
    dispose: async () => {
      await proxy.close();
      await ended(cloud);
    },
  };
});
