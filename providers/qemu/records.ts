/** What is on disk of each machine: a folder with its record. A record is written before its machine is made. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deterministicToken, type Owner, ProviderError } from '@peerpods/provider';

export interface MachineRecord {
  readonly version: 1;
  /** Names the folder and the pod VM. */
  readonly id: string;
  /** Gives address, MAC, tap and user; unique among the records. */
  readonly number: number;
  readonly owner: Owner;
  readonly name: string;
  /** Absent while no pod has the machine. */
  readonly sandboxId?: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** Wall clock, ms since 1970. */
  readonly createdAtMs: number;
}

const recordFile = 'record.json';

export const machineIdOf = (owner: Owner, ...words: readonly string[]) =>
  `qemu-${deterministicToken(owner.cluster, owner.node, ...words).slice(0, 16)}`;

/** QEMU carries it on its command line: a process is known by it, whatever its number. */
export function machineUuid(id: string): string {
  const hex = deterministicToken('machine', id);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** All calls are synchronous: between reading and writing no other call of this process comes. */
export class MachineRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  folderOf(id: string): string {
    return join(this.#folder, id);
  }

  all(): readonly MachineRecord[] {
    return readdirSync(this.#folder).flatMap((entry) => {
      const record = this.get(entry);
      return record ? [record] : [];
    });
  }

  get(id: string): MachineRecord | undefined {
    if (!/^qemu-[0-9a-f]{16}$/.test(id)) return undefined;
    try {
      return JSON.parse(readFileSync(join(this.folderOf(id), recordFile), 'utf8')) as MachineRecord;
    } catch (error) {
      // A folder whose record was not yet written has nothing behind it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ProviderError('transient', `the record of ${id} cannot be read: ${String(error)}`, { cause: error });
    }
  }

  bySandbox(sandboxId: string): MachineRecord | undefined {
    return this.all().find((record) => record.sandboxId === sandboxId);
  }

  /** Gives the machine a number and writes its record. */
  add(machine: Omit<MachineRecord, 'version' | 'number'>, numberMax: number): MachineRecord {
    const taken = new Set(this.all().map(({ number }) => number));
    for (let number = 1; number <= numberMax; number += 1) {
      if (taken.has(number)) continue;
      const record = { version: 1, number, ...machine } as const;
      this.write(record);
      return record;
    }
    throw new ProviderError('no-capacity', `every one of ${numberMax} addresses is taken`);
  }

  write(record: MachineRecord): void {
    const folder = this.folderOf(record.id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, recordFile);
    writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  }

  remove(id: string): void {
    rmSync(this.folderOf(id), { recursive: true, force: true });
  }
}
