/** What a relay must know to open its sockets again: one file beside each agent socket, gone with the sandbox. */

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asPeerPodError, PeerPodError, systemErrorCode } from '#base/errors.ts';
import { sideBySide } from '#base/side-by-side.ts';
import { ensureDirectory, namesIn, writeFileWhole } from '#io/files.ts';
import type { RelayAttachment } from './control.ts';
import { parseAttachment, parseName } from './control-messages.ts';

export interface AttachmentRecord {
  readonly version: 1;
  readonly sandboxId: string;
  readonly socketPath: string;
  /** Absent until the pod VM has answered. Names the client key's directory, holds no key. */
  readonly attachment?: RelayAttachment;
}

const fileName = 'relay.json';
const readAtOnce = 16;

export class Attachments {
  pathOf(socketPath: string): string {
    return join(dirname(socketPath), fileName);
  }

  /** Written before the socket is opened, and again before StartVM is answered. */
  async write(record: AttachmentRecord): Promise<void> {
    ensureDirectory(dirname(record.socketPath));
    writeFileWhole(this.pathOf(record.socketPath), `${JSON.stringify(record)}\n`);
  }

  /** The records of PODS_DIR/ID/; `onDamaged` hears of those that cannot be read. */
  async readAll(
    podsDir: string,
    onDamaged: (path: string, error: PeerPodError) => void,
  ): Promise<readonly AttachmentRecord[]> {
    const records: AttachmentRecord[] = [];
    await sideBySide(await namesIn(podsDir), readAtOnce, async (name) => {
      const path = join(podsDir, name, fileName);
      try {
        records.push(parseRecord(JSON.parse(await readFile(path, 'utf8'))));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return;
        onDamaged(path, asPeerPodError(error, 'E_DECODE', `read ${path}`));
      }
    });
    return records;
  }
}

function parseRecord(value: unknown): AttachmentRecord {
  const { version, sandboxId, socketPath, attachment } = (value ?? {}) as Record<string, unknown>;
  if (version !== 1) throw new PeerPodError('E_DECODE', 'not an attachment record of version 1');
  return {
    version,
    sandboxId: parseName(sandboxId, 'sandboxId'),
    socketPath: parseName(socketPath, 'socketPath'),
    ...(attachment === undefined ? {} : { attachment: parseAttachment(attachment) }),
  };
}
