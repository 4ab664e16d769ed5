/** Which pod VMs of the cluster nobody knows any more: pure. What is unsure is left alone. */

export interface SweptVm {
  readonly provider: string;
  readonly id: string;
  readonly sandboxId: string;
  readonly node: string;
  readonly createdAtMs: number | undefined;
}

/** What PeerPods name, those being deleted included: their own end looks after their pod VMs. */
export interface KnownVms {
  readonly ids: ReadonlySet<string>;
  readonly sandboxes: ReadonlySet<string>;
}

export interface SweepTimes {
  /** How long a pod VM must have been unknown, and how old it must be. */
  readonly graceMs: number;
  /** Wall clock, for the age that the cloud tells. */
  readonly wallNowMs: number;
  /** Monotonic. */
  readonly nowMs: number;
}

const keyOf = ({ provider, id }: SweptVm) => `${provider} ${id}`;

/** Remembers since when each pod VM has been unknown; one that was not seen so again is forgotten. */
export class Unknowns {
  #since = new Map<string, number>();

  get size(): number {
    return this.#since.size;
  }

  /** Those that have been unknown for the whole grace. */
  due(vms: readonly SweptVm[], known: KnownVms, { graceMs, wallNowMs, nowMs }: SweepTimes): readonly SweptVm[] {
    const unknown = vms.filter(({ id, sandboxId }) => !known.ids.has(id) && !known.sandboxes.has(sandboxId));
    this.#since = new Map(unknown.map((vm) => [keyOf(vm), this.#since.get(keyOf(vm)) ?? nowMs]));
    return unknown.filter((vm) => {
      const lasted = nowMs - (this.#since.get(keyOf(vm)) ?? nowMs) >= graceMs;
      return lasted && (vm.createdAtMs === undefined || wallNowMs - vm.createdAtMs >= graceMs);
    });
  }
}

/** A pod with the runtime class on the node of an unknown pod VM. */
export interface ClassPod {
  readonly uid: string;
  readonly ended: boolean;
}

/**
 * `orphan`: no pod can be in it. `unsure`: a pod of that node has no PeerPod (written while the API server was away,
 * say), and the pod VM may be that pod's. `pods` undefined: they could not be asked.
 */
export function judge(
  pods: readonly ClassPod[] | undefined,
  hasPeerPod: (podUid: string) => boolean,
): 'orphan' | 'unsure' {
  if (!pods) return 'unsure';
  return pods.some(({ uid, ended }) => !ended && !hasPeerPod(uid)) ? 'unsure' : 'orphan';
}
