/** What the VM changes in requests to its agent, on wire level so that every unknown field survives. */

import { mkdir } from 'node:fs/promises';
import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { appendNetworkNamespace, clearDns, type OciMount, readOci } from '#codec/agent-edit/agent-edit.ts';
import type { RpcRequest } from '#codec/ttrpc/envelope.ts';
import type { CloudVolumes } from './cloud-volumes.ts';
import { waitForMounts } from './mount-wait.ts';
import { cloudVolumesKey, parseCloudVolumes } from './volume-annotation.ts';

export interface AgentEditOptions {
  /** Path of the network namespace that the pod's processes join. */
  readonly podNamespace: string;
  readonly volumes: CloudVolumes;
  readonly clock: Clock;
  readonly log: Log;
}

const agentService = 'grpc.AgentService';
const targetPathKey = 'io.confidentialcontainers.org.peerpodvolumes.target_path';

/** SERVICE/METHOD of the requests that are edited, or for which the VM does something first. */
export const editedMethods: ReadonlySet<string> = new Set(
  ['CreateSandbox', 'CreateContainer', 'DestroySandbox'].map((method) => `${agentService}/${method}`),
);

/** The payload to send instead. */
export async function editAgentRequest(
  request: RpcRequest,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  switch (request.method) {
    case 'CreateSandbox':
      return clearDns(request.payload);
    case 'CreateContainer':
      return editCreateContainer(request.payload, options, signal);
    case 'DestroySandbox':
      await options.volumes.detachAll();
      return request.payload;
    default:
      return request.payload;
  }
}

async function editCreateContainer(
  payload: Uint8Array,
  options: AgentEditOptions,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const withNamespace = appendNetworkNamespace(payload, options.podNamespace);
  const { annotations } = readOci(withNamespace);
  const volumes = parseCloudVolumes(annotations.get(cloudVolumesKey));
  const edited = await options.volumes.attach(withNamespace, volumes, signal);
  const { mounts } = readOci(edited); // a mount that leads to a cloud volume now needs nothing of what follows
  await createBindSources(mounts, options.log);
  const awaited = new Set((annotations.get(targetPathKey) ?? '').split(',').map((path) => path.trim()));
  const late = mounts.map(({ source }) => source).filter((source) => source !== '' && awaited.has(source));
  await waitForMounts(late, options.clock, signal);
  return edited;
}

async function createBindSources(mounts: readonly OciMount[], log: Log): Promise<void> {
  for (const { source, type } of mounts) {
    if (type !== 'bind' || !source.startsWith('/')) continue;
    try {
      await mkdir(source, { recursive: true });
    } catch (error) {
      // A file at this place is fine, and so is what the agent makes itself.
      log.debug({ error: errorText(error) }, 'bind source not created');
    }
  }
}
