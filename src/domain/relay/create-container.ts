/** What the worker adds to CreateContainer: annotations that tell the pod VM of its GPUs and block volumes. */

import { addOciAnnotations, readOci } from '#codec/agent-edit/agent-edit.ts';
import {
  cloudVolumesAnnotation,
  cloudVolumesKey,
  type DirectVolume,
  type PodVolume,
  targetPathAnnotation,
  targetPathKey,
  volumesOfPod,
} from '#codec/direct-volumes.ts';

const defaultGpusKey = 'io.katacontainers.config.hypervisor.default_gpus';
const podUidKey = 'io.kubernetes.cri.sandbox-uid';
/** Container Device Interface: the guest's agent injects every GPU that the VM has. */
const cdiKey = 'cdi.k8s.io/peer-pods';
const allGpus = 'nvidia.com/gpu=all';

export interface WorkerVolumes {
  readonly volumes: readonly DirectVolume[];
  readonly directories: ReadonlySet<string>;
}

/**
 * The payload to send instead; the very same bytes when nothing is to be added, since a policy in the VM compares.
 * Throws E_DECODE when the payload holds no OCI spec: then the answer is the agent's to give.
 */
export function addWorkerAnnotations(
  payload: Uint8Array,
  worker: WorkerVolumes,
  attached?: readonly PodVolume[],
): Uint8Array {
  const { annotations, mounts } = readOci(payload);
  const added = new Map<string, string>();
  const targetPaths = targetPathAnnotation(mounts, worker.directories, annotations.get(targetPathKey));
  if (targetPaths !== undefined) added.set(targetPathKey, targetPaths);
  if (annotations.get(defaultGpusKey)) added.set(cdiKey, allGpus);
  // One list a sandbox: a volume that came or went since the pod VM was made must not shift the LUNs of the others.
  const podVolumes = attached ?? volumesOfPod(worker.volumes, annotations.get(podUidKey) ?? '');
  const cloudVolumes = cloudVolumesAnnotation(podVolumes, mounts);
  if (cloudVolumes !== undefined) added.set(cloudVolumesKey, cloudVolumes);
  return addOciAnnotations(payload, added);
}
