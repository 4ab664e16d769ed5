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
import type { Arm } from './arm.ts';
import type { OperationState, VirtualMachine } from './arm-api.ts';
import { type ResourceId, vmId } from './arm-id.ts';
import type { Deletion } from './deletion.ts';
import { failureError } from './errors.ts';
import type { KnownVms } from './known-vms.ts';
import type { AzureSettings } from './options.ts';
import { failureOf, hasFailed, isDeleting, podVmOf, type VmView } from './pod-vm.ts';
import type { Resources } from './resources.ts';
import { asksSize, placesFor, type Sizes } from './sizes.ts';
import type { AzureTimings } from './timings.ts';
import { vmRequest } from './vm-request.ts';
import { checkVolumes } from './volumes.ts';

export interface CreationOptions {
  readonly settings: AzureSettings;
  readonly sshPublicKey: string;
  readonly arm: Arm;
  readonly resources: Resources;
  readonly known: KnownVms;
  readonly sizes: Sizes;
  readonly deletion: Deletion;
  readonly timings: AzureTimings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProviderLog;
}

/** How often one place is tried anew after a VM of the same name was in the way. */
const roundsMax = 4;

type Outcome = { readonly podVm: PodVm } | 'try-again';

export class Creation {
  readonly #options: CreationOptions;
  readonly #unavailable: UnavailableOfferings;
  readonly #states: Poller<VmView>;

