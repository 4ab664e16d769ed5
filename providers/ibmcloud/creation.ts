/** The beginning of a pod VM: placed where there is room, waited for, and cleaned away where it failed for lack of room. */

import {
  asProviderError,
  type Clock,
  describeOffering,
  isProviderError,
  type Offering,
  type PodVm,
  type PodVmSpec,
  Poller,
  ProviderError,
  type ProviderLog,
  placeFirst,
  type Random,
  sleep,
  throwIfAborted,
  UnavailableOfferings,
  withPodVmId,
} from '@peerpods/provider';
import type { Deletion } from './deletion.ts';
import { startFailure } from './errors.ts';
import { instanceRequest } from './instance-request.ts';
import type { Instances } from './instances.ts';
import type { IbmSettings } from './options.ts';
import type { Place, Places } from './place.ts';
import { isRunning, podVmOf } from './pod-vm.ts';
import { offeringsFor, type Profiles, type ProfileTable } from './profiles.ts';
import type { Tagger } from './tagger.ts';
import type { IbmTimings } from './timings.ts';
import { checkVolumes } from './volumes.ts';
import type { Vpc } from './vpc.ts';
import type { Instance, InstancePrototype } from './vpc-types.ts';

export interface CreationOptions {
  readonly settings: IbmSettings;
  readonly vpc: Vpc;
  readonly places: Places;
  readonly profiles: Profiles;
  readonly instances: Instances;
  readonly deletion: Deletion;
  readonly tagger: Tagger;
  readonly timings: IbmTimings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

/** How often one place is tried anew after an instance of the same name was in the way. */
const roundsMax = 4;

interface Scene {
  readonly spec: PodVmSpec;
  readonly place: Place;
  readonly table: ProfileTable;
  readonly signal: AbortSignal;
}

export class Creation {
  readonly #options: CreationOptions;
  readonly #unavailable: UnavailableOfferings;
  readonly #states: Poller<Instance>;

