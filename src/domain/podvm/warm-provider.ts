/** A provider whose `create` takes a warm VM where one fits, and makes a VM as ever where none does. */

import {
  type CallOptions,
  checkPodVmId,
  checkSandboxId,
  isProviderError,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  SingleFlight,
  throwIfAborted,
  type WarmInstances,
} from '@peerpods/provider';
import type { Clock } from '#base/clock.ts';
import { errorText } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { Secret } from '#base/secret.ts';
import { deadlineSignal } from '#base/signals.ts';
import { assign } from './assign.ts';
import type { WarmMachine, WarmMachines } from './warm-machines.ts';
import type { WarmPool } from './warm-pool.ts';
import { fittingShapes } from './warm-shapes.ts';

/** `hit`: a pod got a warm VM. `miss`: none was ready or fit. `failed`: one was tried, and a VM was made as ever. */
export type ClaimOutcome = 'hit' | 'miss' | 'failed';

export interface WarmProviderParts {
  readonly warm: WarmInstances;
  readonly machines: WarmMachines;
  readonly pool: WarmPool;
  readonly owner: Owner;
  readonly clock: Clock;
  readonly log: Log;
  readonly onClaim?: (outcome: ClaimOutcome, durationMs: number) => void;
}

const claimMsMax = 30_000;
const assignMsMax = 20_000;
/** For the end of a VM that could not be used, before another may be made. */
const endMsMax = 60_000;
/** Pods with it want evidence over it from the start of their VM. As codec/user-data.ts writes it. */
const initdataEntry = /^ {2}- path: \/run\/peerpod\/initdata$/m;

export function withWarmPool(provider: PodVmProvider, parts: WarmProviderParts): PodVmProvider {
  const { pool, clock, onClaim } = parts;
  const creations = new SingleFlight<PodVm>();
  /** Sandboxes that have, or may have, a VM: theirs is found by the provider, and they get no other here. */
  const known = new Map<string, string | undefined>();
  let earlier: Promise<void> | undefined;

  /** What an earlier process made, once. */
  const learnEarlier = async () => {
    using limits = deadlineSignal(clock, claimMsMax, 'list pod VMs');
    const listed = await provider.list(parts.owner, { signal: limits.signal });
    for (const { sandboxId, id } of listed) if (!known.has(sandboxId)) known.set(sandboxId, id);
  };

  const create = async (spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> => {
    earlier ??= learnEarlier();
    await earlier.catch((error: unknown) => {
      earlier = undefined;
      throw error;
    });
    if (!known.has(spec.sandboxId)) {
      known.set(spec.sandboxId, undefined);
      const from = clock.now();
      const claimed = await claim(provider, parts, spec);
      onClaim?.(typeof claimed === 'string' ? claimed : 'hit', clock.now() - from);
      if (typeof claimed !== 'string') {
        known.set(spec.sandboxId, claimed.id);
        return claimed;
      }
    }
    const made = await provider.create(spec, { signal });
    known.set(spec.sandboxId, made.id);
    return made;
  };

  return {
    ...provider,
    async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
      checkSandboxId(spec.sandboxId);
      throwIfAborted(signal);
      return await creations.run(spec.sandboxId, (work) => create(spec, work), signal);
    },
    async delete(podVmId: string, options: CallOptions) {
      checkPodVmId(podVmId);
      const outcome = await provider.delete(podVmId, options);
      if (outcome === 'gone') for (const [sandboxId, id] of known) if (id === podVmId) known.delete(sandboxId);
      return outcome;
    },
    get: (podVmId, options) => provider.get(podVmId, options),
    list: (owner, options) => provider.list(owner, options),
    verify: (options) => provider.verify(options),
    async close() {
      await pool[Symbol.asyncDispose]();
      await creations.settle();
      await provider.close();
    },
  };
}

/** Once begun it is carried through, whoever waits: a VM that is half given away can be neither kept nor found. */
async function claim(
  provider: PodVmProvider,
  parts: WarmProviderParts,
  spec: PodVmSpec,
): Promise<PodVm | 'miss' | 'failed'> {
  const { pool, warm, log, clock } = parts;
  const types = (await catalogueOf(provider, clock)) ?? [];
  const shapes = hasInitdata(spec.userData) ? [] : fittingShapes(spec, pool.shapes, types);
  let tried = false;
  for (let machine = pool.take(shapes); machine; machine = pool.take(shapes)) {
    tried = true;
    const { batchId } = machine.record;
    try {
      using limits = deadlineSignal(clock, claimMsMax, 'claim a warm pod VM');
      const podVm = await warm.claim(machine.warmId, spec, { signal: limits.signal });
      await give(parts, machine, spec);
      await pool.forget(machine);
      log.info({ sandboxId: spec.sandboxId, batchId, podVmId: podVm.id }, 'pod got a warm pod VM');
      return podVm;
    } catch (error) {
      log.warn({ sandboxId: spec.sandboxId, batchId, error: errorText(error) }, 'a warm pod VM could not be used');
      if (isProviderError(error, 'not-found')) pool.discard(batchId);
      else await endBefore(parts, machine, spec);
    }
  }
  return tried ? 'failed' : 'miss';
}

async function give({ machines, clock }: WarmProviderParts, machine: WarmMachine, spec: PodVmSpec): Promise<void> {
  using limits = deadlineSignal(clock, assignMsMax, 'give a pod to a warm pod VM');
  await assign(machines.targetOf(machine), new Secret(spec.userData), limits.signal);
}

/** It may be this sandbox's already: another one may only be made when it is gone. */
async function endBefore({ machines, pool, clock }: WarmProviderParts, machine: WarmMachine, spec: PodVmSpec) {
  try {
    using limits = deadlineSignal(clock, endMsMax, 'end a warm pod VM');
    await machines.end(machine.warmId, limits.signal);
  } catch (cause) {
    throw new ProviderError('transient', `a warm pod VM of sandbox ${spec.sandboxId} does not end`, {
      cause,
      podVmId: machine.warmId,
    });
  }
  await pool.forget(machine);
}

async function catalogueOf(provider: PodVmProvider, clock: Clock) {
  if (!provider.catalogue) return undefined;
  using limits = deadlineSignal(clock, claimMsMax, 'the catalogue');
  return await provider.catalogue.instanceTypes({ signal: limits.signal });
}

function hasInitdata(userData: string): boolean {
  return initdataEntry.test(userData);
}