  constructor(options: CreationOptions) {
    const { clock, random, timings, resources, settings } = options;
    this.#options = options;
    this.#unavailable = new UnavailableOfferings(clock);
    this.#states = new Poller({
      clock,
      random,
      intervalMs: timings.pollMs,
      intervalMsMax: timings.pollMsMax,
      read: async (names, signal) => {
        const views = await Promise.all(
          names.map(
            async (name) => [name, await resources.view({ group: settings.resourceGroup, name }, signal)] as const,
          ),
        );
        return new Map(views.flatMap(([name, view]) => (view === undefined ? [] : [[name, view] as const])));
      },
    });
  }

  /** The id of every VM that `create` makes is known before it is asked for. */
  idOf({ name }: Pick<PodVmSpec, 'name'>): ResourceId {
    const { subscription, resourceGroup: group } = this.#options.settings;
    return { subscription, group, name };
  }

  async create(spec: PodVmSpec, signal: AbortSignal): Promise<PodVm> {
    const offerings = await this.#offerings(spec, signal);
    return await placeFirst(offerings, { unavailable: this.#unavailable, signal }, async (offering) => {
      for (let round = 0; round < roundsMax; round += 1) {
        const outcome = await this.#place(spec, offering, signal);
        if (outcome !== 'try-again') return outcome.podVm;
      }
      throw new ProviderError('transient', `${spec.name}: another VM of that name comes and goes`);
    });
  }

  close(): void {
    this.#states.close();
  }

  async #offerings(spec: PodVmSpec, signal: AbortSignal): Promise<readonly Offering[]> {
    const { settings, sizes, arm } = this.#options;
    const { sizing, volumes = [] } = spec;
    // The list of sizes is long; pods that ask for none do not wait for it.
    const table = asksSize(sizing) ? await sizes.table(signal) : sizes.known;
    const zones =
      volumes.length === 0
        ? settings.zones
        : await checkVolumes(volumes, { arm, settings, own: vmId(this.idOf(spec)), signal });
    const names = settings.sizes.length > 0 ? settings.sizes : [settings.defaultSize];
    const places = placesFor(sizing, table, { ...settings, names, zones });
    const fit = places.filter(({ instanceType }) => (table?.get(instanceType)?.dataDisksMax ?? 64) >= volumes.length);
    if (fit.length > 0) return fit;
    throw new ProviderError('invalid-configuration', `no size that fits takes ${volumes.length} disks`);
  }

  async #place(spec: PodVmSpec, offering: Offering, signal: AbortSignal): Promise<Outcome> {
    const { settings, sshPublicKey, arm, known, log, clock } = this.#options;
    throwIfAborted(signal);
    const id = this.idOf(spec);
    const podVmId = vmId(id);
    const request = vmRequest(spec, offering, settings, sshPublicKey);
    const { exists, operation } = await arm
      .callToTheEnd(
        `create virtual machine ${spec.name}`,
        'write',
        (api, ending) => api.createVm(id, request, ending),
        signal,
      )
      .catch(missingIsInvalid);
    if (!exists) {
      known.made(podVmId);
      log.debug({ podVmId, place: describeOffering(offering) }, 'virtual machine accepted');
    }
    const startedAt = clock.now();
    try {
      throwIfAborted(signal);
      const view = await this.#settled(spec, { startedAt, wasThere: exists }, signal);
      if (view === 'try-again') return view;
      if (hasFailed(view.vm)) return await this.#failed(id, exists, await this.#failure(id, operation, signal));
      const podVm = podVmOf(view, { subscription: id.subscription, group: id.group });
      if (!podVm) throw new ProviderError('transient', `${spec.name} has lost its tags`);
      return { podVm };
    } catch (cause) {
      const error = asProviderError(cause, `create ${spec.name}`);
      if (error.code === 'no-capacity' || error.code === 'quota' || error instanceof ForeignVm) throw error;
      throw withPodVmId(error, podVmId);
    }
  }

  /** Waits for success with addresses, for failure, or for the end of a VM that was there before. */
  async #settled(
    spec: PodVmSpec,
    { startedAt, wasThere }: { readonly startedAt: number; readonly wasThere: boolean },
    signal: AbortSignal,
  ): Promise<VmView | 'try-again'> {
    const { clock, timings } = this.#options;
    let last: 'unseen' | 'alive' | 'deleting' = 'unseen';
    const test = (view: VmView | undefined): VmView | 'try-again' | undefined => {
      if (!view) {
        if (last === 'deleting') return 'try-again';
        if (clock.now() - startedAt < timings.lagMs) return undefined;
        throw new ProviderError('transient', `${spec.name} was accepted and is not to be seen`);
      }
      const { vm } = view;
      checkOurs(vm, spec);
      if (isDeleting(vm)) {
        // Who deletes a VM in the making does not want another.
        if (!wasThere || last === 'alive') throw new ProviderError('transient', `${spec.name} was deleted meanwhile`);
        last = 'deleting';
        return undefined;
      }
      last = 'alive';
      if (hasFailed(vm)) return view;
      return vm.provisioningState === 'Succeeded' && view.addresses.length > 0 ? view : undefined;
    };
    return await this.#states.wait(spec.name, test, timings.readyMsMax, signal);
  }

  /** No room: nothing of it may stay, for the next place takes the same name. */
  async #failed(id: ResourceId, wasThere: boolean, error: ProviderError): Promise<Outcome> {
    const full = isProviderError(error, 'no-capacity') || isProviderError(error, 'quota');
    if (!full) throw error;
    const { log } = this.#options;
    log.info({ podVmId: vmId(id), error: error.message }, 'virtual machine found no room');
    try {
      await this.#deleteFully(vmId(id));
    } catch (cause) {
      log.warn({ podVmId: vmId(id), error: String(cause) }, 'the virtual machine that found no room stays');
      throw withPodVmId(error, vmId(id));
    }
    if (wasThere) return 'try-again'; // that was another place's failure
    throw error;
  }

  /** The operation tells it best; after a restart only the VM itself does. */
  async #failure(id: ResourceId, operation: string | undefined, signal: AbortSignal): Promise<ProviderError> {
    const { arm } = this.#options;
    const attempted = `create virtual machine ${id.name}`;
    const told = operation === undefined ? undefined : await this.#operation(operation, signal);
    if (told?.error) return failureError(attempted, told.error.code, told.error.message);
    const vm = await arm.call('get instance view', 'read', (api, ending) => api.vmWithView(id, ending), signal);
    const failure = vm && failureOf(vm);
    if (failure) return failureError(attempted, failure.code, failure.message);
    return new ProviderError('transient', `${attempted}: it failed, and Azure does not say why`);
  }

  /** Undefined also when it can not be read: the instance view is left. */
  async #operation(url: string, signal: AbortSignal): Promise<OperationState | undefined> {
    const { arm, log } = this.#options;
    try {
      return await arm.call('get operation', 'read', (api, ending) => api.operation(url, ending), signal);
    } catch (error) {
      throwIfAborted(signal);
      log.debug({ error: String(error) }, 'the operation of a failed virtual machine can not be read');
      return undefined;
    }
  }

  /** On a time of its own: the caller may leave, the failed VM must not stay. */
  async #deleteFully(podVmId: string): Promise<void> {
    const { clock, timings, deletion } = this.#options;
    const { signal } = new AbortController();
    const until = clock.now() + timings.goneMsMax;
    for (;;) {
      if ((await deletion.delete(podVmId, signal)) === 'gone') return;
      if (clock.now() > until) throw new ProviderError('transient', `${podVmId} was not gone in time`);
      await sleep(clock, timings.pollMs, signal);
    }
  }
}

/** What a new VM refers to and Azure does not find comes from the settings or the pod. */
function missingIsInvalid(error: unknown): never {
  if (!isProviderError(error, 'not-found')) throw error;
  throw new ProviderError('invalid-configuration', error.message, { cause: error });
}

/** A VM of our name that is another's: nothing of ours exists. */
class ForeignVm extends ProviderError {}

function checkOurs(vm: VirtualMachine, { name, sandboxId, owner }: PodVmSpec): void {
  const tagged = podVmOf({ vm, addresses: [] }, { subscription: '', group: '' });
  if (tagged?.sandboxId === sandboxId && tagged.owner.cluster === owner.cluster) return;
  const whose = tagged ? `of sandbox ${tagged.sandboxId}, cluster ${tagged.owner.cluster}` : 'that is not a pod VM';
  throw new ForeignVm('invalid-configuration', `there is a virtual machine ${name} already, ${whose}`);
}
