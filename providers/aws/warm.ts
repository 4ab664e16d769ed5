/** Instances that run before a pod asks. All of a batch are alike, so one call makes them. */

import type { Instance } from '@aws-sdk/client-ec2';
import {
  type CallOptions,
  candidateTypes,
  checkUserData,
  deterministicToken,
  type Owner,
  offeringsOf,
  ownerTagKeys,
  ownerTags,
  type PodVm,
  type PodVmSpec,
  ProviderError,
  type ProviderLog,
  placeFirst,
  SingleFlight,
  type UnavailableOfferings,
  type WarmInstance,
  type WarmInstances,
  type WarmSpec,
} from '@peerpods/provider';
import type { Ec2 } from './ec2.ts';
import { type Instances, tagsOf } from './instances.ts';
import type { Offer } from './offer.ts';
import type { AwsSettings } from './options.ts';
import { addressesOf, isEnded, podVmOf } from './pod-vm.ts';
import { podVmTags, runRequest, tagList, userDataBytesMax } from './run-request.ts';

/** RunInstances makes at most this many in one call. */
const batchMax = 1000;

export interface WarmParts {
  readonly ec2: Ec2;
  readonly instances: Instances;
  readonly offer: Offer;
  readonly settings: AwsSettings;
  readonly unavailable: UnavailableOfferings;
  readonly log: ProviderLog;
}

export class Warm implements WarmInstances {
  readonly #parts: WarmParts;
  readonly #preparing = new SingleFlight<readonly WarmInstance[]>();
  readonly #claiming = new Set<string>();

  constructor(parts: WarmParts) {
    this.#parts = parts;
  }

  async prepare(spec: WarmSpec, { signal }: CallOptions): Promise<readonly WarmInstance[]> {
    checkUserData(spec, userDataBytesMax);
    if (!Number.isInteger(spec.count) || spec.count < 1 || spec.count > batchMax) {
      throw new ProviderError('invalid-configuration', `${spec.count} instances, a batch has 1 to ${batchMax}`);
    }
    const key = `${spec.owner.cluster}/${spec.batchId}`;
    return await this.#preparing.run(key, (work) => this.#prepare(spec, work), signal);
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly WarmInstance[]> {
    const { publicAddress } = this.#parts.settings;
    const instances = await this.#parts.instances.byOwner(owner, signal);
    return instances.flatMap((instance) => warmOf(instance, publicAddress) ?? []);
  }

  async claim(warmId: string, spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    const { ec2, instances, settings } = this.#parts;
    // Tags know no condition: two claims from here are told apart here, and no other worker owns this instance.
    if (this.#claiming.has(warmId)) throw new ProviderError('not-found', `${warmId} is being claimed`);
    this.#claiming.add(warmId);
    try {
      const instance = await instances.byId(warmId, signal);
      if (!instance || isEnded(instance)) throw new ProviderError('not-found', `${warmId} is gone`);
      const marks = tagsOf(instance);
      const sandbox = marks[ownerTagKeys.sandbox];
      const owned = marks[ownerTagKeys.cluster] === spec.owner.cluster && marks[ownerTagKeys.node] === spec.owner.node;
      if (!owned || (sandbox !== undefined && sandbox !== spec.sandboxId)) {
        throw new ProviderError('not-found', `${warmId} belongs to another`);
      }
      const tags = podVmTags(spec, settings);
      await ec2.call('CreateTags', { Resources: [warmId], Tags: tagList(tags) }, { signal });
      const claimed = { ...instance, Tags: tagList({ ...definite(marks), ...tags }) };
      instances.recent.remember(claimed);
      const podVm = podVmOf(claimed, settings.publicAddress);
      if (!podVm) throw new ProviderError('not-found', `${warmId} ended meanwhile`);
      return podVm;
    } finally {
      this.#claiming.delete(warmId);
    }
  }

  /** Waits for launches whose callers have left. */
  settle(): Promise<void> {
    return this.#preparing.settle();
  }

  async #prepare(spec: WarmSpec, signal: AbortSignal): Promise<readonly WarmInstance[]> {
    const { ec2, instances, offer, settings, unavailable, log } = this.#parts;
    const find = async () => {
      const found = (await instances.byOwner(spec.owner, signal)).filter(
        (instance) => tagsOf(instance)[ownerTagKeys.warm] === spec.batchId && !isEnded(instance),
      );
      return found.length > 0 ? found : undefined;
    };
    const found = await find();
    const image = await offer.image(spec.image ?? settings.imageId, signal);
    const instanceTypes = candidateTypes(spec.instanceType === undefined ? {} : { instanceType: spec.instanceType }, {
      types: await offer.types(signal),
      defaultType: settings.defaultType,
      ...(settings.confidential && { confidential: 'sev-snp' }),
    });
    const zones = settings.subnetIds.length > 0 ? settings.subnetIds : [''];
    const { capacityTypes } = settings;
    const tags = warmTags(spec, settings);
    const made =
      found ??
      (await placeFirst(
        offeringsOf({ instanceTypes, zones, capacityTypes }),
        { unavailable, signal },
        async (offering) => {
          const { instanceType, zone, capacityType } = offering;
          const words = [spec.owner.cluster, spec.batchId, instanceType, zone, capacityType];
          const { count, userData } = spec;
          const token = deterministicToken('warm', ...words);
          const request = runRequest({
            settings,
            offering,
            image,
            token,
            count,
            userData,
            tags,
            dedicatedInterface: false,
          });
          const outcome = await ec2.callOrFind('RunInstances', request, find, { signal, resources: count });
          const launched = 'found' in outcome ? outcome.found : (outcome.made.Instances ?? []);
          if (launched.length === 0) throw new ProviderError('transient', 'RunInstances: the answer is empty');
          for (const instance of launched) instances.recent.remember({ ...instance, Tags: tagList(tags) });
          log.info({ batchId: spec.batchId, count: launched.length, ...offering }, 'warm instances launched');
          return launched;
        },
      ));
    return made.flatMap((instance) => warmOf({ ...instance, Tags: tagList(tags) }, settings.publicAddress) ?? []);
  }
}

function warmTags({ owner, batchId }: WarmSpec, settings: AwsSettings): Readonly<Record<string, string>> {
  const { [ownerTagKeys.cluster]: cluster = '', [ownerTagKeys.node]: node = '' } = ownerTags({
    owner,
    sandboxId: '',
    podName: '',
    podNamespace: '',
  });
  return {
    ...settings.tags,
    Name: 'podvm-warm',
    [ownerTagKeys.cluster]: cluster,
    [ownerTagKeys.node]: node,
    [ownerTagKeys.warm]: batchId,
  };
}

function warmOf(instance: Instance, publicAddress: boolean): WarmInstance | undefined {
  const tags = tagsOf(instance);
  const { [ownerTagKeys.cluster]: cluster, [ownerTagKeys.node]: node, [ownerTagKeys.warm]: batch } = tags;
  const { InstanceId: id, InstanceType: instanceType = '', LaunchTime: launched } = instance;
  if (batch === undefined || tags[ownerTagKeys.sandbox] !== undefined || isEnded(instance)) return undefined;
  if (cluster === undefined || node === undefined || id === undefined) return undefined;
  return {
    id,
    owner: { cluster, node },
    state: instance.State?.Name === 'running' ? 'running' : 'creating',
    instanceType,
    addresses: addressesOf(instance, publicAddress),
    createdAtMs: launched?.getTime() ?? 0,
  };
}

function definite(tags: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
