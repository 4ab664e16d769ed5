/** What the shim and CSI wrappers call on hypervisor.sock: Hypervisor and PodVMInfo. */

import { parseSandboxId } from '#base/brands.ts';
import { errorText, isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { podvminfo } from '#codec/gen/podvminfo.js';
import { RpcError, rpcStatus } from '#codec/ttrpc/status.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import type { ServiceTable, UnaryHandler } from '#io/ttrpc-server.ts';

/** What every version of the original answers. */
const version = '0.0.0';

interface Decoder<T> {
  decode(payload: Uint8Array): T;
}

function decode<T>(type: Decoder<T>, payload: Uint8Array): T {
  try {
    return type.decode(payload);
  } catch (error) {
    throw new RpcError(rpcStatus('internal', `undecodable request: ${errorText(error)}`));
  }
}

export function hypervisorServices(sandboxes: Sandboxes, log: Log): ServiceTable {
  const logged =
    (method: string, handler: UnaryHandler): UnaryHandler =>
    async (payload, call) => {
      try {
        return await handler(payload, call);
      } catch (error) {
        log.warn({ method, error: errorText(error) }, 'call failed');
        throw error;
      }
    };
  return {
    'hypervisor.Hypervisor': {
      Version: async () => hypervisor.VersionResponse.encode({ version }).finish(),
      CreateVM: logged('CreateVM', async (payload, { signal }) => {
        const { id, annotations, networkNamespacePath } = decode(hypervisor.CreateVMRequest, payload);
        if (networkNamespacePath === '') throw new PeerPodError('E_ARGUMENT', 'no network namespace path');
        const create = {
          sandboxId: parseSandboxId(id),
          request: parseAnnotations(new Map(Object.entries(annotations))),
          netnsPath: networkNamespacePath,
        };
        const agentSocketPath = await sandboxes.create(create, signal);
        return hypervisor.CreateVMResponse.encode({ agentSocketPath }).finish();
      }),
      StartVM: logged('StartVM', async (payload, { signal }) => {
        await sandboxes.start(parseSandboxId(decode(hypervisor.StartVMRequest, payload).id), signal);
        return hypervisor.StartVMResponse.encode({}).finish();
      }),
      StopVM: logged('StopVM', async (payload, { signal }) => {
        await sandboxes.stop(parseSandboxId(decode(hypervisor.StopVMRequest, payload).id), signal);
        return hypervisor.StopVMResponse.encode({}).finish();
      }),
    },
    'podvminfo.PodVMInfo': {
      GetInfo: async (payload, { signal }) => {
        const { PodName, PodNamespace, Wait } = decode(podvminfo.GetInfoRequest, payload);
        try {
          const podVmId = await sandboxes.pods.podVmOf(PodName, PodNamespace, Wait, signal);
          return podvminfo.GetInfoResponse.encode({ VMID: podVmId }).finish();
        } catch (error) {
          if (isPeerPodError(error)) throw error;
          throw new RpcError(rpcStatus('unknown', errorText(error)));
        }
      },
    },
  };
}
