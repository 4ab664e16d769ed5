/** Provider vsphere against vcsim keeps the contract, also when the way there misbehaves. */

import { provider as vsphereModule } from '@peerpods/provider-vsphere';
import { type ConformanceFaults, providerConformance } from '../../providers/contract/conformance.ts';
import { FaultProxy, type ProxiedRequest } from './fault-proxy.ts';
import { lacksVcsim } from './vcsim.ts';
import {
  crashedVcsim,
  fastClock,
  fixedPlaces,
  methodOf,
  openVsphere,
  soapFault,
  vcsim,
  vsphereValues,
} from './vsphere-scene.ts';

const { userDataBytesMax } = vsphereModule;

providerConformance('vsphere', async (context) => {
  if (lacksVcsim(context)) return undefined;
  const simulator = await vcsim();
  const { provider, dispose } = await openVsphere(vsphereValues(simulator.url), fastClock(5));
  return {
    provider,
    userDataBytesMax,
    residue: () => simulator.residue(),
    brokenCloud: crashedVcsim,
    dispose: async () => dispose(),
  };
});

const clones = (request: ProxiedRequest) => methodOf(request) === 'CloneVM_Task';
const full = soapFault('InsufficientMemoryResourcesFault', '<unreserved>1</unreserved><requested>2</requested>');

function faultsOf(proxy: FaultProxy): ConformanceFaults {
  return {
    loseCreateAnswer: () => void proxy.inject({ when: clones, fault: { kind: 'lose-answer' } }),
    refuseCapacity: () => void proxy.inject({ when: clones, fault: full }),
    refuseAllCapacity: () => proxy.inject({ when: clones, times: 1000, fault: full }),
    // The clone is accepted, and then the account may not look at it.
    breakAfterCreate: () => {
      let cloned = false;
      proxy.inject({
        when: (request) => {
          cloned ||= clones(request);
          return cloned && methodOf(request) === 'RetrievePropertiesEx';
        },
        fault: soapFault('NoPermission', '<privilegeId>System.Read</privilegeId>'),
      });
    },
  };
}

// Time runs fast there; `throttle`, which is about real seconds, has a test of its own in vsphere-features.test.ts.
providerConformance('vsphere with hosts of its own choice, behind a proxy with faults', async (context) => {
  if (lacksVcsim(context)) return undefined;
  const simulator = await vcsim();
  const proxy = await FaultProxy.open({ target: simulator.url });
  const { provider, dispose } = await openVsphere(vsphereValues(proxy.url, fixedPlaces), fastClock(5));
  return {
    provider,
    userDataBytesMax,
    residue: () => simulator.residue(),
    faults: faultsOf(proxy),
    brokenCloud: crashedVcsim,
    dispose: async () => {
      dispose();
      await proxy.close();
    },
  };
});
