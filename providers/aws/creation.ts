/** From a pod's wish to a VM with addresses: looked for, placed, launched, completed. */

import type { Instance } from '@aws-sdk/client-ec2';
import {
  type Clock,
  candidateTypes,
  deterministicToken,
  isProviderError,
  type Offering,
  offeringsOf,
  type PodVm,
  type PodVmSpec,
  ProviderError,
  type ProviderLog,
  placeFirst,
  type Random,
  throwIfAborted,
  UnavailableOfferings,
  withPodVmId,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import { hasEc2Code } from './errors.ts';
import type { Instances } from './instances.ts';
import type { ImageFacts, Offer } from './offer.ts';
import type { AwsSettings } from './options.ts';
import { addressesOf, isEnded, podVmOf, throwIfEnded } from './pod-vm.ts';
import { hasSecondInterfaceAtOnce, podVmTags, runRequest } from './run-request.ts';
import { SecondInterfaces } from './second-interface.ts';
import { checkVolumes, Volumes } from './volumes.ts';

/** From RunInstances to running; Kata waits 10 minutes for StartVM. */
const runningMsMax = 300_000;
/** How long an instance that must exist may stay hidden. */
const hiddenMsMax = 60_000;
/** A token is used up by an instance that ended; each one costs a call. */
const epochsMax = 5;

export interface CreationParts {
  readonly ec2: Ec2;
  readonly instances: Instances;
  readonly offer: Offer;
  readonly settings: AwsSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

export class Creation {
  readonly unavailable: UnavailableOfferings;
  readonly #parts: CreationParts;
  readonly #volumes: Volumes;
  readonly #secondInterfaces: SecondInterfaces;

  constructor(parts: CreationParts) {
    this.#parts = parts;
    this.#volumes = new Volumes(parts.ec2, parts.clock, parts.random);
    this.#secondInterfaces = new SecondInterfaces(parts.ec2, parts.settings);
    this.unavailable = new UnavailableOfferings(parts.clock);
  }

  async create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    checkVolumes(spec.volumes ?? []);
    const known = await this.#parts.instances.bySandbox(keyOf(spec), signal);
    const adopted = await this.#adopt(spec, known, signal);
    if (adopted) return await this.#complete(adopted, spec, signal);
    const image = await this.#image(spec, signal);
    const offerings = await this.#offerings(spec, image, signal);
    const ended = known.length;
    return await placeFirst(offerings, { unavailable: this.unavailable, signal }, async (offering) => {
      const instance = await this.#launch(spec, offering, image, ended, signal);
      return await this.#complete(instance, spec, signal);
    });
  }

  close(): void {
    this.#volumes.close();
  }

  /** The one instance of a sandbox. More than one can only come from outside; the youngest are ended. */
  async #adopt(spec: PodVmSpec, known: readonly Instance[], signal: AbortSignal): Promise<Instance | undefined> {
    const [first, ...others] = known.filter((instance) => !isEnded(instance));
    const ids = others.flatMap(({ InstanceId }) => InstanceId ?? []);
    if (ids.length > 0) {
      this.#parts.log.warn({ sandboxId: spec.sandboxId, ids }, 'a sandbox has more than one instance');
      await this.#parts.ec2.call('TerminateInstances', { InstanceIds: ids }, { signal, resources: ids.length });
    }
    return first;
  }

  async #image(spec: PodVmSpec, signal: AbortSignal): Promise<ImageFacts | undefined> {
    const { offer, settings } = this.#parts;
    const { launchTemplate } = settings;
    if (launchTemplate === undefined) return await offer.image(spec.image ?? settings.imageId, signal);
    // Only its root's name and size are wanted then.
    if (settings.rootVolumeGiB === 0) return undefined;
    return await offer.image((await offer.templateImage(launchTemplate, signal)) ?? settings.imageId, signal);
  }

  async #offerings(spec: PodVmSpec, image: ImageFacts | undefined, signal: AbortSignal): Promise<readonly Offering[]> {
    const { offer, settings } = this.#parts;
    const { capacityTypes, launchTemplate } = settings;
    const volumes = spec.volumes ?? [];
    const zone = volumes.length > 0 ? await this.#volumes.zoneOf(volumes, signal) : undefined;
    if (launchTemplate !== undefined) return offeringsOf({ instanceTypes: [''], zones: [''], capacityTypes });
    const architecture = image?.architecture;
    const instanceTypes = candidateTypes(spec.sizing, {
      types: await offer.types(signal),
      defaultType: settings.defaultType,
      fitOneDimension: settings.fitOneDimension,
      ...(architecture !== undefined && { architecture }),
      ...(settings.confidential && { confidential: 'sev-snp' }),
    });
    return offeringsOf({ instanceTypes, zones: await this.#subnets(zone, signal), capacityTypes });
  }

  /** The subnets to try; without any the account's default for a zone is taken. */
  async #subnets(zone: string | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const { offer, settings } = this.#parts;
    const { subnetIds } = settings;
    if (subnetIds.length === 0) return [''];
    if (zone === undefined) return subnetIds;
    const subnets = await Promise.all(subnetIds.map((id) => offer.subnet(id, signal)));
    const there = subnets.filter((subnet) => subnet.zone === zone).map(({ id }) => id);
    if (there.length > 0) return there;
    throw new ProviderError('invalid-configuration', `the volumes are in ${zone}, and no subnet of -subnetid is`);
  }

  /** Sends RunInstances, as often as it takes to know what became of it. */
  async #launch(
    spec: PodVmSpec,
    offering: Offering,
    image: ImageFacts | undefined,
    ended: number,
    signal: AbortSignal,
  ): Promise<Instance> {
    const { ec2, instances, settings, log } = this.#parts;
    const find = async () => (await instances.bySandbox(keyOf(spec), signal)).find((instance) => !isEnded(instance));
    for (let epoch = ended; ; epoch += 1) {
      const request = runRequest({
        settings,
        offering,
        image,
        count: 1,
        userData: spec.userData,
        tags: podVmTags(spec, settings),
        dedicatedInterface: spec.dedicatedInterface === true,
        token: tokenOf(spec, offering, epoch),
      });
      try {
        const outcome = await ec2.callOrFind('RunInstances', request, find, { signal });
        const instance = 'found' in outcome ? outcome.found : outcome.made.Instances?.[0];
        if (!instance) throw new ProviderError('transient', 'RunInstances: the answer is empty');
        instances.recent.remember(withTags(instance, podVmTags(spec, settings)));
        log.info(
          { sandboxId: spec.sandboxId, podVm: spec.name, id: instance.InstanceId, ...offering },
          'instance launched',
        );
        return instance;
      } catch (error) {
        if (hasEc2Code(error, 'IdempotentInstanceTerminated') && epoch - ended < epochsMax) continue;
        if (hasEc2Code(error, 'IdempotentParameterMismatch')) return await this.#hidden(spec, error, signal);
        throw error;
      }
    }
  }

  /** EC2 knows the token, so an instance with our tags exists; its reads need not show it yet. */
  async #hidden(spec: PodVmSpec, cause: unknown, signal: AbortSignal): Promise<Instance> {
    const { instances, clock } = this.#parts;
    const until = clock.now() + hiddenMsMax;
    while (clock.now() < until) {
      throwIfAborted(signal);
      const found = (await instances.bySandbox(keyOf(spec), signal)).find((instance) => !isEnded(instance));
      if (found) return found;
      await new Promise<void>((resolve) => clock.after(2000, resolve));
    }
    throw new ProviderError('transient', `an instance of sandbox ${spec.sandboxId} exists and is not shown`, { cause });
  }

  /** Volumes, second interface, addresses. What fails here leaves an instance behind, and says so. */
  async #complete(launched: Instance, spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const { settings } = this.#parts;
    const id = launched.InstanceId ?? '';
    const volumes = spec.volumes ?? [];
    const dedicated = spec.dedicatedInterface === true;
    const laterInterface = dedicated && !hasSecondInterfaceAtOnce(settings, dedicated);
    try {
      throwIfAborted(signal, id);
      let instance = launched;
      if (volumes.length > 0 || laterInterface) {
        instance = await this.#await(instance, (one) => one.State?.Name === 'running', signal);
      }
      if (laterInterface) await this.#secondInterfaces.ensure(instance, spec, signal);
      if (volumes.length > 0) await this.#volumes.attach(id, volumes, signal);
      const addressesWanted = dedicated ? 2 : 1;
      if (laterInterface || addressesOf(instance, settings.publicAddress).length < addressesWanted) {
        const complete = (one: Instance) => addressesOf(one, settings.publicAddress).length >= addressesWanted;
        instance = await this.#await(instance, complete, signal);
      }
      const podVm = podVmOf(withTags(instance, podVmTags(spec, settings)), settings.publicAddress);
      if (!podVm) throw new ProviderError('transient', `instance ${id} ended while it started`);
      return { ...podVm, addresses: podVm.addresses.slice(0, addressesWanted) };
    } catch (error) {
      if (!isProviderError(error)) throw error;
      // The cloud found out late that the place is full and has ended the instance itself: the next place is tried.
      if ((error.code === 'no-capacity' || error.code === 'quota') && error.podVmId === id) {
        throw new ProviderError(error.code, error.message, {
          cause: error,
          ...(error.scope && { scope: error.scope }),
        });
      }
      throw withPodVmId(error, id);
    }
  }

  async #await(launched: Instance, test: (instance: Instance) => boolean, signal: AbortSignal): Promise<Instance> {
    const { instances, clock } = this.#parts;
    const id = launched.InstanceId ?? '';
    const hiddenUntil = clock.now() + hiddenMsMax;
    return await instances.states.wait(
      id,
      (instance) => {
        if (!instance) {
          if (clock.now() < hiddenUntil) return undefined;
          throw new ProviderError('transient', `instance ${id} is not shown`, { podVmId: id });
        }
        throwIfEnded(instance);
        return test(instance) ? instance : undefined;
      },
      runningMsMax,
      signal,
    );
  }
}

function keyOf({ owner, sandboxId }: PodVmSpec) {
  return { cluster: owner.cluster, sandboxId };
}

/**
 * One for each place and each life: the same request again gives the same instance, another place or another instance
 * after the last one ended gives a new one.
 */
function tokenOf({ owner, sandboxId }: PodVmSpec, offering: Offering, epoch: number): string {
  const { instanceType, zone, capacityType } = offering;
  return deterministicToken('pod-vm', owner.cluster, sandboxId, instanceType, zone, capacityType, String(epoch));
}

/** RunInstances answers with tags, but need not. */
function withTags(instance: Instance, tags: Readonly<Record<string, string>>): Instance {
  return { ...instance, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}
