/** Reads the Pod object of a sandbox, once for all who want to know of it. */

import type { SandboxId } from '#base/brands.ts';
import type { KubernetesApi } from '#io/kubernetes/api.ts';
import { POD } from '#io/kubernetes/kinds.ts';
import { type PodFacts, readPodFacts } from './pod-facts.ts';

/** The pod of a sandbox, by what the shim tells. */
export interface SandboxPod {
  readonly sandboxId: SandboxId;
  readonly podName: string;
  readonly podNamespace: string;
}

export interface PodReaderParts {
  readonly api: KubernetesApi;
  readonly node: string;
}

const callMsMax = 10_000;

export class PodReader {
  readonly #parts: PodReaderParts;
  /** Of the sandboxes there are. */
  readonly #known = new Map<string, Promise<PodFacts | undefined>>();

  constructor(parts: PodReaderParts) {
    this.#parts = parts;
  }

  /** Undefined: Kubernetes knows no such pod on this node. A failure is not kept: the next call asks again. */
  async read(pod: SandboxPod): Promise<PodFacts | undefined> {
    const known = this.#known.get(pod.sandboxId);
    if (known) return await known;
    const asked = this.#ask(pod);
    this.#known.set(pod.sandboxId, asked);
    try {
      return await asked;
    } catch (error) {
      if (this.#known.get(pod.sandboxId) === asked) this.#known.delete(pod.sandboxId);
      throw error;
    }
  }

  forget(sandboxId: string): void {
    this.#known.delete(sandboxId);
  }

  async #ask({ podName: name, podNamespace: namespace }: SandboxPod): Promise<PodFacts | undefined> {
    const { api, node } = this.#parts;
    const found = await api.get({ kind: POD, namespace, name }, { timeoutMs: callMsMax });
    return found && readPodFacts(found, node);
  }
}
