/** All PeerPods by what they are looked up by, each change and each look-up in constant time. */

import type { PeerPod } from './peer-pod.ts';

export function peerPodKey({ namespace, name }: Pick<PeerPod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

const none: readonly PeerPod[] = [];

export class PeerPodIndex {
  readonly #byKey = new Map<string, PeerPod>();
  /** One PeerPod as itself, twins as a list: a list for each of 150,000 would cost more than what is in it. */
  readonly #byPod = new Map<string, PeerPod | readonly PeerPod[]>();
  /** Keys of those being deleted that our finalizer holds. */
  readonly #ending = new Set<string>();
  readonly #shared = new Map<string, string>();

  get size(): number {
    return this.#byKey.size;
  }

  get ending(): ReadonlySet<string> {
    return this.#ending;
  }

  get(key: string): PeerPod | undefined {
    return this.#byKey.get(key);
  }

  entries(): Iterable<readonly [key: string, peerPod: PeerPod]> {
    return this.#byKey;
  }

  all(): Iterable<PeerPod> {
    return this.#byKey.values();
  }

  /** Undefined: the object is gone. Returns what was there before. */
  set(key: string, peerPod: PeerPod | undefined): PeerPod | undefined {
    const before = this.#byKey.get(key);
    if (before) this.#forget(key, before);
    if (peerPod) this.#remember(key, peerPod);
    return before;
  }

  /** The other PeerPods of the same pod, in the same namespace. */
  twins(peerPod: PeerPod): readonly PeerPod[] {
    const found = peerPod.podUid === undefined ? undefined : this.#byPod.get(peerPod.podUid);
    if (!found || found === peerPod) return none;
    return asList(found).filter(({ name, namespace }) => namespace === peerPod.namespace && name !== peerPod.name);
  }

  hasPod(podUid: string): boolean {
    return this.#byPod.has(podUid);
  }

  /** One copy of a text that many share: node, namespace, provider, second of creation. */
  readonly share = (text: string): string => {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    if (this.#shared.size >= sharedMax) this.#shared.clear();
    this.#shared.set(text, text);
    return text;
  };

  #remember(key: string, peerPod: PeerPod): void {
    this.#byKey.set(key, peerPod);
    if (peerPod.podUid !== undefined) {
      const others = this.#byPod.get(peerPod.podUid);
      this.#byPod.set(peerPod.podUid, others ? [...asList(others), peerPod] : peerPod);
    }
    if (peerPod.held && peerPod.deletedAtMs !== undefined) this.#ending.add(key);
  }

  #forget(key: string, peerPod: PeerPod): void {
    this.#byKey.delete(key);
    this.#ending.delete(key);
    if (peerPod.podUid !== undefined) {
      const at = peerPod.podUid;
      const left = asList(this.#byPod.get(at) ?? none).filter((other) => other !== peerPod);
      const [only] = left;
      if (!only) this.#byPod.delete(at);
      else this.#byPod.set(at, left.length === 1 ? only : left);
    }
  }
}

const sharedMax = 100_000;

function asList(found: PeerPod | readonly PeerPod[]): readonly PeerPod[] {
  return Array.isArray(found) ? found : [found as PeerPod];
}
