/** A cloud: pod VMs of several workers, a list that lags, answers that are lost, and every kind of refusal. */

import {
  type CallOptions,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
} from '@peerpods/provider';
import type { Faults } from './faults.ts';
import type { Rules } from './rules.ts';
import type { Life, World } from './world.ts';

export interface Machine {
  readonly podVm: PodVm;
  /** What its user-data said. */
  readonly identity: string;
  readonly bootedAt: number;
  readonly listedFrom: number;
  /** When the last of it goes, after a delete was accepted. */
  goneAt: number;
  isDeleting: boolean;
  /** It came, or was listed, later than the provider promises; the sweep is to find it. */
  readonly isLate: boolean;
}

/** What the provider promises of its list. */
export const listLagMsMax = 60_000;
const callMs = [20, 400] as const;
const slowMs = [5000, 150_000] as const;
const lateMs = [60_000, 240_000] as const;
const bootMs = [2000, 40_000] as const;
const deletionMs = [0, 30_000] as const;

export class Cloud {
  /** Off when the last phase begins. */
  faults: Faults;
  isDown = false;
  readonly machines = new Map<string, Machine>();
  readonly #ghosts: { readonly podVm: PodVm; readonly until: number }[] = [];
  readonly #world: World;
  readonly #rules: Rules;
  #made = 0;

  constructor(world: World, faults: Faults, rules: Rules) {
    this.#world = world;
    this.faults = faults;
    this.#rules = rules;
  }

