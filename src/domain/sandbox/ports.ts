/** What a sandbox's life needs done, without how: implemented beside this file, and by tests. */

import type { SandboxId } from '#base/brands.ts';
import type { PeerPodError } from '#base/errors.ts';
import type { PodVolume } from '#codec/direct-volumes.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import type { SandboxPod } from '../node-duties/pod-reader.ts';
import type { PodVmCredentials } from '../podvm/credentials.ts';
import type { NodeEndRecord } from '../tunnel/node-end.ts';
import type { SandboxRecord } from './ledger.ts';
import type { ReleasePart } from './observer.ts';

export interface PodNetworkPort {
  /** A VNI that is not in `inUse`. Pure but for chance. */
  allocateVni(inUse: ReadonlySet<number>): number;
  /** Reads the pod's network. Changes nothing. */
  inspect(netnsPath: string, vni: number): Promise<PodNetwork>;
  /** The pod's disks, numbered; none without a uid. Throws when there are disks and nobody can tell the uid. */
  volumesOf(pod: SandboxPod, podUid: string | undefined): Promise<readonly PodVolume[]>;
}

export interface MadePodVm {
  readonly podVmId: string;
  readonly addresses: readonly string[];
  readonly tlsServerName: string;
  readonly serverFingerprint256?: string;
}

export interface FailedPodVm {
  readonly error: PeerPodError;
  /** Something was made although the call failed. */
  readonly podVmId?: string;
  /** Whether a pod VM may turn up at the provider that nobody has named. */
  readonly mayAppear: boolean;
}

export interface Starter {
  /** Begins what StartVM will need and what no other part waits for. Never fails; `discard` forgets it. */
  prepare(pod: SandboxPod, podVmName: string): void;
  discard(sandboxId: SandboxId): void;
  /** The sandbox's directory and its agent socket, on which early calls wait. */
  listen(record: SandboxRecord): Promise<void>;
  /** Has the PeerPod written as the record says, in the background; createPodVm waits for it a while. */
  announce(record: SandboxRecord): void;
  /** The same for what an earlier process left, where it is not so yet. `records`: what there is now. */
  resumeAnnouncements(records: () => readonly SandboxRecord[]): void;
  createPodVm(record: SandboxRecord, signal: AbortSignal): Promise<MadePodVm | FailedPodVm>;
  /** Pure: what must be on record before the tunnel is touched. */
  planTunnel(record: SandboxRecord): NodeEndRecord;
  setUpTunnel(tunnel: NodeEndRecord): Promise<NodeEndRecord>;
  connectRelay(record: SandboxRecord, signal: AbortSignal): Promise<void>;
  /** The pod VM has booted: what the provider still keeps of its user-data may go. */
  afterStart(record: SandboxRecord, signal: AbortSignal): Promise<void>;
}

/** The worker's ends of tunnels, in its kernel. */
export interface TunnelPort {
  /** Idempotent, and finishes what a crash cut short; on failure nothing is left behind. */
  setUp(record: NodeEndRecord): Promise<NodeEndRecord>;
  /** Fine when there is nothing. */
  tearDown(record: NodeEndRecord): Promise<void>;
}

/** What sandboxes have on tmpfs. */
export interface PodFolders {
  make(folder: string): Promise<void>;
  /** 0600, for a relay that is restarted. Refuses to replace one. */
  keepIdentity(folder: string, identity: PodVmCredentials['relay']): Promise<void>;
  /** With all that is in it; fine when there is none. */
  remove(folder: string): Promise<void>;
}

export interface ReleaseOptions {
  /** Of the daemon, not of any caller. */
  readonly signal: AbortSignal;
  /** Called once the provider has accepted the VM's end. */
  onAccepted(): void;
}

/** As much of a record as a release needs; for an unknown sandbox there is no more than its id and its folder. */
export type Releasable = Pick<SandboxRecord, 'sandboxId' | 'agentSocketPath'> &
  Partial<Pick<SandboxRecord, 'podVmId' | 'tunnel' | 'podVmMayAppear' | 'peerPod'>>;

export interface Releaser {
  /** Resolves when nothing of the sandbox is left; tries again, without end, until then. Rejects only when aborted. */
  release(record: Releasable, options: ReleaseOptions): Promise<void>;
  /** Repeats `body` with growing delays until it works. Rejects only when aborted. */
  untilDone(
    part: ReleasePart,
    sandboxId: SandboxId,
    signal: AbortSignal,
    body: () => Promise<'done' | 'pending'>,
  ): Promise<void>;
}
