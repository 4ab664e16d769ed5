/** Provider aws against moto keeps the contract, also when the way there misbehaves. */

import { after } from 'node:test';
import { provider as awsModule } from '@peerpods/provider-aws';
import type { ConformanceFaults } from '../../providers/contract/conformance.ts';
import { providerConformance } from '../../providers/contract/conformance.ts';
import { awsValues, directClient, fastClock, networkOf, openAws, residueOf } from './aws-scene.ts';
import { actionOf, Ec2Behaviour, ec2Error } from './ec2-behaviour.ts';
import { FaultProxy, type ProxiedRequest } from './fault-proxy.ts';
import { lacksMoto, Moto } from './moto.ts';

let opened: Promise<Moto> | undefined;
const moto = async () => {
  opened ??= Moto.open();
  const server = await opened;
  await server.reset();
  return server;
};
after(async () => (await opened)?.close());

const { userDataBytesMax } = awsModule;

providerConformance('aws', async (context) => {
  if (lacksMoto(context)) return undefined;
  const { url } = await moto();
  const client = directClient(url);
  const { provider, dispose } = await openAws(awsValues(url, await networkOf(client)), fastClock(5));
  return {
    provider,
    userDataBytesMax,
    residue: () => residueOf(client),
    dispose: async () => dispose(),
  };
});

const launches = (request: ProxiedRequest) => actionOf(request) === 'RunInstances';

function faultsOf(proxy: FaultProxy, behaviour: Ec2Behaviour): ConformanceFaults {
  const full = ec2Error(500, 'InsufficientInstanceCapacity');
  const answer = ({ status, body }: typeof full, headers = {}) =>
    ({ kind: 'answer', status, headers, body: body.toString() }) as const;
  return {
    loseCreateAnswer: () => void proxy.inject({ when: launches, fault: { kind: 'lose-answer' } }),
    throttle: (times, retryAfterMs) =>
      void proxy.inject({
        when: () => true,
        times,
        fault: answer(ec2Error(503, 'RequestLimitExceeded'), { 'retry-after': String(retryAfterMs / 1000) }),
      }),
    refuseCapacity: () => void proxy.inject({ when: launches, fault: answer(full) }),
    refuseAllCapacity: () => proxy.inject({ when: launches, times: 1000, fault: answer(full) }),
    hideNew: (ms) => behaviour.hideNext(ms),
  };
}

providerConformance('aws behind a proxy with faults', async (context) => {
  if (lacksMoto(context)) return undefined;
  const { url } = await moto();
  const client = directClient(url);
  const behaviour = new Ec2Behaviour();
  const proxy = await FaultProxy.open({ target: url, behaviour });
  const { provider, dispose } = await openAws(awsValues(proxy.url, await networkOf(client)));
  return {
    provider,
    userDataBytesMax,
    residue: () => residueOf(client),
    faults: faultsOf(proxy, behaviour),
    dispose: async () => {
      dispose();
      await proxy.close();
    },
  };
});

// The clock runs fast, so that waits for running instances do not make up the test's time.
providerConformance('aws with public addresses and second interfaces', async (context) => {
  if (lacksMoto(context)) return undefined;
  const { url } = await moto();
  const client = directClient(url);
  const behaviour = new Ec2Behaviour();
  const proxy = await FaultProxy.open({ target: url, behaviour });
  const values = awsValues(proxy.url, await networkOf(client), ['-use-public-ip', '-disable-cvm']);
  const { provider, dispose } = await openAws(values, fastClock(20));
  const { throttle, hideNew, ...kept } = faultsOf(proxy, behaviour);
  const refuseAttachment = ec2Error(400, 'AttachmentLimitExceeded');
  return {
    provider,
    wishes: { dedicatedInterface: true },
    residue: () => residueOf(client),
    faults: {
      ...kept,
      breakAfterCreate: () =>
        void proxy.inject({
          when: (request) => actionOf(request) === 'AttachNetworkInterface',
          fault: { kind: 'answer', status: 400, body: refuseAttachment.body.toString() },
        }),
    },
    dispose: async () => {
      dispose();
      await proxy.close();
    },
  };
});
