/** What the VM changes in requests to its agent, on wire level so that every unknown field survives. */

import { mkdir } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { errorText, PeerPodError } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { appendNetworkNamespace, clearDns, readOci } from '#codec/agent-edit/agent-edit.ts';
import type { RpcRequest } from '#codec/ttrpc/envelope.ts';
import { waitForMounts } from './mount-wait.ts';

export interface AgentEditOptions {
  /** Path of the network namespace that the pod's processes join. */
  readonly podNamespace: string;
  readonly clock: Clock;
  readonly log: Log;
}

const agentService = 'grpc.AgentService';
const targetPath = 'io.confidentialcontainers.org.peerpodvolumes.target_path';
const cloudVolumes = 'io.confidentialcontainers.org.cloud_volumes';

/** SERVICE/METHOD of the requests that are edited. */
export const editedMethods: ReadonlySet<string> = new Set(
  ['CreateSandbox', 'CreateContainer'].map((method) => `${agentService}/${method}`),
);

/** The payload to send instead. */
export async function editAgentRequest(
  request: RpcRequest,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (request.method === 'CreateSandbox') return clearDns(request.payload);
  return editCreateContainer(request.payload, options, signal);
}

async function editCreateContainer(
  payload: Uint8Array,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const edited = appendNetworkNamespace(payload, options.podNamespace);
  const { annotations, mounts } = readOci(payload);
  if (annotations.get(cloudVolumes)) {
    throw new PeerPodError('E_CLOUD_VOLUME', 'cloud volumes are not mounted by this version of the forwarder');
  }
  for (const { source, type } of mounts) {
    if (type !== 'bind' || !source.startsWith('/')) continue;
    try {
      await mkdir(source, { recursive: true });
    } catch (error) {
      // A file at this place is fine, and so is what the agent makes itself.
      options.log.debug({ error: errorText(error) }, 'bind source not created');
    }
  }
  const awaited = (annotations.get(targetPath) ?? '').split(',').map((path) => path.trim());
  const sources = new Set(mounts.map((mount) => mount.source).filter((source) => source !== ''));
  const late = awaited.filter((path) => sources.has(path));
  await waitForMounts(late, options.clock, signal);
  return edited;
}
