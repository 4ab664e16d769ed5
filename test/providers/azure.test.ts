/** Provider azure against Azure in memory keeps the contract, also when the way there misbehaves. */

import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import { provider as azureModule } from '@peerpods/provider-azure';
import { type ConformanceFaults, providerConformance } from '../../providers/contract/conformance.ts';
import { AzureCloud } from './azure-cloud.ts';
import { azureError } from './azure-place.ts';
import { openScene, secretArguments } from './azure-scene.ts';
import { testTls } from './capture-server.ts';
import { FaultProxy, type ProxiedRequest } from './fault-proxy.ts';
import { retryAfterText } from './quick-clock.ts';
import { lacksVendorModels, VendorModels } from './vendor-models.ts';

const models = new VendorModels();
after(() => models.close());

const { userDataBytesMax } = azureModule;
const two = ['-instance-sizes=Standard_DC2as_v5,Standard_DC4as_v5', '-zone=1,2'];

async function cloudOf(context: TestContext): Promise<AzureCloud | undefined> {
  return lacksVendorModels(context) ? undefined : await AzureCloud.open(models);
}

async function ended(cloud: AzureCloud): Promise<void> {
  await cloud.close();
  assert.deepEqual(cloud.violations, []);
}

providerConformance('azure', async (context) => {
  const cloud = await cloudOf(context);
  if (!cloud) return undefined;
  const { vms } = cloud;
  return {
    provider: await openScene(cloud.url, [...secretArguments, ...two]),
    userDataBytesMax,
    residue: async () => cloud.residue,
    // Azure's way: accepted first, failed afterwards.
    faults: {
      refuseCapacity: () => void vms.failures.push({ code: 'AllocationFailed', message: 'no room' }),
      refuseAllCapacity() {
        for (let count = 0; count < 20; count += 1)
          vms.failures.push({ code: 'ZonalAllocationFailed', message: 'full' });
        return () => void vms.failures.splice(0);
      },
      hideNew(ms) {
        vms.hideNextMs = ms;
      },
      breakAfterCreate() {
        vms.failures.push({ code: 'OSProvisioningTimedOut', message: 'the agent did not report' });
        vms.leaveNextBehind = true;
      },
    },
    dispose: () => ended(cloud),
  };
});

const creates = ({ method, path }: ProxiedRequest) => method === 'PUT' && path.includes('/virtualMachines/');
const calls = ({ path }: ProxiedRequest) => path.startsWith('/subscriptions/');

function faultsOf(proxy: FaultProxy, cloud: AzureCloud): ConformanceFaults {
  const { vms } = cloud;
  const full = azureError(409, 'SkuNotAvailable', 'The requested size is not available in location westeurope.');
  const answer = ({ status, body }: typeof full, headers = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    return { kind: 'answer', status, headers: json, body: JSON.stringify(body) } as const;
  };
  return {
    loseCreateAnswer: () => void proxy.inject({ when: creates, fault: { kind: 'lose-answer' } }),
    throttle: (times, retryAfterMs) =>
      void proxy.inject({
        when: calls,
        times,
        fault: answer(azureError(429, 'TooManyRequests', 'slower'), { 'retry-after': retryAfterText(retryAfterMs) }),
      }),
    refuseCapacity: () => void proxy.inject({ when: creates, fault: answer(full) }),
    refuseAllCapacity: () => proxy.inject({ when: creates, times: 1000, fault: answer(full) }),
    hideNew(ms) {
      vms.hideNextMs = ms;
      // With a lost answer on top: the VM is neither told of nor to be seen.
      proxy.inject({ when: creates, fault: { kind: 'lose-answer' } });
    },
  };
}

providerConformance('azure behind a proxy with faults', async (context) => {
  const cloud = await cloudOf(context);
  if (!cloud) return undefined;
  const proxy = await FaultProxy.open({ target: cloud.url, tls: await testTls() });
  proxy.inject({
    when: (one) => calls(one) && !creates(one),
    times: 1000,
    probability: 0.2,
    fault: { kind: 'latency', ms: 20 },
  });
  proxy.inject({ when: calls, times: 1, fault: { kind: 'reset' } });
  proxy.inject({ when: calls, times: 1, fault: { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } });
  return {
    provider: await openScene(proxy.url, [...secretArguments, ...two, '-use-public-ip']),
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
