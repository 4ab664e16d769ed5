/** The pod network that the worker sent, set up in this machine and taken down again. */

import { parsePodNetwork } from '#codec/pod-network.ts';
import type { TunnelContext } from '#domain/tunnel/context.ts';
import { setUpVmEnd, tearDownVmEnd } from '#domain/tunnel/vm-end.ts';
import { watchTracking } from '#domain/tunnel/watch-tracking.ts';
import type { ForwarderParts } from './compose.ts';
import type { ForwarderSettings } from './settings.ts';

export function setUpPodNetwork(
  settings: Pick<ForwarderSettings, 'podNamespace' | 'hostInterface'>,
  context: TunnelContext,
): ForwarderParts['setUpNetwork'] {
  return async (podNetwork, signal) => {
    const spec = {
      podNetwork: parsePodNetwork(podNetwork),
      podNetnsPath: settings.podNamespace,
      hostInterface: settings.hostInterface || undefined,
    };
    await setUpVmEnd(spec, context, { signal });
    const watch = await watchTracking(context);
    return async () => {
      await watch[Symbol.asyncDispose]();
      await tearDownVmEnd(spec, context);
    };
  };
}
