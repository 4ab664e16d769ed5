/** What a sandbox's life needs done, without how: implemented beside this file, and by tests. */

import type { SandboxId } from '#base/brands.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import type { NodeEndRecord } from '../tunnel/node-end.ts';
import type { SandboxRecord } from './ledger.ts';

export interface PodNetworkPort {
  /** Reads the pod's network and gives it a VNI outside `vnisInUse`. Changes nothing. */
  inspect(netnsPath: string, vnisInUse: ReadonlySet<number>): Promise<PodNetwork>;
}

export interface MadePodVm {
  readonly podVmId: string;
  readonly addresses: readonly string[];
  readonly serverFingerprint256: string;
}

export interface Starter {
  /** The sandbox's directory and its agent socket, on which early calls wait. */
  listen(record: SandboxRecord): Promise<void>;
  createPodVm(record: SandboxRecord, signal: AbortSignal): Promise<MadePodVm>;
  /** Pure: what must be on record before the tunnel is touched. */
  planTunnel(record: SandboxRecord): NodeEndRecord;
  setUpTunnel(tunnel: NodeEndRecord): Promise<NodeEndRecord>;
  connectRelay(record: SandboxRecord, signal: AbortSignal): Promise<void>;
}

export interface ReleaseOptions {
  /** Of the daemon, not of any caller. */
  readonly signal: AbortSignal;
  /** Called once the provider has accepted the VM's end. */
  onAccepted(): void;
}

export interface Releaser {
  /** Resolves when nothing of the sandbox is left; tries again, without end, until then. Rejects only when aborted. */
  release(record: SandboxRecord, options: ReleaseOptions): Promise<void>;
  /** Deletes a pod VM that the provider has for a sandbox that no record knows. */
  releaseUnknown(sandboxId: SandboxId): Promise<void>;
}
