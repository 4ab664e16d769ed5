/** Looks through the provider's pod VMs of this cluster for those that no PeerPod names, and ends what is certain. */

import type { PodVm, PodVmProvider } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { deadlineSignal } from '#base/signals.ts';
import type { KubeObject, KubernetesApi } from '#io/kubernetes/api.ts';
import { PEER_POD, POD } from '#io/kubernetes/kinds.ts';
import type { NodeSight } from './nodes.ts';
import type { PeerPod } from './peer-pod.ts';
import { type PeerPodIndex, peerPodKey } from './peer-pod-index.ts';
import type { PodVms, ProviderSource } from './pod-vms.ts';
import { fieldsOf, textOf } from './reading.ts';
import { type ClassPod, judge, type SweptVm, Unknowns } from './sweep.ts';

export interface SweepSettings {
  /** `report` finds and counts; `delete` ends orphans as well. */
  readonly mode: 'off' | 'report' | 'delete';
  readonly everyMs: number;
  readonly graceMs: number;
}

export interface SweepReport {
  /** Pod VMs with this cluster's tags. */
  readonly podVms: number;
  readonly orphans: readonly SweptVm[];
  readonly unsure: readonly SweptVm[];
  readonly ended: number;
  /** PeerPods whose pod is gone, and that no owner reference would ever delete. */
  readonly ownerless: number;
  /** Providers that could not be asked: nothing of theirs was judged. */
  readonly unasked: readonly string[];
}

export interface SweeperParts {
  readonly api: KubernetesApi;
  readonly index: PeerPodIndex;
  readonly nodes: ReadonlyMap<string, NodeSight>;
  readonly source: ProviderSource;
  readonly vms: PodVms;
  readonly runtimeClass: string;
  readonly settings: SweepSettings;
  readonly clock: Clock;
  readonly log: Log;
}

