/** The agent's calls as the relay knows them: which may be asked twice, and the one that is edited. */

import { isPeerPodError } from '#base/errors.ts';
import type { PodVolume } from '#codec/direct-volumes.ts';
import type { PassagePolicy } from '#codec/ttrpc-passage/passage.ts';
import { readDirectVolumes } from '#io/direct-volumes.ts';
import { addWorkerAnnotations } from './create-container.ts';
import { firstCallsOffset } from './first-calls.ts';

const createContainer = 'grpc.AgentService/CreateContainer';

/** Long-polls and reads. */
const repeated: ReadonlySet<string> = new Set([
  ...[
    'ReadStdout',
    'ReadStderr',
    'WaitProcess',
    'GetOOMEvent',
    'GetGuestDetails',
    'GetMetrics',
    'StatsContainer',
    'ListInterfaces',
    'ListRoutes',
    'GetIPTables',
    'GetVolumeStats',
  ].map((method) => `grpc.AgentService/${method}`),
  'grpc.Health/Check',
  'grpc.Health/Version',
]);

export const agentPolicy: PassagePolicy = {
  streamOffset: firstCallsOffset,
  repeats: (method) => repeated.has(method),
  edits: (method) => method === createContainer,
};

/** The payload that CreateContainer goes on with. */
export async function editAgentCall(
  payload: Uint8Array,
  attached: readonly PodVolume[] | undefined,
  directVolumesRoot?: string,
): Promise<Uint8Array> {
  const worker = await readDirectVolumes(directVolumesRoot);
  try {
    return addWorkerAnnotations(payload, worker, attached);
  } catch (error) {
    if (isPeerPodError(error, 'E_DECODE')) return payload;
    throw error;
  }
}
