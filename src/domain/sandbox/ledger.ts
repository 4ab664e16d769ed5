/** The durable record of each sandbox: one versioned file, written before every effect, gone with the last. */

import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSandboxId, type SandboxId } from '#base/brands.ts';
import { asPeerPodError, errorText, PeerPodError, systemErrorCode } from '#base/errors.ts';
import type { PodVmRequest } from '#codec/annotations.ts';
import type { PodNetwork } from '#codec/pod-network.ts';
import { writeFileAtomically } from '#io/files.ts';
import type { NodeEndRecord } from '../tunnel/node-end.ts';
import type { SandboxState } from './state.ts';

/** What must be known to finish or undo a sandbox after a crash. Holds no secret. */
export interface SandboxRecord {
  readonly version: 1;
  readonly sandboxId: SandboxId;
  readonly request: PodVmRequest;
  readonly netnsPath: string;
  readonly agentSocketPath: string;
  readonly network: PodNetwork;
  /** Of the VM, and of its server certificate. */
  readonly podVmName: string;
  readonly state: SandboxState;
  readonly podVmId?: string;
  /** The pod VM's addresses, as the provider gave them. */
  readonly addresses?: readonly string[];
  readonly tunnel?: NodeEndRecord;
  readonly serverFingerprint256?: string;
}

export interface Ledger {
  write(record: SandboxRecord): Promise<void>;
  remove(sandboxId: SandboxId): Promise<void>;
  /** Every readable record; `onDamaged` hears of the others, which stay where they are. */
  readAll(onDamaged: (file: string, error: PeerPodError) => void): Promise<readonly SandboxRecord[]>;
}

const suffix = '.json';

function parseRecord(text: string): SandboxRecord {
  const record: unknown = JSON.parse(text);
  if (typeof record !== 'object' || record === null || !('version' in record) || record.version !== 1) {
    throw new PeerPodError('E_LEDGER', 'not a record of version 1');
  }
  const { sandboxId, state } = record as SandboxRecord;
  parseSandboxId(sandboxId);
  if (typeof state?.at !== 'string') throw new PeerPodError('E_LEDGER', 'a record without a state');
  return record as SandboxRecord;
}

/** Files STATE_DIR/sandboxes/ID.json, 0600. On disk, not under /run: after a reboot the pod VMs still exist. */
export function openLedger(stateDir: string): Ledger {
  const folder = join(stateDir, 'sandboxes');
  const fileOf = (sandboxId: string) => join(folder, `${sandboxId}${suffix}`);
  return {
    async write(record) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFileAtomically(fileOf(record.sandboxId), `${JSON.stringify(record, null, 2)}\n`);
      } catch (error) {
        throw new PeerPodError('E_LEDGER', `record sandbox ${record.sandboxId}: ${errorText(error)}`, { cause: error });
      }
    },
    async remove(sandboxId) {
      await rm(fileOf(sandboxId), { force: true });
    },
    async readAll(onDamaged) {
      const records: SandboxRecord[] = [];
      for (const name of await namesIn(folder)) {
        if (!name.endsWith(suffix) || name.startsWith('.')) continue;
        try {
          records.push(parseRecord(await readFile(join(folder, name), 'utf8')));
        } catch (error) {
          onDamaged(name, asPeerPodError(error, 'E_LEDGER', `read record ${name}`));
        }
      }
      return records;
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