const listMsMax = 300_000;
/** Ended in one sweep; the rest in the next. */
const endedMax = 200;
const nodesAtOnce = 8;

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #unknowns = new Unknowns();

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** Rejects only with the signal's reason. */
  async sweep(signal: AbortSignal): Promise<SweepReport> {
    const { settings, clock, index } = this.#parts;
    const { vms, unasked } = await this.#listed(signal);
    // PeerPods after pod VMs: what was made in between is known by now.
    const known = { ids: new Set<string>(), sandboxes: new Set<string>() };
    for (const { podVmId, sandboxId } of index.all()) {
      if (podVmId !== '') known.ids.add(podVmId);
      if (sandboxId !== '') known.sandboxes.add(sandboxId);
    }
    const times = { graceMs: settings.graceMs, wallNowMs: clock.wallNow(), nowMs: clock.now() };
    const due = this.#unknowns.due(vms, known, times);
    const orphans: SweptVm[] = [];
    const unsure: SweptVm[] = [];
    for (const [node, own] of Map.groupBy(due, (vm) => vm.node)) {
      const verdict = judge(await this.#classPods(node, signal), (uid) => index.hasPod(uid));
      (verdict === 'orphan' ? orphans : unsure).push(...own);
    }
    const ended = await this.#end(orphans, signal);
    const ownerless = await this.#ownerless(signal);
    return { podVms: vms.length, orphans, unsure, ended, ownerless, unasked };
  }

  async #listed(
    signal: AbortSignal,
  ): Promise<{ readonly vms: readonly SweptVm[]; readonly unasked: readonly string[] }> {
    const { source, log, clock } = this.#parts;
    const cluster = source.cluster();
    const unasked: string[] = [];
    const vms: SweptVm[] = [];
    for (const name of source.openNames()) {
      try {
        const { provider, reach } = await source.open(name);
        if (reach === 'worker' || cluster === undefined) continue;
        using limits = deadlineSignal(clock, listMsMax, `the list of ${name}`, signal);
        for (const podVm of await this.#ofCluster(provider, cluster, limits.signal)) {
          if (podVm.owner.cluster !== cluster || podVm.state === 'deleting') continue;
          const { id, sandboxId, createdAtMs, owner } = podVm;
          vms.push({ provider: name, id, sandboxId, node: owner.node, createdAtMs });
        }
      } catch (error) {
        signal.throwIfAborted();
        unasked.push(name);
        log.warn({ provider: name, error: errorText(error) }, 'sweep: the provider could not be asked');
      }
    }
    return { vms, unasked };
  }

  /** In one go where the provider can, else node by node: those there are, and those that PeerPods speak of. */
  async #ofCluster(provider: PodVmProvider, cluster: string, signal: AbortSignal): Promise<readonly PodVm[]> {
    if (provider.census) return await provider.census.list(cluster, { signal });
    const { nodes, index } = this.#parts;
    const names = new Set(nodes.keys());
    for (const { node } of index.all()) if (node !== '') names.add(node);
    const left = [...names];
    const found: PodVm[] = [];
    const hand = async () => {
      for (let node = left.pop(); node !== undefined; node = left.pop()) {
        found.push(...(await provider.list({ cluster, node }, { signal })));
      }
    };
    await Promise.all(Array.from({ length: nodesAtOnce }, hand));
    return found;
  }

  async #classPods(node: string, signal: AbortSignal): Promise<readonly ClassPod[] | undefined> {
    const { api, runtimeClass, log } = this.#parts;
    const slim = (object: KubeObject) =>
      textOf(fieldsOf(object.spec).runtimeClassName) === runtimeClass ? object : undefined;
    try {
      const { items } = await api.list(POD, { fieldSelector: `spec.nodeName=${node}`, slim, signal });
      return items.map((pod) => ({
        uid: pod.metadata.uid ?? '',
        ended: ['Succeeded', 'Failed'].includes(textOf(fieldsOf(pod.status).phase) ?? ''),
      }));
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ node, error: errorText(error) }, 'sweep: the pods of a node could not be listed');
      return undefined;
    }
  }

  async #end(orphans: readonly SweptVm[], signal: AbortSignal): Promise<number> {
    const { settings, vms, log } = this.#parts;
    let ended = 0;
    for (const vm of orphans.slice(0, endedMax)) {
      if (settings.mode !== 'delete') {
        log.warn({ ...vm }, 'sweep: an orphaned pod VM is left, by -sweep');
        continue;
      }
      log.warn({ ...vm }, 'sweep: ending an orphaned pod VM');
      const { at } = await vms.delete(vm.provider, [vm.id], signal);
      signal.throwIfAborted();
      if (at !== 'failed') ended += 1;
    }
    return ended;
  }

  /** A PeerPod that lost its owner reference: the garbage collector does not see it, so the pod is looked at here. */
  async #ownerless(signal: AbortSignal): Promise<number> {
    const { index, clock, settings } = this.#parts;
    let count = 0;
    for (const peerPod of index.all()) {
      if (peerPod.podName !== undefined || peerPod.deletedAtMs !== undefined) continue;
      if (clock.wallNow() - Date.parse(peerPod.createdAt) < settings.graceMs) continue;
      if (!(await this.#podIsGone(peerPod, signal))) continue;
      count += 1;
      if (settings.mode === 'delete') await this.#dropOwnerless(peerPod, signal);
    }
    return count;
  }

  /** Only where both the pod's UID and its name are told. */
  async #podIsGone({ namespace, name, podUid }: PeerPod, signal: AbortSignal): Promise<boolean> {
    const podName = /^(.+)-resource-[a-z0-9]{5}$/.exec(name)?.[1];
    if (podUid === undefined || podName === undefined) return false;
    try {
      const pod = await this.#parts.api.get({ kind: POD, namespace, name: podName }, { signal });
      return pod?.metadata.uid !== podUid;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async #dropOwnerless(peerPod: PeerPod, signal: AbortSignal): Promise<void> {
    const { api, log } = this.#parts;
    const { namespace, name, uid } = peerPod;
    log.warn({ peerPod: peerPodKey(peerPod) }, 'sweep: deleting a PeerPod without owner, whose pod is gone');
    await api
      .delete({ kind: PEER_POD, namespace, name }, { signal, preconditions: { uid } })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        log.warn({ peerPod: peerPodKey(peerPod), error: errorText(error) }, 'sweep: not deleted');
      });
  }
}
