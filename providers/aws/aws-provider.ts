/** Pod VMs as EC2 instances. */

import {
  type CallOptions,
  type Catalogue,
  type Census,
  type Clock,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  type ProviderLog,
  type Random,
  SingleFlight,
  throwIfAborted,
} from '@peerpods/provider';
import { Creation } from './creation.ts';
import { Deletion } from './deletion.ts';
import type { Ec2 } from './ec2.ts';
import { Instances } from './instances.ts';
import { Offer } from './offer.ts';
import type { AwsSettings } from './options.ts';
import { podVmOf } from './pod-vm.ts';
import { userDataBytesMax } from './run-request.ts';
import { verify } from './verify.ts';
import { Warm } from './warm.ts';

export interface AwsParts {
  readonly ec2: Ec2;
  readonly settings: AwsSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
  readonly owner?: Owner | undefined;
}

export class AwsProvider implements PodVmProvider {
  readonly catalogue: Catalogue;
  readonly warm: Warm;
  readonly #parts: AwsParts;
  readonly #instances: Instances;
  readonly #offer: Offer;
  readonly #creation: Creation;
  readonly #deletion: Deletion;
  readonly #creating = new SingleFlight<PodVm>();

  constructor(parts: AwsParts) {
    const { ec2, settings, clock, random } = parts;
    this.#parts = parts;
    this.#instances = new Instances(ec2, clock, random);
    this.#offer = new Offer(ec2, settings, clock);
    const inner = { ...parts, instances: this.#instances, offer: this.#offer };
    this.#creation = new Creation(inner);
    this.#deletion = new Deletion(inner);
    this.warm = new Warm({ ...inner, unavailable: this.#creation.unavailable });
    const offer = this.#offer;
    this.catalogue = { instanceTypes: ({ signal }) => offer.types(signal) };
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    throwIfAborted(signal);
    const key = `${spec.owner.cluster}/${spec.sandboxId}`;
    return await this.#creating.run(key, (work) => this.#creation.create(spec, work), signal);
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    return await this.#deletion.delete(podVmId, signal);
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    if (!podVmId.startsWith('i-')) return undefined;
    const instance = await this.#instances.byId(podVmId, signal);
    return instance && podVmOf(instance, this.#parts.settings.publicAddress);
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    const { publicAddress } = this.#parts.settings;
    const instances = await this.#instances.byOwner(owner, signal);
    return instances.flatMap((instance) => podVmOf(instance, publicAddress) ?? []);
  }

  readonly census: Census = {
    list: async (cluster, { signal }) => {
      const instances = await this.#instances.byCluster(cluster, signal);
      return instances.flatMap((instance) => podVmOf(instance, this.#parts.settings.publicAddress) ?? []);
    },
  };

  async verify({ signal }: CallOptions): Promise<void> {
    throwIfAborted(signal);
    const { ec2, settings, owner } = this.#parts;
    await verify({ ec2, settings, owner, offer: this.#offer }, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#creating.settle(), this.warm.settle()]);
    this.#creation.close();
    this.#deletion.close();
    this.#instances.close();
    this.#parts.ec2.close();
  }
}
