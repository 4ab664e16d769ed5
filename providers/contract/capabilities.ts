/** What some clouds can do and others can not. A provider has the property or it has not; nothing throws "unsupported". */

import type { Owner, PodVm, PodVmSpec } from './pod-vm.ts';
import type { CallOptions } from './provider.ts';
import type { InstanceType } from './sizing.ts';

export interface ProviderCapabilities {
  readonly catalogue?: Catalogue;
  readonly warm?: WarmInstances;
  readonly liveUserData?: LiveUserData;
  readonly events?: PodVmEvents;
  readonly cost?: CostEstimates;
  readonly census?: Census;
  readonly console?: PodVmConsole;
}

/** What a pod VM wrote to its console, for people who look for why it does not come up. */
export interface PodVmConsole {
  /** The last `bytesMax` bytes; undefined when there is no such pod VM. */
  read(podVmId: string, bytesMax: number, options: CallOptions): Promise<string | undefined>;
}

/** Those of all workers at once, for who looks after a whole cluster. */
export interface Census {
  /** As `list`, whatever the node. */
  list(cluster: string, options: CallOptions): Promise<readonly PodVm[]>;
}

/** What can be had. */
export interface Catalogue {
  /** The instance types that the settings allow, in the order of the settings. */
  instanceTypes(options: CallOptions): Promise<readonly InstanceType[]>;
}

/** Pod VMs that run before any pod asks for them. They carry no sandbox id, so `list` does not show them. */
export interface WarmInstances {
  /**
   * Makes `spec.count` VMs in as few calls as the cloud allows. Idempotent by `batchId`: the same id again gives the
   * same VMs. Resolves when they are accepted; they need not run yet.
   */
  prepare(spec: WarmSpec, options: CallOptions): Promise<readonly WarmInstance[]>;
  /** Those of the owner that nobody has claimed. */
  list(owner: Owner, options: CallOptions): Promise<readonly WarmInstance[]>;
  /**
   * Makes an unclaimed VM that runs the pod VM of `spec.sandboxId`: from now on `get` and `list` show it, `delete`
   * ends it, and `create` with that id finds it. What the pod needs is delivered by the caller, or by `liveUserData`.
   * Claimed by another sandbox, or gone: `not-found`.
   */
  claim(warmId: string, spec: PodVmSpec, options: CallOptions): Promise<PodVm>;
}

export interface WarmSpec {
  readonly batchId: string;
  readonly count: number;
  readonly owner: Owner;
  /** The same for all of them: nothing in it is secret to one. */
  readonly userData: string;
  readonly instanceType?: string;
  readonly image?: string;
}

export interface WarmInstance {
  readonly id: string;
  readonly owner: Owner;
  readonly state: 'creating' | 'running';
  readonly instanceType: string;
  readonly addresses: readonly string[];
  /** Wall clock of the cloud, ms since 1970. */
  readonly createdAtMs: number;
}

/** User-data that a running VM sees change without a restart. */
export interface LiveUserData {
  replace(podVmId: string, userData: string, options: CallOptions): Promise<void>;
}

export interface PodVmEvent {
  readonly podVmId: string;
  /** `preempted`: the cloud takes it back soon. `terminated`: it ended without our asking. */
  readonly kind: 'preempted' | 'terminated' | 'degraded';
  readonly detail: string;
}

export interface PodVmEvents {
  /** Calls `listener` until `signal` ends. Events may be missed while no one watches: `list` is the truth. */
  watch(owner: Owner, listener: (event: PodVmEvent) => void, options: CallOptions): Promise<void>;
}

export interface CostEstimates {
  /** Undefined when the price of its type is not known. */
  estimate(podVm: PodVm): CostEstimate | undefined;
}

export interface CostEstimate {
  readonly perHour: number;
  /** ISO 4217, for example `USD`. */
  readonly currency: string;
}
