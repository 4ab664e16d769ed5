/** Azure behind the contract. */

import {
  type CallOptions,
  type Catalogue,
  type Census,
  checkPodVmId,
  checkSandboxId,
  checkUserData,
  type LiveUserData,
  type Owner,
  type PodVm,
  type PodVmProvider,
  type PodVmSpec,
  ProviderError,
  SingleFlight,
  throwIfAborted,
} from '@peerpods/provider';
import type { Arm } from './arm.ts';
import { parseVmId, type ResourceId, sameText } from './arm-id.ts';
import type { Creation } from './creation.ts';
import type { Deletion } from './deletion.ts';
import { userDataBytesMax, vmNameCharactersMax } from './limits.ts';
import type { AzureSettings } from './options.ts';
import { podVmOf } from './pod-vm.ts';
import type { Resources } from './resources.ts';
import type { Sizes } from './sizes.ts';
import { checkImage, type Verification } from './verification.ts';

export interface AzureParts {
  readonly settings: AzureSettings;
  readonly arm: Arm;
  readonly resources: Resources;
  readonly sizes: Sizes;
  readonly creation: Creation;
  readonly deletion: Deletion;
  readonly verification: Verification;
}

export class AzureProvider implements PodVmProvider {
  readonly catalogue: Catalogue;
  readonly liveUserData: LiveUserData;
  readonly #parts: AzureParts;
  readonly #creations = new SingleFlight<PodVm>();

  constructor(parts: AzureParts) {
    this.#parts = parts;
    this.catalogue = {
      instanceTypes: async ({ signal }) => [...(await parts.sizes.table(signal)).values()].map(({ type }) => type),
    };
    this.liveUserData = { replace: (id, userData, options) => this.#replaceUserData(id, userData, options) };
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkVmName(spec.name);
    checkUserData(spec, userDataBytesMax);
    checkImage(spec);
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
    const id = this.#ownId(podVmId);
    const view = id && (await this.#parts.resources.view(id, signal));
    return view && podVmOf(view, id);
  }

  list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    return this.#where(({ cluster, node }) => cluster === owner.cluster && node === owner.node, signal);
  }

  readonly census: Census = {
    list: (cluster, { signal }) => this.#where((owner) => owner.cluster === cluster, signal),
  };

  async #where(isMeant: (owner: Owner) => boolean, signal: AbortSignal): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    const { resources, settings } = this.#parts;
    const { subscription, resourceGroup: group } = settings;
    const vms = await resources.vms.all(group, signal);
    const ours = vms.filter((vm) => {
      const tagged = podVmOf({ vm, addresses: [] }, { subscription, group });
      return tagged !== undefined && isMeant(tagged.owner);
    });
    const views = await Promise.all(ours.map((vm) => resources.viewOf(group, vm, signal)));
    return views.map((view) => podVmOf(view, { subscription, group })).filter((podVm) => podVm !== undefined);
  }

  verify({ signal }: CallOptions): Promise<void> {
    return this.#parts.verification.run(signal);
  }

  async close(): Promise<void> {
    await this.#creations.settle();
    this.#parts.creation.close();
    this.#parts.resources.close();
  }

  async #replaceUserData(podVmId: string, userData: string, { signal }: CallOptions): Promise<void> {
    checkPodVmId(podVmId);
    checkUserData({ userData }, userDataBytesMax);
    throwIfAborted(signal);
    const id = this.#ownId(podVmId);
    if (!id) throw new ProviderError('not-found', `there is no pod VM ${podVmId}`);
    const base64 = Buffer.from(userData).toString('base64');
    await this.#parts.arm.call(
      'update virtual machine',
      'write',
      (api, ending) => api.replaceUserData(id, base64, ending),
      signal,
    );
  }

  /** Undefined for what can be no VM of this subscription. */
  #ownId(podVmId: string): ResourceId | undefined {
    const id = parseVmId(podVmId);
    return sameText(id?.subscription, this.#parts.settings.subscription) ? id : undefined;
  }
}

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, for Linux. */
function checkVmName(name: string): void {
  if (name.length <= vmNameCharactersMax && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name)) return;
  throw new ProviderError('invalid-configuration', `${JSON.stringify(name)} is no name for a VM in Azure`);
}
