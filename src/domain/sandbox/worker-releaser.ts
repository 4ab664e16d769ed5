/** Releases all that a sandbox has on this worker and at the provider; goes on until nothing is left. */

import { dirname } from 'node:path';
import type { Owner, PodVmProvider } from '@peerpods/provider';
import type { SandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { abortable, deadlineSignal } from '#base/signals.ts';
import type { SandboxDuties } from '../node-duties/sandbox-duties.ts';
import type { RelayControl } from '../relay/control.ts';
import { type ReleasePart, type SandboxObserver, silentObserver } from './observer.ts';
import type { PodFolders, Releasable, ReleaseOptions, Releaser, TunnelPort } from './ports.ts';
import { untilDone } from './repeat.ts';

export interface ReleaserParts {
  readonly provider: PodVmProvider;
  readonly owner: Owner;
  /** How long the provider's list may hide what a create has made; ms. */
  readonly listLagMsMax: number;
  readonly relay: RelayControl;
  readonly tunnels: TunnelPort;
  readonly folders: PodFolders;
  /** Absent outside of Kubernetes. */
  readonly duties?: SandboxDuties | undefined;
  readonly observer?: SandboxObserver;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** One call to the provider. */
const providerCallMsMax = 120_000;
/** One call to the relay. */
const relayCallMsMax = 10_000;
/** The relay goes first, but one that does not answer holds up nothing. */
const relayHeadStartMs = 1000;

export class WorkerReleaser implements Releaser {
  readonly #parts: ReleaserParts;

  constructor(parts: ReleaserParts) {
    this.#parts = parts;
  }

  async release(record: Releasable, { signal, onAccepted }: ReleaseOptions): Promise<void> {
    const { clock, tunnels, folders } = this.#parts;
    const { sandboxId, tunnel: nodeEnd } = record;
    const detached = this.untilDone('relay', sandboxId, signal, () => this.#detach(sandboxId, signal));
    detached.catch(() => {}); // awaited below
    // The relay first: the shim's calls end before the VM that would answer them does.
    await Promise.race([detached, sleep(clock, relayHeadStartMs, signal)]);
    // The tunnel's device ends beside the VM: the kernel takes its time (RCU), and nobody needs to wait for it.
    await Promise.all([
      detached,
      nodeEnd &&
        this.untilDone('tunnel', sandboxId, signal, async () => {
          await tunnels.tearDown(nodeEnd);
          return 'done';
        }),
      this.#deletePodVms(record, signal, onAccepted).then(() => this.#releasePeerPod(record, signal)),
    ]);
    await this.untilDone('files', sandboxId, signal, async () => {
      await folders.remove(dirname(record.agentSocketPath));
      return 'done';
    });
  }

  async untilDone(
    part: ReleasePart,
    sandboxId: SandboxId,
    signal: AbortSignal,
    body: () => Promise<'done' | 'pending'>,
  ): Promise<void> {
    const { clock, random, log, observer = silentObserver } = this.#parts;
    const onFailure = () => observer.releaseFailed(part);
    await untilDone({ clock, random, signal, what: part, onFailure, log: log.child({ sandboxId }) }, body);
  }

  /** After the VM, which it stands for. Without Kubernetes now, the controller does it when the pod is gone. */
  async #releasePeerPod({ sandboxId, peerPod }: Releasable, signal: AbortSignal): Promise<void> {
    const { duties } = this.#parts;
    if (!peerPod || !duties) return;
    await this.untilDone('peer-pod', sandboxId, signal, async () => {
      await duties.release(peerPod, sandboxId, signal);
      return 'done';
    });
  }

  async #detach(sandboxId: SandboxId, signal: AbortSignal): Promise<'done'> {
    const { clock, relay } = this.#parts;
    using limits = deadlineSignal(clock, relayCallMsMax, 'the relay', signal);
    await abortable(relay.detach(sandboxId), limits.signal);
    return 'done';
  }

  /** By the recorded id, and by the sandbox's tag: a create whose answer was lost left a VM that no record names. */
  async #deletePodVms(record: Releasable, signal: AbortSignal, onAccepted: () => void): Promise<void> {
    const { clock, listLagMsMax } = this.#parts;
    const lookUntil = record.podVmMayAppear ? clock.now() + listLagMsMax : 0;
    await this.untilDone('pod-vm', record.sandboxId, signal, async () => {
      const gone = await this.#deleteOnce(record, signal, onAccepted);
      onAccepted();
      // What is not in the list yet can not be deleted yet.
      return gone && clock.now() >= lookUntil ? 'done' : 'pending';
    });
  }

  async #deleteOnce({ sandboxId, podVmId }: Releasable, signal: AbortSignal, onAccepted: () => void): Promise<boolean> {
    const { provider, owner, clock, log } = this.#parts;
    using limits = deadlineSignal(clock, providerCallMsMax, 'a call to the provider', signal);
    const within = { signal: limits.signal };
    const remove = async (id: string) => (await provider.delete(id, within)) === 'gone';
    const removeKnown = async () => {
      if (podVmId === undefined) return true;
      const gone = await remove(podVmId);
      onAccepted(); // the list is only for what no record names
      return gone;
    };
    // The recorded id is deleted although the list may fail, and the list is looked through although the delete may.
    const [known, listed] = await Promise.allSettled([
      removeKnown(),
      provider.list(owner, within).then(async (podVms) => {
        const others = podVms.filter((podVm) => podVm.sandboxId === sandboxId && podVm.id !== podVmId);
        for (const { id } of others) log.info({ sandboxId, podVmId: id }, 'deleting a pod VM that no record names');
        return (await Promise.all(others.map(({ id }) => remove(id)))).every(Boolean);
      }),
    ]);
    const failures = [known, listed].flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (failures.length > 1) throw new AggregateError(failures, failures.map(errorText).join('; '));
    if (failures.length > 0) throw failures[0];
    return [known, listed].every((outcome) => outcome.status === 'fulfilled' && outcome.value);
  }
}
