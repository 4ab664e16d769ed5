/** What is kept of each warm VM: a durable record without secrets, and, on tmpfs, the client that it accepts. */

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '#base/errors.ts';
import { Secret } from '#base/secret.ts';
import { ensureDirectory, removeHalfWritten, writeFileAtomically } from '#io/files.ts';
import type { BootstrapClient } from './assign.ts';

export interface WarmRecord {
  readonly version: 1;
  /** The provider makes at most one VM for it. */
  readonly batchId: string;
  readonly shape: string;
  /** The provider's; absent while it is being asked for. */
  readonly warmId?: string;
  /** The pod that has it: from then on the sandbox's own record counts. */
  readonly sandboxId?: string;
  /** Wall clock, ms since 1970. */
  readonly createdAtMs: number;
}

const fields = ['serverName', 'serverFingerprint256', 'caPem', 'certPem', 'key'] as const;

export class WarmRecords {
  readonly #recordsDir: string;
  readonly #secretsDir: string;

  constructor(recordsDir: string, secretsDir: string) {
    this.#recordsDir = recordsDir;
    this.#secretsDir = secretsDir;
  }

  async write(record: WarmRecord): Promise<void> {
    ensureDirectory(this.#recordsDir);
    await writeFileAtomically(join(this.#recordsDir, `${record.batchId}.json`), `${JSON.stringify(record)}\n`);
  }

  async writeClient(batchId: string, client: BootstrapClient): Promise<void> {
    ensureDirectory(this.#secretsDir);
    const plain = { ...client, key: client.key.reveal() };
    await writeFileAtomically(join(this.#secretsDir, `${batchId}.json`), JSON.stringify(plain));
  }

  /** Undefined when it is not there any more: after a reboot. */
  async readClient(batchId: string): Promise<BootstrapClient | undefined> {
    const parsed = await readJson(join(this.#secretsDir, `${batchId}.json`));
    const texts = fields.map((field) => (parsed as Record<string, unknown> | undefined)?.[field]);
    if (!texts.every((text): text is string => typeof text === 'string')) return undefined;
    const [serverName = '', serverFingerprint256 = '', caPem = '', certPem = '', key = ''] = texts;
    return { serverName, serverFingerprint256, caPem, certPem, key: new Secret(key) };
  }

  /** The secret first: a record without one is recognised and cleaned up. */
  async remove(batchId: string): Promise<void> {
    await rm(join(this.#secretsDir, `${batchId}.json`), { force: true });
    await rm(join(this.#recordsDir, `${batchId}.json`), { force: true });
  }

  /** Those that can be read; a damaged one has no VM that could be used. */
  async readAll(): Promise<readonly WarmRecord[]> {
    const records: WarmRecord[] = [];
    for (const folder of [this.#recordsDir, this.#secretsDir]) await removeHalfWritten(folder);
    for (const name of await namesIn(this.#recordsDir)) {
      if (!/^[0-9a-f]+\.json$/.test(name)) continue;
      const record = (await readJson(join(this.#recordsDir, name))) as WarmRecord | undefined;
      if (record?.version === 1 && `${record.batchId}.json` === name) records.push(record);
      else await this.remove(name.replace('.json', ''));
    }
    return records;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
