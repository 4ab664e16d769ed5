/** Pod VMs as clones of a vSphere template. */

import {
  type CallOptions,
  type Census,
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
import { userDataBytesMax } from './clone-request.ts';
import { Creation, type CreationParts } from './creation.ts';
import { Deletion } from './deletion.ts';
import { identityOf } from './identity.ts';
import { verify } from './verify.ts';

export interface VsphereParts extends CreationParts {
  readonly closeConnections: () => void;
}

const logoutMsMax = 5000;

export class VsphereProvider implements PodVmProvider {
  readonly #parts: VsphereParts;
  readonly #creation: Creation;
  readonly #deletion: Deletion;
  readonly #creating = new SingleFlight<PodVm>();
  /** Ids of pod VMs whose create is under way. */
  readonly #beingMade = new Set<string>();

  constructor(parts: VsphereParts) {
    this.#parts = parts;
    this.#creation = new Creation(parts);
    this.#deletion = new Deletion(parts.machines, this.#creation, (id) => this.#beingMade.has(id));
  }

  async create(spec: PodVmSpec, { signal }: CallOptions): Promise<PodVm> {
    checkSandboxId(spec.sandboxId);
    checkUserData(spec, userDataBytesMax);
    checkWishes(spec);
    throwIfAborted(signal);
    const { id } = identityOf(spec);
    return await this.#creating.run(
      id,
      async (work) => {
        this.#beingMade.add(id);
        try {
          return await this.#creation.create(spec, work);
        } finally {
          this.#beingMade.delete(id);
        }
      },
      signal,
    );
  }

  async delete(podVmId: string, { signal }: CallOptions): Promise<'deleting' | 'gone'> {
    checkPodVmId(podVmId);
    throwIfAborted(signal);
    return await this.#deletion.delete(podVmId, signal);
  }

  async get(podVmId: string, { signal }: CallOptions): Promise<PodVm | undefined> {
    throwIfAborted(signal);
    return await this.#parts.machines.get(podVmId, signal);
  }

  async list(owner: Owner, { signal }: CallOptions): Promise<readonly PodVm[]> {
    throwIfAborted(signal);
    const isMeant = ({ cluster, node }: Owner) => cluster === owner.cluster && node === owner.node;
    return await this.#parts.machines.list(isMeant, signal);
  }

  readonly census: Census = {
    list: async (cluster, { signal }) => {
      throwIfAborted(signal);
      return await this.#parts.machines.list((owner) => owner.cluster === cluster, signal);
    },
  };

  async verify({ signal }: CallOptions): Promise<void> {
    throwIfAborted(signal);
    await verify(this.#parts, signal);
  }

  async close(): Promise<void> {
    const { machines, vcenter, closeConnections } = this.#parts;
    await Promise.all([this.#creating.settle(), this.#deletion.settle()]);
    machines.close();
    await vcenter.logout(AbortSignal.timeout(logoutMsMax));
    closeConnections();
  }
}

/** What a vSphere clone cannot bring is refused, rather than left out without a word. */
function checkWishes({ volumes, sizing }: PodVmSpec): void {
  if (volumes !== undefined && volumes.length > 0) {
    throw new ProviderError('invalid-configuration', 'provider vsphere cannot attach volumes to a pod VM');
  }
  if (sizing.gpus !== undefined && sizing.gpus > 0) {
    throw new ProviderError('invalid-configuration', 'provider vsphere has no GPUs to give');
  }
}
