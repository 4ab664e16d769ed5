/** Where a pod VM may go when the first choice is full: types × zones × capacity types, and a memory of what was full. */

import { throwIfAborted } from './abort.ts';
import type { Clock } from './clock.ts';
import { type CapacityScope, isProviderError, ProviderError } from './errors.ts';
import type { CapacityType } from './pod-vm.ts';

export interface Offering {
  readonly instanceType: string;
  /** A zone, or what stands for one, such as a subnet. Empty where the cloud has none. */
  readonly zone: string;
  readonly capacityType: CapacityType;
}

export interface OfferingAxes {
  /** Best first, from `candidateTypes`. */
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  /** For example spot, then on-demand. */
  readonly capacityTypes: readonly CapacityType[];
}

/** Cheaper ways of paying first, then the smaller type, then the next zone. */
export function offeringsOf({ instanceTypes, zones, capacityTypes }: OfferingAxes): readonly Offering[] {
  return capacityTypes.flatMap((capacityType) =>
    instanceTypes.flatMap((instanceType) => zones.map((zone) => ({ instanceType, zone, capacityType }))),
  );
}

export interface UnavailabilityLimits {
  /** How long a lack of capacity is remembered, ms. */
  readonly capacityMs: number;
  /** How long a reached quota is, ms. */
  readonly quotaMs: number;
}

export const defaultUnavailability: UnavailabilityLimits = { capacityMs: 180_000, quotaMs: 600_000 };

const marksMax = 10_000;

/** Remembers for a while what the cloud had none of, so that each pod does not find out for itself. */
export class UnavailableOfferings {
  readonly #clock: Clock;
  readonly #limits: UnavailabilityLimits;
  /** Until when, by key; oldest first. */
  readonly #marks = new Map<string, number>();

  constructor(clock: Clock, limits: UnavailabilityLimits = defaultUnavailability) {
    this.#clock = clock;
    this.#limits = limits;
  }

  mark(offering: Offering, error: ProviderError): void {
    const key = keyOf(offering, error.scope ?? 'offering');
    const forMs = error.code === 'quota' ? this.#limits.quotaMs : this.#limits.capacityMs;
    this.#marks.delete(key);
    this.#marks.set(key, this.#clock.now() + (error.retryAfterMs ?? forMs));
    const [oldest] = this.#marks.keys();
    if (this.#marks.size > marksMax && oldest !== undefined) this.#marks.delete(oldest);
  }

  /** Milliseconds until it may be tried again; 0 for what is not known to be full. */
  remainingMs(offering: Offering): number {
    const scopes: readonly CapacityScope[] = ['offering', 'instance-type', 'zone', 'capacity-type'];
    const now = this.#clock.now();
    let remaining = 0;
    for (const scope of scopes) {
      const key = keyOf(offering, scope);
      const until = this.#marks.get(key);
      if (until === undefined) continue;
      if (until <= now) this.#marks.delete(key);
      else remaining = Math.max(remaining, until - now);
    }
    return remaining;
  }
}

export interface PlacementOptions {
  readonly unavailable: UnavailableOfferings;
  readonly signal: AbortSignal;
  /** Offerings tried for one pod VM at most. Default 12. */
  readonly attemptsMax?: number;
}

const attemptsMaxDefault = 12;

/**
 * Tries the offerings in order until one has room. Those known to be full are passed over; if all are, the one that
 * comes back first is asked, so that a pod costs one call and finds out when the cloud has room again. Errors other
 * than `no-capacity` and `quota` end it, as does a failure after something was made.
 */
export async function placeFirst<T>(
  offerings: readonly Offering[],
  { unavailable, signal, attemptsMax = attemptsMaxDefault }: PlacementOptions,
  attempt: (offering: Offering) => Promise<T>,
): Promise<T> {
  const failures: { readonly offering: Offering; readonly error: ProviderError }[] = [];
  const tryOne = async (offering: Offering): Promise<{ readonly value: T } | undefined> => {
    throwIfAborted(signal);
    try {
      return { value: await attempt(offering) };
    } catch (error) {
      const full = isProviderError(error, 'no-capacity') || isProviderError(error, 'quota');
      if (!full || error.podVmId !== undefined) throw error;
      unavailable.mark(offering, error);
      failures.push({ offering, error });
      return undefined;
    }
  };
  for (const offering of offerings) {
    if (failures.length >= attemptsMax) break;
    // Asked anew each time: the last failure may have spoken for a whole zone or type.
    if (unavailable.remainingMs(offering) > 0) continue;
    const placed = await tryOne(offering);
    if (placed) return placed.value;
  }
  if (failures.length === 0) {
    const [soonest] = offerings.toSorted((one, other) => unavailable.remainingMs(one) - unavailable.remainingMs(other));
    if (!soonest) throw new ProviderError('invalid-configuration', 'there is no type, zone or capacity type to try');
    const placed = await tryOne(soonest);
    if (placed) return placed.value;
  }
  throw exhausted(failures);
}

function exhausted(failures: readonly { readonly offering: Offering; readonly error: ProviderError }[]): ProviderError {
  const texts = failures.map(({ offering, error }) => `${describeOffering(offering)}: ${error.message}`);
  const code = failures.every(({ error }) => error.code === 'quota') ? 'quota' : 'no-capacity';
  return new ProviderError(code, `no room for the pod VM (${texts.join('; ')})`, { cause: failures.at(-1)?.error });
}

export function describeOffering({ instanceType, zone, capacityType }: Offering): string {
  return [instanceType, ...(zone === '' ? [] : [zone]), capacityType].join(' ');
}

function keyOf({ instanceType, zone, capacityType }: Offering, scope: CapacityScope): string {
  switch (scope) {
    case 'offering':
      return `${capacityType} ${instanceType} ${zone}`;
    case 'instance-type':
      return `type ${capacityType} ${instanceType}`;
    case 'zone':
      return `zone ${zone}`;
    case 'capacity-type':
      return `capacity-type ${capacityType}`;
  }
}
