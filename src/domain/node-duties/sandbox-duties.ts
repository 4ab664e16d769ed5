/** What a sandbox's life has to do with Kubernetes: who its pod is, its registry credentials, its PeerPod. */

import type { Secret } from '#base/secret.ts';
import { peerPodName, type WantedPeerPod } from './peer-pod.ts';
import type { PeerPodName, PeerPods, SeenPeerPod } from './peer-pods.ts';
import type { PodReader, SandboxPod } from './pod-reader.ts';
import type { PullSecrets } from './pull-secrets.ts';

export interface SandboxDutiesParts {
  readonly pods: PodReader;
  readonly peerPods: PeerPods;
  /** Absent: pod VMs get no registry credentials. */
  readonly pullSecrets: PullSecrets | undefined;
}

export class SandboxDuties implements AsyncDisposable {
  readonly #parts: SandboxDutiesParts;

  constructor(parts: SandboxDutiesParts) {
    this.#parts = parts;
  }

  /** PeerPods that are still to be written. */
  get pending(): number {
    return this.#parts.peerPods.pending;
  }

  /** Under which name the PeerPod will be: on record before it is written. */
  peerPodOf({ podName, podNamespace, sandboxId }: SandboxPod): PeerPodName {
    return { namespace: podNamespace, name: peerPodName(podName, sandboxId) };
  }

  /** Begins to learn what StartVM will want to know. Never fails. */
  prepare(pod: SandboxPod): void {
    this.#parts.pods.read(pod).catch(() => {}); // whoever needs it asks again, and hears of it
    this.#parts.pullSecrets?.prepare(pod);
  }

  /** Undefined: Kubernetes knows no such pod on this node. Throws when it does not answer. */
  async podUid(pod: SandboxPod): Promise<string | undefined> {
    return (await this.#parts.pods.read(pod))?.uid;
  }

  announce(wanted: WantedPeerPod): void {
    this.#parts.peerPods.announce(wanted);
  }

  /** After a restart. `wanted`: what there is to write now. */
  resume(wanted: () => readonly WantedPeerPod[]): void {
    this.#parts.peerPods.resume(wanted);
  }

  /**
   * Before the pod VM is made: resolves with its auth.json once the PeerPod is there, or after a few seconds without.
   * Rejects only when aborted.
   */
  async beforePodVm(pod: SandboxPod, signal: AbortSignal): Promise<Secret<string> | undefined> {
    const { pullSecrets, peerPods } = this.#parts;
    const [registryAuth] = await Promise.all([
      pullSecrets?.registryAuth(pod, signal),
      peerPods.announced(pod.sandboxId, signal),
    ]);
    pullSecrets?.forget(pod.sandboxId); // it is asked for once, and need not stay in memory
    return registryAuth;
  }

  /** The sandbox is being released. */
  discard(sandboxId: string): void {
    const { pods, peerPods, pullSecrets } = this.#parts;
    peerPods.discard(sandboxId);
    pullSecrets?.forget(sandboxId);
    pods.forget(sandboxId);
  }

  /** After the pod VM is gone. Rejects when it is to be tried again. */
  async release(peerPod: PeerPodName, sandboxId: string, signal: AbortSignal): Promise<void> {
    await this.#parts.peerPods.release(peerPod, sandboxId, signal);
  }

  /** Of this node; undefined while that is not known. */
  get seen(): readonly SeenPeerPod[] | undefined {
    return this.#parts.peerPods.seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.peerPods[Symbol.asyncDispose]();
  }
}