  constructor(options: CreationOptions) {
    const { clock, random, timings, instances } = options;
    this.#options = options;
    this.#unavailable = new UnavailableOfferings(clock);
    this.#states = new Poller({
      clock,
      random,
      intervalMs: timings.pollMs,
      intervalMsMax: timings.pollMsMax,
      read: async (ids, signal) => {
        const found = await Promise.all(ids.map(async (id) => [id, await instances.byId(id, signal)] as const));
        return new Map(found.flatMap(([id, instance]) => (instance === undefined ? [] : [[id, instance] as const])));
      },
    });
  }

  async create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const { places, profiles, settings, vpc } = this.#options;
    const [place, table] = await Promise.all([places.place(signal), profiles.table(signal)]);
    const { volumes = [] } = spec;
    const zones = await checkVolumes(volumes, { vpc, zones: [...place.zones.keys()], name: spec.name, signal });
    const names = settings.profiles.length > 0 ? settings.profiles : [settings.defaultProfile];
    const offerings = offeringsFor(spec.sizing, table, { ...settings, names, zones });
    const scene = { spec, place, table, signal };
    return await placeFirst(offerings, { unavailable: this.#unavailable, signal }, (offering) =>
      this.#placeOnTargets(scene, offering),
    );
  }

  close(): void {
    this.#states.close();
  }

  /** In one zone: each subnet and each dedicated host or group that it has. */
  async #placeOnTargets(scene: Scene, offering: Offering): Promise<PodVm> {
    const { place, spec, table } = scene;
    const { subnetIds = [], targets = [] } = place.zones.get(offering.zone) ?? {};
    const { settings } = this.#options;
    const type = table.get(offering.instanceType);
    let last: ProviderError | undefined;
    for (const target of targets) {
      for (const subnetId of subnetIds) {
        const request = instanceRequest({ spec, offering, place, settings, type, subnetId, target });
        try {
          return await this.#place(scene, request, offering);
        } catch (cause) {
          const error = asProviderError(cause, `create ${spec.name}`);
          if (error.code !== 'no-capacity' || error.podVmId !== undefined) throw error;
          last = error;
          // Only for want of an address does another subnet of the zone help.
          if (error.scope !== 'zone') break;
        }
      }
    }
    throw last ?? new ProviderError('invalid-configuration', `there is no subnet in zone ${offering.zone}`);
  }

  async #place(scene: Scene, request: InstancePrototype, offering: Offering): Promise<PodVm> {
    for (let round = 0; round < roundsMax; round += 1) {
      const podVm = await this.#request(scene, request, offering);
      if (podVm) return podVm;
    }
    throw new ProviderError('transient', `${scene.spec.name}: another instance of that name comes and goes`);
  }

  /** Undefined: an instance of that name was in the way, and is gone. */
  async #request(scene: Scene, request: InstancePrototype, offering: Offering): Promise<PodVm | undefined> {
    const { vpc, instances, log, tagger } = this.#options;
    const { spec, signal, place } = scene;
    throwIfAborted(signal);
    const made = await vpc
      .callToTheEnd(
        `create instance ${spec.name}`,
        'write',
        (api, ending) => api.createInstance(request, ending),
        signal,
      )
      .catch(missingIsInvalid);
    if (made) {
      instances.made(made, { owner: spec.owner, sandboxId: spec.sandboxId });
      log.debug({ podVmId: made.id, place: describeOffering(offering) }, 'instance accepted');
    }
    const found = made ?? (await this.#existing(spec, signal));
    if (!found) return undefined;
    const { id } = found;
    try {
      throwIfAborted(signal);
      const instance = await this.#settled(id, made === undefined, signal);
      if (instance === 'gone') return undefined;
      const failure = startFailure(`create instance ${spec.name}`, instance.status_reasons ?? []);
      if (!isRunning(instance)) return await this.#failed(id, made === undefined, failure);
      tagger.tag(instance.crn, spec.owner, place.clusterId);
      return podVmOf(instance, { owner: spec.owner, sandboxId: spec.sandboxId });
    } catch (cause) {
      const error = asProviderError(cause, `create ${spec.name}`);
      if (error.code === 'no-capacity' || error.code === 'quota') throw error;
      throw withPodVmId(error, id);
    }
  }

  /** The instance that has our name: made by a request whose answer was lost, or before a restart. */
  async #existing(spec: PodVmSpec, signal: AbortSignal): Promise<Instance | undefined> {
    const { instances, timings, clock } = this.#options;
    const until = clock.now() + timings.lagMs;
    for (;;) {
      const instance = await instances.byName(spec.name, signal);
      const marks = instance && (await instances.marksOf(instance, signal));
      if (marks) {
        if (marks.sandboxId === spec.sandboxId && marks.owner.cluster === spec.owner.cluster) return instance;
        const whose = `of sandbox ${marks.sandboxId}, cluster ${marks.owner.cluster}`;
        throw new ProviderError('invalid-configuration', `there is an instance ${spec.name} already, ${whose}`);
      }
      // Its volume may be unseen for longer than itself.
      if (clock.now() > until) {
        if (!instance) return undefined;
        const text = `there is an instance ${spec.name} already, and it is not a pod VM`;
        throw new ProviderError('invalid-configuration', text);
      }
      await sleep(clock, timings.pollMs, signal);
    }
  }

  /** Waits until it runs with addresses, or will not, or is gone that was there before. */
  async #settled(id: string, wasThere: boolean, signal: AbortSignal): Promise<Instance | 'gone'> {
    const { clock, timings } = this.#options;
    const startedAt = clock.now();
    let last: 'unseen' | 'alive' | 'deleting' = 'unseen';
    const test = (instance: Instance | undefined): Instance | 'gone' | undefined => {
      if (!instance) {
        if (last === 'deleting') return 'gone';
        if (clock.now() - startedAt < timings.lagMs) return undefined;
        throw new ProviderError('transient', `${id} was accepted and is not to be seen`);
      }
      if (instance.status === 'deleting') {
        // Who deletes a VM in the making does not want another.
        if (!wasThere || last === 'alive') throw new ProviderError('transient', `${id} was deleted meanwhile`);
        last = 'deleting';
        return undefined;
      }
      last = 'alive';
      const over = isRunning(instance) || instance.status === 'failed' || willNotStart(instance);
      return over ? instance : undefined;
    };
    return await this.#states.wait(id, test, timings.readyMsMax, signal);
  }

  /** No room: nothing of it may stay, for the next place takes the same name. */
  async #failed(id: string, wasThere: boolean, failure: ProviderError | undefined): Promise<undefined> {
    const { log } = this.#options;
    if (!failure) throw new ProviderError('transient', `${id} failed, and IBM Cloud does not say why`);
    if (failure.code !== 'no-capacity') throw failure;
    log.info({ podVmId: id, error: failure.message }, 'instance found no room');
    try {
      await this.#deleteFully(id);
    } catch (cause) {
      log.warn({ podVmId: id, error: String(cause) }, 'the instance that found no room stays');
      throw withPodVmId(failure, id);
    }
    if (wasThere) return undefined; // that was another place's failure
    throw failure;
  }

  /** On a time of its own: the caller may leave, the failed instance must not stay. */
  async #deleteFully(id: string): Promise<void> {
    const { clock, timings, deletion } = this.#options;
    const { signal } = new AbortController();
    const until = clock.now() + timings.goneMsMax;
    for (;;) {
      if ((await deletion.delete(id, signal)) === 'gone') return;
      if (clock.now() > until) throw new ProviderError('transient', `${id} was not gone in time`);
      await sleep(clock, timings.pollMs, signal);
    }
  }
}

/** What a new instance refers to and the cloud does not find comes from the settings or the pod. */
function missingIsInvalid(error: unknown): never {
  if (!isProviderError(error, 'not-found')) throw error;
  throw new ProviderError('invalid-configuration', error.message, { cause: error });
}

function willNotStart({ status, status_reasons = [] }: Instance): boolean {
  return status !== 'running' && startFailure('', status_reasons) !== undefined;
}
