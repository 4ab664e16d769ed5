/** The values that cross the provider boundary: plain, JSON-shaped, free of this project's types. */

/** Who may list and sweep a pod VM. */
export interface Owner {
  readonly cluster: string;
  readonly node: string;
}

export type Architecture = 'x86_64' | 'aarch64' | 's390x' | 'ppc64le';
export type ConfidentialTechnology = 'sev-snp' | 'tdx' | 'se';
/** How an instance is paid for: spot may be taken back by the cloud. */
export type CapacityType = 'on-demand' | 'spot';

/** What the pod asks of its VM. Absent means: the provider's default. Fractions are rounded up. */
export interface Sizing {
  readonly instanceType?: string;
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly gpus?: number;
  readonly gpuModel?: string;
}

export interface PodVmSpec {
  /** The idempotency key: at most one pod VM ever exists for it. */
  readonly sandboxId: string;
  /** A name fit for clouds: `podvm-POD-SANDBOX8`, at most 63 of [a-z0-9-]. */
  readonly name: string;
  readonly podName: string;
  readonly podNamespace: string;
  readonly owner: Owner;
  /** cloud-config text, UTF-8, not yet encoded for any transport. Holds a private key: never log it. */
  readonly userData: string;
  readonly sizing: Sizing;
  /** Image override of the pod. */
  readonly image?: string;
  /** Attach a second network interface for the pod's own traffic. */
  readonly dedicatedInterface?: boolean;
  /** Ids of existing disks to attach: the position is the LUN. They outlive the pod VM. */
  readonly volumes?: readonly string[];
}

export type PodVmState = 'creating' | 'running' | 'deleting';

export interface PodVm {
  readonly id: string;
  readonly name: string;
  readonly sandboxId: string;
  readonly owner: Owner;
  readonly state: PodVmState;
  /** IP addresses: first the primary interface, then the dedicated one if there is one. Empty while creating. */
  readonly addresses: readonly string[];
  readonly instanceType?: string;
  readonly zone?: string;
  readonly capacityType?: CapacityType;
  /** Wall clock of the cloud, ms since 1970. */
  readonly createdAtMs?: number;
}
