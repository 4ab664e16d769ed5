/** Which pod VM a pod has, and those who wait to know: the newest sandbox of a pod counts. */

import type { SandboxId } from '#base/brands.ts';
import { PeerPodError } from '#base/errors.ts';

interface Entry {
  readonly key: string;
  podVmId: string | undefined;
}

/** As many as one connection may have in flight; each is looked at whenever a pod changes. */
const waitersMaxDefault = 1024;

const keyOf = (podName: string, podNamespace: string) => `${podNamespace}/${podName}`;

export class PodKeys {
  /** In the order of creation. */
  readonly #entries = new Map<SandboxId, Entry>();
  readonly #waiters = new Set<() => void>();
  readonly #waitersMax: number;

  constructor(waitersMax = waitersMaxDefault) {
    this.#waitersMax = waitersMax;
  }

  get waitingCount(): number {
    return this.#waiters.size;
  }

  add(sandboxId: SandboxId, podName: string, podNamespace: string): void {
    this.#entries.set(sandboxId, { key: keyOf(podName, podNamespace), podVmId: undefined });
    this.#wake();
  }

  setPodVm(sandboxId: SandboxId, podVmId: string): void {
    const entry = this.#entries.get(sandboxId);
    if (entry) entry.podVmId = podVmId;
    this.#wake();
  }

  remove(sandboxId: SandboxId): void {
    this.#entries.delete(sandboxId);
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  #find(key: string): string | undefined {
    return [...this.#entries.values()].findLast((entry) => entry.key === key)?.podVmId;
  }

  /**
   * E_SANDBOX_UNKNOWN when there is none yet and `wait` is false; with `wait`, until there is or `signal` aborts.
   * E_LIMIT when too many wait already.
   */
  async podVmOf(podName: string, podNamespace: string, wait: boolean, signal: AbortSignal): Promise<string> {
    const key = keyOf(podName, podNamespace);
    for (let isFirst = true; ; isFirst = false) {
      const podVmId = this.#find(key);
      if (podVmId !== undefined) return podVmId;
      if (!wait) throw new PeerPodError('E_SANDBOX_UNKNOWN', `no pod VM for pod ${key}`);
      if (isFirst && this.#waiters.size >= this.#waitersMax) {
        throw new PeerPodError('E_LIMIT', `${this.#waitersMax} callers wait for pod VMs already`);
      }
      await this.#change(signal);
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const done = (settle: () => void) => {
        this.#waiters.delete(onChange);
        signal.removeEventListener('abort', onAbort);
        settle();
      };
      const onChange = () => done(resolve);
      const onAbort = () => done(() => reject(signal.reason));
      this.#waiters.add(onChange);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