  /** As one process of one worker sees it. */
  provider(life: Life): PodVmProvider {
    const call = <T>(what: string, signal: AbortSignal, effect: () => T) =>
      life.remoteCall(what, () => this.#call(what, signal, effect));
    return {
      create: (spec, options) => life.remoteCall(`create ${spec.sandboxId}`, () => this.#create(life, spec, options)),
      delete: (podVmId, { signal }) => call(`delete ${podVmId}`, signal, () => this.#delete(podVmId)),
      get: (podVmId, { signal }) => call(`get ${podVmId}`, signal, () => this.machines.get(podVmId)?.podVm),
      list: (owner, { signal }) => call(`list ${owner.node}`, signal, () => this.#list(owner)),
      verify: async () => {},
      close: async () => {},
    };
  }

  /** Spot capacity is taken back, a host dies. */
  loseOne(): Machine | undefined {
    const all = [...this.machines.values()].filter((machine) => !machine.isDeleting);
    const machine = all[this.#world.below(all.length)];
    if (machine) this.machines.delete(machine.podVm.id);
    return machine;
  }

  of(sandboxId: string): readonly Machine[] {
    return [...this.machines.values()].filter(({ podVm }) => podVm.sandboxId === sandboxId);
  }

  /** The time that a call takes, and what comes in between; the effect may happen after its caller has left. */
  async #call<T>(what: string, signal: AbortSignal, effect: () => T): Promise<T> {
    const world = this.#world;
    const { hangs, slow, answerLost } = this.faults;
    const left = new Promise<never>((_, reject) => {
      const onAbort = () => reject(new ProviderError('aborted', 'the caller left', { cause: signal.reason }));
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    left.catch(() => {});
    if (signal.aborted) return await left;
    const work = (async () => {
      if (world.chance(hangs)) {
        world.say(() => `${what} hangs`);
        return await left;
      }
      await world.sleep(world.chance(slow) ? world.between(...slowMs) : world.between(...callMs));
      this.#refuse(what);
      const result = effect();
      if (!world.chance(answerLost)) return result;
      world.say(() => `${what}: answer lost`);
      throw new ProviderError('transient', 'connection reset');
    })();
    return await Promise.race([work, left]);
  }

  #refuse(what: string): void {
    const world = this.#world;
    const { transient, throttled, noCapacity } = this.faults;
    const refuse = (code: 'transient' | 'throttled' | 'no-capacity') => {
      world.say(() => `${what}: ${code}`);
      const more = code === 'throttled' ? { retryAfterMs: Math.floor(world.between(10, 5000)) } : {};
      throw new ProviderError(code, `scripted ${code}`, more);
    };
    if (this.isDown || world.chance(transient)) refuse('transient');
    if (world.chance(throttled)) refuse('throttled');
    if (what.startsWith('create') && world.chance(noCapacity)) refuse('no-capacity');
  }

  async #create(life: Life, spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    const world = this.#world;
    const { sandboxId } = spec;
    let leftAt: number | undefined;
    const onLeft = () => {
      leftAt ??= world.now;
    };
    for (const gone of [signal, life.ended.signal]) gone.addEventListener('abort', onLeft, { once: true });
    const effect = () => this.#make(life, spec, leftAt);
    if (world.chance(this.faults.late)) {
      // On the wire for minutes: its caller hears nothing, and the VM comes all the same.
      onLeft();
      world.at(world.between(...lateMs), effect);
      await world.sleep(world.between(...callMs));
      world.say(() => `create ${sandboxId} is late`);
      throw new ProviderError('transient', 'no answer');
    }
    let made: PodVm | undefined;
    const once = () => {
      made ??= effect();
      return made;
    };
    const work = this.#call(`create ${sandboxId}`, signal, once);
    // Whoever leaves does not take back what was sent.
    const settle = async () => {
      await work.catch(() => {});
      if (!made && signal.aborted && world.chance(0.5)) world.at(world.between(...callMs), once);
    };
    settle();
    try {
      return await work;
    } catch (error) {
      const named = made && world.chance(0.5) ? this.of(sandboxId)[0]?.podVm.id : undefined;
      if (named === undefined || !(error instanceof ProviderError)) throw error;
      throw new ProviderError(error.code, error.message, { podVmId: named });
    }
  }

  #make(life: Life, spec: PodVmSpec, leftAt: number | undefined): PodVm {
    const world = this.#world;
    const found = this.of(spec.sandboxId).find((machine) => !machine.isDeleting);
    if (found) return found.podVm;
    this.#made += 1;
    const podVm: PodVm = {
      id: `vm-${this.#made}`,
      name: spec.name,
      sandboxId: spec.sandboxId,
      owner: { ...spec.owner },
      state: 'running',
      addresses: [`192.0.${this.#made >> 8}.${this.#made & 255}`],
    };
    const booting = world.between(...bootMs);
    const listedFrom = world.now + world.fraction() * this.faults.listLagMs;
    this.machines.set(podVm.id, {
      podVm,
      identity: /identity-\d+/.exec(spec.userData)?.[0] ?? '',
      bootedAt: world.chance(this.faults.neverBoots) ? Number.POSITIVE_INFINITY : world.now + booting,
      listedFrom,
      isLate: leftAt !== undefined && listedFrom > leftAt + listLagMsMax,
      goneAt: Number.POSITIVE_INFINITY,
      isDeleting: false,
    });
    world.say(() => `${podVm.id} made for ${spec.sandboxId}`);
    this.#rules.podVmMade(spec.owner.node, spec.sandboxId, life.alive && leftAt === undefined);
    return podVm;
  }

  #delete(podVmId: string): 'deleting' | 'gone' {
    const world = this.#world;
    const machine = this.machines.get(podVmId);
    if (!machine) return 'gone';
    if (!machine.isDeleting) {
      machine.isDeleting = true;
      machine.goneAt = world.now + (world.chance(0.5) ? 0 : world.between(...deletionMs));
      this.#rules.podVmDeleted(machine.podVm);
    }
    if (machine.goneAt > world.now) return 'deleting';
    this.machines.delete(podVmId);
    this.#ghosts.push({ podVm: machine.podVm, until: world.now + world.fraction() * this.faults.listLagMs });
    world.say(() => `${podVmId} gone`);
    return 'gone';
  }

  #list(owner: Owner): readonly PodVm[] {
    const { now } = this.#world;
    const shown = [...this.machines.values()].filter(({ listedFrom }) => listedFrom <= now);
    const ghosts = this.#ghosts.filter(({ until }) => until > now);
    return [...shown, ...ghosts]
      .map(({ podVm }) => podVm)
      .filter(({ owner: { cluster, node } }) => cluster === owner.cluster && node === owner.node);
  }
}
