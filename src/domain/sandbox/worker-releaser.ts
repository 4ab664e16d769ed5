/** Releases all that a sandbox has on this worker and at the provider; goes on until nothing is left. */

import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Owner, PodVmProvider } from '@peerpods/provider';
import { type BackoffPolicy, backoffDelayMs } from '#base/backoff.ts';
import type { SandboxId } from '#base/brands.ts';
import { type Clock, sleep } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Random } from '#base/random.ts';
import { deadlineSignal } from '#base/signals.ts';
import type { RelayControl } from '../relay/control.ts';
import { type TunnelContext, tearDownNodeEnd } from '../tunnel/node-end.ts';
import type { SandboxRecord } from './ledger.ts';
import type { ReleaseOptions, Releaser } from './ports.ts';

export interface ReleaserParts {
  readonly provider: PodVmProvider;
  readonly owner: Owner;
  readonly relay: RelayControl;
  readonly tunnel: TunnelContext;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const backoff: BackoffPolicy = { firstMs: 200, factor: 2, capMs: 30_000, jitterMs: 200 };
/** One call to the provider. */
const providerCallMsMax = 120_000;

export class WorkerReleaser implements Releaser {
  readonly #parts: ReleaserParts;

  constructor(parts: ReleaserParts) {
    this.#parts = parts;
  }

  async release(record: SandboxRecord, { signal, onAccepted }: ReleaseOptions): Promise<void> {
    const { relay, tunnel } = this.#parts;
    const { sandboxId } = record;
    // The relay first: the shim's calls end before the VM that would answer them does. The tunnel's device ends
    // beside the VM: the kernel takes its time (RCU), and nobody needs to wait for it.
    await this.#until('detach the relay', sandboxId, signal, () => relay.detach(sandboxId));
    const { tunnel: nodeEnd } = record;
    await Promise.all([
      nodeEnd && this.#until('tear down the tunnel', sandboxId, signal, () => tearDownNodeEnd(nodeEnd, tunnel)),
      this.#deletePodVms(record, signal, onAccepted),
    ]);
    const folder = dirname(record.agentSocketPath);
    await this.#until('remove files', sandboxId, signal, () => rm(folder, { recursive: true, force: true }));
  }

  async releaseUnknown(sandboxId: SandboxId): Promise<void> {
    const { provider, owner } = this.#parts;
    await this.#call(async (signal) => {
      const left = (await provider.list(owner, { signal })).filter((podVm) => podVm.sandboxId === sandboxId);
      for (const podVm of left) await provider.delete(podVm.id, { signal });
    });
  }

  /** By the recorded id, and by the sandbox's tag: a create whose answer was lost left a VM that no record names. */
  async #deletePodVms(record: SandboxRecord, signal: AbortSignal, onAccepted: () => void): Promise<void> {
    const { provider, owner } = this.#parts;
    const { sandboxId, podVmId, state } = record;
    let pending = true;
    await this.#until('delete the pod VM', sandboxId, signal, async () => {
      await this.#call(async (within) => {
        const listed = (await provider.list(owner, { signal: within })).filter((one) => one.sandboxId === sandboxId);
        const ids = new Set([...(podVmId === undefined ? [] : [podVmId]), ...listed.map((one) => one.id)]);
        const outcomes = await Promise.all([...ids].map((id) => provider.delete(id, { signal: within })));
        pending = outcomes.includes('deleting');
      });
      onAccepted();
      if (pending) throw new Error(`the provider is still deleting (sandbox ${state.at})`);
    });
  }

  async #call(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
    using limits = deadlineSignal(this.#parts.clock, providerCallMsMax, 'a call to the provider');
    await body(limits.signal);
  }

  /** Repeats with growing delays until it works; only the daemon's end stops it, and the record remains then. */
  async #until(what: string, sandboxId: SandboxId, signal: AbortSignal, body: () => Promise<void>): Promise<void> {
    const { clock, random, log } = this.#parts;
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await body();
      } catch (error) {
        log.warn({ sandboxId, what, attempt, error: errorText(error) }, 'release goes on');
        await sleep(
          clock,
          backoffDelayMs(backoff, attempt, () => random.fraction()),
          signal,
        );
      }
    }
  }
}
