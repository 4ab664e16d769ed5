/** IBM Cloud VPC behind the contract. */

import {
  type CallOptions,
  type Catalogue,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  SingleFlight,
  throwIfAborted,
} from '@peerpods/provider';
import type { Creation } from './creation.ts';
import { type Deletion, isResourceId } from './deletion.ts';
import type { Instances } from './instances.ts';
import { userDataBytesMax } from './limits.ts';
import type { Profiles } from './profiles.ts';
import type { Tagger } from './tagger.ts';
import { bootVolumeTags } from './tags.ts';
import type { Verification } from './verification.ts';

export interface IbmParts {
  readonly instances: Instances;
  readonly profiles: Profiles;
  readonly creation: Creation;
  readonly deletion: Deletion;
  readonly verification: Verification;
  readonly tagger: Tagger;
}

/** How long a closing provider waits for tags on their way, ms. */
const tagsMsMax = 5000;

export class IbmCloudProvider implements PodVmProvider {
  readonly catalogue: Catalogue;
  readonly #parts: IbmParts;
  readonly #creations = new SingleFlight<PodVm>();

  constructor(parts: IbmParts) {
    this.#parts = parts;
    this.catalogue = { instanceTypes: async ({ signal }) => [...(await parts.profiles.table(signal)).values()] };
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkInstanceName(spec.name);
    checkUserData(spec, userDataBytesMax);
    bootVolumeTags(spec); // throws for an owner that could not be marked
    throwIfAborted(signal);
    return await this.#creations.run(
      `${spec.owner.cluster}/${spec.sandboxId}`,
      (ending) => this.#parts.creation.create(spec, ending),
      signal,
    );
  }

  delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    return this.#parts.deletion.delete(podVmId, signal);
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    return isResourceId(podVmId) ? await this.#parts.instances.podVm(podVmId, signal) : undefined;
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    return await this.#parts.instances.owned(owner, signal);
  }

  verify({ signal }: CallOptions): Promise<void> {
    return this.#parts.verification.run(signal);
  }

  async close(): Promise<void> {
    await this.#creations.settle();
    await this.#parts.tagger.close(tagsMsMax);
    this.#parts.creation.close();
    this.#parts.instances.close();
  }
}

/** https://cloud.ibm.com/apidocs/vpc#create-instance */
function checkInstanceName(name: string): void {
  if (name.length <= 63 && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return;
  throw new ProviderError('invalid-configuration', `${JSON.stringify(name)} is no name for an instance in IBM Cloud`);
}
