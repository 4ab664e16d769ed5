/** The durable record of each sandbox: one file, a line for each state, the last whole line counts. */

import { join } from 'node:path';
import { parseSandboxId, parseVni, type SandboxId } from '#base/brands.ts';
import { asPeerPodError, errorText, PeerPodError } from '#base/errors.ts';
import type { PodVmRequest } from '#codec/annotations.ts';
import type { PodVolume } from '#codec/direct-volumes.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import { diskFiles, type RecordFiles } from '#io/record-files.ts';
import type { PeerPodName } from '../node-duties/peer-pods.ts';
import type { NodeEndRecord } from '../tunnel/node-end.ts';
import type { SandboxState } from './state.ts';

/** What must be known to finish or undo a sandbox after a crash. Holds no secret. */
export interface SandboxRecord {
  readonly version: 1;
  readonly sandboxId: SandboxId;
  /** Wall clock, ms: of two sandboxes of one pod the newer counts. */
  readonly createdAtMs: number;
  /** Without initdata once the pod VM has it. */
  readonly request: PodVmRequest;
  readonly netnsPath: string;
  readonly agentSocketPath: string;
  readonly network: PodNetwork;
  /** Of the VM, and of its server certificate where one is issued. */
  readonly podVmName: string;
  /** Disks of the pod, in the order of their LUNs. */
  readonly volumes?: readonly PodVolume[];
  /** Where the PeerPod is, or will be; absent outside of Kubernetes. */
  readonly peerPod?: PeerPodName;
  readonly state: SandboxState;
  /** CreateVM failed, and what it left is being released; whoever asks for it again is to hear so. */
  readonly createFailed?: boolean;
  /** The provider was asked for a pod VM, and its answer does not rule out that one will appear. */
  readonly podVmMayAppear?: boolean;
  readonly podVmId?: string;
  /** The pod VM's addresses, as the provider gave them. */
  readonly addresses?: readonly string[];
  readonly tunnel?: NodeEndRecord;
  /** The name that the VM's certificate must have; absent: podVmName. */
  readonly tlsServerName?: string;
  readonly serverFingerprint256?: string;
}

export interface Ledger {
  /** The first record of a sandbox. */
  create(record: SandboxRecord): Promise<void>;
  /**
   * Replaces the record; that of a running sandbox is flushed later, which only a loss of power can tell. Throws E_LEDGER
   * when there was none: nothing is written for what was removed.
   */
  update(record: SandboxRecord): Promise<void>;
  remove(sandboxId: SandboxId): Promise<void>;
  /** Every readable record, oldest first; `onDamaged` hears of the others, which stay where they are. */
  readAll(onDamaged: (file: string, error: PeerPodError) => void): Promise<readonly SandboxRecord[]>;
}

const suffix = '.json';

export const recordsFolder = (stateDir: string): string => join(stateDir, 'sandboxes');

/**
 * Files STATE_DIR/sandboxes/ID.json, 0600. On disk, not under /run: after a reboot the pod VMs still exist. Appending
 * costs one flush of the disk where replacing a file costs two; what a crash tore is a line that does not parse.
 */
export function openLedger(stateDir: string, files: RecordFiles = diskFiles): Ledger {
  const folder = recordsFolder(stateDir);
  const fileOf = (sandboxId: string) => `${sandboxId}${suffix}`;
  const attempt = async (sandboxId: SandboxId, body: () => Promise<void>) => {
    try {
      await body();
    } catch (error) {
      throw new PeerPodError('E_LEDGER', `record sandbox ${sandboxId}: ${errorText(error)}`, { cause: error });
    }
  };
  return {
    create: (record) =>
      attempt(record.sandboxId, () => files.write(folder, fileOf(record.sandboxId), `${JSON.stringify(record)}\n`)),
    update: (record) =>
      attempt(record.sandboxId, () => {
        // A loss of power ends a running pod as it ends one that starts: the line before says the same of both
        const isDurable = record.state.at !== 'running';
        // The line break before keeps a torn line apart.
        return files.append(folder, fileOf(record.sandboxId), `\n${JSON.stringify(record)}\n`, isDurable);
      }),
    remove: (sandboxId) => attempt(sandboxId, () => files.remove(folder, fileOf(sandboxId))),
    async readAll(onDamaged) {
      const records: SandboxRecord[] = [];
      for (const name of await files.names(folder)) {
        if (!name.endsWith(suffix) || name.startsWith('.')) continue;
        try {
          const record = parseRecords(await files.read(folder, name));
          if (fileOf(record.sandboxId) !== name) throw new Error('the record of another sandbox');
          records.push(record);
        } catch (error) {
          onDamaged(name, asPeerPodError(error, 'E_LEDGER', `read record ${name}`));
        }
      }
      return records.toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    },
  };
}

/** The last line that is whole. */
function parseRecords(text: string): SandboxRecord {
  let damage: unknown = new Error('the record is empty');
  for (const line of text.split('\n').toReversed()) {
    if (line === '') continue;
    try {
      return parseRecord(JSON.parse(line));
    } catch (error) {
      // A whole line that is no record of ours is damage; a torn one never is JSON.
      if (error instanceof PeerPodError) throw error;
      damage = error;
    }
  }
  throw damage;
}

function parseRecord(value: unknown): SandboxRecord {
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 1) {
    throw new PeerPodError('E_LEDGER', 'not a record of version 1');
  }
  const record = value as SandboxRecord;
  parseSandboxId(record.sandboxId);
  parseVni(record.network?.vni);
  const texts = [record.state?.at, record.netnsPath, record.agentSocketPath, record.podVmName];
  texts.push(record.request?.podName, record.request?.podNamespace);
  if (!texts.every((text) => typeof text === 'string') || typeof record.createdAtMs !== 'number') {
    throw new PeerPodError('E_LEDGER', 'a record that lacks a field');
  }
  return record;
}
