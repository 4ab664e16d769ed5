/** The pod VMs behind PeerPods: found and ended through the providers; what fails comes back as a value. */

import { isProviderError, type PodVmProvider } from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { errorText, isPeerPodError } from '#base/errors.ts';
import { redacted } from '#base/redact.ts';
import { deadlineSignal } from '#base/signals.ts';
import type { PeerPod } from './peer-pod.ts';
import type { DeletionSight, Failure, FoundVm, VmSight } from './peer-pod-step.ts';

export interface OpenedProvider {
  readonly provider: PodVmProvider;
  /** `worker`: its pod VMs are processes of the worker that made them, and no one else sees them. */
  readonly reach: 'cluster' | 'worker';
  readonly listLagMs: number;
}

/** Opens providers with the settings of the moment. */
export interface ProviderSource {
  /** The owner tag of this cluster's pod VMs. Rejects with E_SETTING while the settings are not there. */
  cluster(): string | undefined;
  /** Rejects with a coded error that says what is missing. The result is used for one call, then asked for again. */
  open(name: string): Promise<OpenedProvider>;
  /** Those that are open, for a look at all of the cluster. */
  openNames(): readonly string[];
}

export interface PodVmsParts {
  readonly source: ProviderSource;
  readonly clock: Clock;
  /** Whether the API server knows the node. */
  readonly hasNode: (name: string) => boolean;
  /** Of each try to end one. */
  readonly onDeletion?: (provider: string, outcome: DeletionSight['at'], durationMs: number) => void;
}

/** One call to the cloud; what a provider retries inside is within it. */
const callMsMax = 120_000;
const textLengthMax = 500;

export class PodVms {
  readonly #parts: PodVmsParts;

  constructor(parts: PodVmsParts) {
    this.#parts = parts;
  }

  cluster(): string | undefined {
    return this.#parts.source.cluster();
  }

  /** By its id, checked against its tags, or by the tags alone. `listLagMs`: how long the list may hide one. */
  async find(peerPod: PeerPod, signal: AbortSignal): Promise<VmSight & { readonly listLagMs?: number }> {
    const { source, hasNode } = this.#parts;
    let opened: OpenedProvider;
    try {
      opened = await source.open(peerPod.provider);
    } catch (error) {
      return { at: 'unknown', failure: { kind: 'setup', text: failureText(error) } };
    }
    const { provider, reach, listLagMs } = opened;
    if (reach === 'worker') return { at: 'on-worker', workerThere: hasNode(peerPod.node) };
    const { podVmId: id } = peerPod;
    try {
      if (id !== '') {
        const podVm = await this.#call('get', signal, (inner) => provider.get(id, { signal: inner }));
        const owner = podVm && { cluster: podVm.owner.cluster, sandboxId: podVm.sandboxId };
        return { at: 'found', vms: [{ id, owner }], listLagMs };
      }
      const cluster = source.cluster() ?? '';
      const owner = { cluster, node: peerPod.node };
      const listed = await this.#call('list', signal, (inner) => provider.list(owner, { signal: inner }));
      const own = listed.filter(({ sandboxId }) => sandboxId === peerPod.sandboxId);
      const vms = own.map((podVm): FoundVm => ({ id: podVm.id, owner: { cluster, sandboxId: podVm.sandboxId } }));
      return { at: 'found', vms, listLagMs };
    } catch (error) {
      return { at: 'unknown', failure: providerFailure(error) };
    }
  }

  /** `gone` only when all of them are. */
  async delete(name: string, ids: readonly string[], signal?: AbortSignal): Promise<DeletionSight> {
    const { source, clock, onDeletion } = this.#parts;
    let worst: DeletionSight = { at: 'gone' };
    for (const id of ids) {
      const from = clock.now();
      const sight = await this.#deleteOne(source, name, id, signal);
      onDeletion?.(name, sight.at, clock.now() - from);
      if (sight.at === 'failed' || worst.at === 'gone') worst = sight;
    }
    return worst;
  }

  async #deleteOne(
    source: ProviderSource,
    name: string,
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<DeletionSight> {
    try {
      const { provider } = await source.open(name);
      return { at: await this.#call('delete', signal, (inner) => provider.delete(id, { signal: inner })) };
    } catch (error) {
      if (isProviderError(error, 'not-found')) return { at: 'gone' }; // against the contract, and what plugins do
      return { at: 'failed', failure: providerFailure(error) };
    }
  }

  async #call<T>(what: string, parent: AbortSignal | undefined, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
    using limits = deadlineSignal(this.#parts.clock, callMsMax, `the provider's ${what}`, parent);
    return await body(limits.signal);
  }
}

export function providerFailure(error: unknown): Failure {
  const retryAfterMs = isProviderError(error) ? error.retryAfterMs : undefined;
  const kind = isPeerPodError(error, 'E_SETTING') ? 'setup' : 'provider';
  return { kind, text: failureText(error), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** A request id in an SDK's message differs each time, and each difference would be a write: long hex is cut out. */
function failureText(error: unknown): string {
  const code = isProviderError(error) ? `${error.code}: ` : '';
  const text = redacted(errorText(error)).replaceAll(/\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f-]{12,}\b/gi, '…');
  return `${code}${text}`.slice(0, textLengthMax);
}
