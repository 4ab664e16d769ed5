/** What the shim and CSI wrappers call on hypervisor.sock: Hypervisor and PodVMInfo. */

import { parseSandboxId } from '#base/brands.ts';
import type { Clock } from '#base/clock.ts';
import { errorText, isPeerPodError, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { parseAnnotations } from '#codec/annotations.ts';
import { hypervisor } from '#codec/gen/hypervisor.js';
import { podvminfo } from '#codec/gen/podvminfo.js';
import { RpcError, rpcStatus } from '#codec/ttrpc/status.ts';
import type { Sandboxes } from '#domain/sandbox/sandboxes.ts';
import type { CallContext, ServiceTable, UnaryHandler } from '#io/ttrpc-server.ts';

/** What every version of the original answers. */
const version = '0.0.0';

export interface ServiceParts {
  readonly sandboxes: Sandboxes;
  readonly clock: Clock;
  readonly log: Log;
  /** Wraps each call, for those who count. */
  readonly timed: <T>(method: string, clock: Clock, body: () => Promise<T>) => Promise<T>;
}

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

export function hypervisorServices(parts: ServiceParts): ServiceTable {
  const { sandboxes } = parts;
  const sandboxCall = <Request extends { id: string }>(
    method: string,
    type: Decoder<Request>,
    body: (request: Request, signal: AbortSignal) => Promise<Uint8Array>,
  ): UnaryHandler => {
    return (payload, call) =>
      parts.timed(method, parts.clock, async () => {
        const request = decode(type, payload);
        return await logged(parts, { method, sandboxId: request.id }, call, () => body(request, call.signal));
      });
  };
  return {
    'hypervisor.Hypervisor': {
      Version: async () => hypervisor.VersionResponse.encode({ version }).finish(),
      CreateVM: sandboxCall('CreateVM', hypervisor.CreateVMRequest, async (request, signal) => {
        const { id, annotations, networkNamespacePath } = request;
        if (networkNamespacePath === '') throw new PeerPodError('E_ARGUMENT', 'no network namespace path');
        const create = {
          sandboxId: parseSandboxId(id),
          request: parseAnnotations(new Map(Object.entries(annotations))),
          netnsPath: networkNamespacePath,
        };
        const agentSocketPath = await sandboxes.create(create, signal);
        return hypervisor.CreateVMResponse.encode({ agentSocketPath }).finish();
      }),
      StartVM: sandboxCall('StartVM', hypervisor.StartVMRequest, async ({ id }, signal) => {
        await sandboxes.start(parseSandboxId(id), signal);
        return hypervisor.StartVMResponse.encode({}).finish();
      }),
      StopVM: sandboxCall('StopVM', hypervisor.StopVMRequest, async ({ id }, signal) => {
        await sandboxes.stop(parseSandboxId(id), signal);
        return hypervisor.StopVMResponse.encode({}).finish();
      }),
    },
    'podvminfo.PodVMInfo': {
      GetInfo: (payload, { signal }) =>
        parts.timed('GetInfo', parts.clock, async () => {
          const { PodName, PodNamespace, Wait } = decode(podvminfo.GetInfoRequest, payload);
          const podVmId = await sandboxes.pods.podVmOf(PodName, PodNamespace, Wait, signal);
          return podvminfo.GetInfoResponse.encode({ VMID: podVmId }).finish();
        }),
    },
  };
}

/** One line for each call; what it was asked with and what it answered stay out. */
async function logged<T>(
  { clock, log }: ServiceParts,
  about: { readonly method: string; readonly sandboxId: string },
  { signal }: CallContext,
  body: () => Promise<T>,
): Promise<T> {
  const from = clock.now();
  const ms = () => Math.round(clock.now() - from);
  try {
    const result = await body();
    log.info({ ...about, ms: ms() }, 'call');
    return result;
  } catch (error) {
    // Shims leave StopVM after a second and do not mind; what was begun goes on.
    if (signal.aborted && about.method === 'StopVM') log.info({ ...about, ms: ms(), error }, 'the caller left');
    else log[isPeerPodError(error) ? 'warn' : 'error']({ ...about, ms: ms(), error }, 'call failed');
    throw error;
  }
}
