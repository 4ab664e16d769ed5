/** A provider whose calls go to a plugin. */

import {
  type CallOptions,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  SingleFlight,
  throwIfAborted,
} from '@peerpods/provider';
import { callPlugin, watchPlugin } from './calls.ts';
import {
  type Description,
  endingIn,
  eventIn,
  foundPodVm,
  instanceTypesIn,
  podVmIn,
  podVmsIn,
  specMessage,
  warmInstancesIn,
} from './messages.ts';
import type { UnaryMethod } from './protocol.ts';
import type { Supervisor } from './supervisor.ts';

/** Below what Kata waits for StartVM. */
const createMsMax = 540_000;
const callMsMax = 60_000;

export function pluginProvider(supervisor: Supervisor, description: Description): PodVmProvider {
  const creating = new SingleFlight<PodVm>();
  const { capabilities, userDataBytesMax } = description;
  const call = async (method: UnaryMethod, request: object, { signal }: CallOptions, msMax = callMsMax) => {
    throwIfAborted(signal);
    return await callPlugin(await supervisor.program(signal), method, request, { signal, msMax });
  };
  const create = async (spec: PodVmSpec, { signal }: CallOptions) => {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    const work = async (within: AbortSignal) => {
      const podVm = podVmIn(await call('Create', { spec: specMessage(spec) }, { signal: within }, createMsMax));
      if (podVm.addresses.length > 0) return podVm;
      throw new ProviderError('transient', 'the plugin made a pod VM without an address', { podVmId: podVm.id });
    };
    // A plugin need not think of two calls for one sandbox at once.
    return await creating.run(`${spec.owner.cluster}/${spec.sandboxId}`, work, signal);
  };
  return {
    create,
    delete: async (podVmId, options) => {
      checkPodVmId(podVmId);
      return endingIn(await call('Delete', { podVmId }, options));
    },
    get: async (podVmId, options) => foundPodVm(await call('Get', { podVmId }, options)),
    list: async (owner, options) => podVmsIn(await call('List', { owner }, options)),
    verify: async (options) => {
      await call('Verify', {}, options);
    },
    close: async () => {
      await creating.settle();
      await supervisor.close();
    },
    ...(capabilities.has('CATALOGUE') && {
      catalogue: { instanceTypes: async (options) => instanceTypesIn(await call('Catalogue', {}, options)) },
    }),
    ...(capabilities.has('LIVE_USER_DATA') && {
      liveUserData: {
        replace: async (podVmId: string, userData: string, options: CallOptions) => {
          checkPodVmId(podVmId);
          checkUserData({ userData }, userDataBytesMax);
          await call('ReplaceUserData', { podVmId, userData }, options);
        },
      },
    }),
    ...(capabilities.has('WARM') && {
      warm: {
        prepare: async (spec, options) => warmInstancesIn(await call('PrepareWarm', { ...spec }, options, createMsMax)),
        list: async (owner, options) => warmInstancesIn(await call('ListWarm', { owner }, options)),
        claim: async (warmId, spec, options) =>
          podVmIn(await call('ClaimWarm', { warmId, spec: specMessage(spec) }, options, createMsMax)),
      },
    }),
    ...(capabilities.has('EVENTS') && {
      events: {
        watch: async (owner: Owner, listener, { signal }: CallOptions) => {
          throwIfAborted(signal);
          const program = await supervisor.program(signal);
          await watchPlugin(program, { owner }, (event) => listener(eventIn(event)), signal);
        },
      },
    }),
  };
}
