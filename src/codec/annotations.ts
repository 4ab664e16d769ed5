/** What a pod asks of its VM, from the annotations that the shim sends with CreateVM. */

import { PeerPodError } from '#base/errors.ts';

export interface PodVmRequest {
  readonly podName: string;
  readonly podNamespace: string;
  /** Known only where the runtime tells it at CreateVM. */
  readonly podUid: string | undefined;
  readonly instanceType: string | undefined;
  readonly image: string | undefined;
  readonly vcpus: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly gpus: number | undefined;
  readonly gpuModel: string | undefined;
  /** TOML text, byte for byte as measured. */
  readonly initdata: string | undefined;
}

const hypervisor = 'io.katacontainers.config.hypervisor.';

/** CRI-O under the Go shim sends `k8s_POD_NAMESPACE_UID_ATTEMPT`; Kubernetes names hold no underscore. */
export function parsePodName(text: string): string {
  const parts = text.split('_');
  return parts[0] === 'k8s' && parts[1] !== undefined ? parts[1] : text;
}

/** The original sends it never, CRI-O within the sandbox name. */
function parsePodUid(annotations: ReadonlyMap<string, string>): string | undefined {
  const parts = (annotations.get('io.kubernetes.cri.sandbox-name') ?? '').split('_');
  const uid = annotations.get('io.kubernetes.cri.sandbox-uid') || (parts[0] === 'k8s' ? parts[3] : undefined);
  return uid && /^[A-Za-z0-9-]+$/.test(uid) ? uid : undefined;
}

/** A decimal, rounded up: the Rust shim sends 1.5. Zero and nothing mean "not asked for". */
function parseAmount(annotations: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = annotations.get(`${hypervisor}${key}`)?.trim() ?? '';
  if (text === '') return undefined;
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new PeerPodError('E_ARGUMENT', `annotation ${hypervisor}${key}: ${JSON.stringify(text)} is not an amount`);
  }
  const amount = Math.ceil(Number(text));
  if (!Number.isSafeInteger(amount)) {
    throw new PeerPodError('E_ARGUMENT', `annotation ${hypervisor}${key}: ${text} is too large`);
  }
  return amount === 0 ? undefined : amount;
}

/** Throws E_ARGUMENT when the pod has no name or namespace, or an amount is none. */
export function parseAnnotations(annotations: ReadonlyMap<string, string>): PodVmRequest {
  const text = (key: string) => annotations.get(`${hypervisor}${key}`) || undefined;
  const podName = parsePodName(annotations.get('io.kubernetes.cri.sandbox-name') ?? '');
  const podNamespace = annotations.get('io.kubernetes.cri.sandbox-namespace') ?? '';
  if (podName === '' || podNamespace === '') {
    throw new PeerPodError('E_ARGUMENT', 'the annotations name no pod: sandbox-name or sandbox-namespace is missing');
  }
  return {
    podName,
    podNamespace,
    podUid: parsePodUid(annotations),
    instanceType: text('machine_type'),
    image: text('image'),
    vcpus: parseAmount(annotations, 'default_vcpus'),
    memoryMiB: parseAmount(annotations, 'default_memory'),
    gpus: parseAmount(annotations, 'default_gpus'),
    gpuModel: text('default_gpu_model'),
    initdata: text('cc_init_data'),
  };
}
