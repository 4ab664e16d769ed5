/**
 * Files and directories that survive a crash whole, with modes that keep secrets. What waits for a disk is left to another
 * thread; the steps before and after are done here and now, since each takes less than the way there.
 */

import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fsync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { asPeerPodError, systemErrorCode } from '#base/errors.ts';

const flush = promisify(fsync);
/** The length is flushed with the data, the times need not be. */
const flushData = promisify(fdatasync);

let serial = 0;

const stagedPathOf = (path: string): string => {
  serial += 1;
  return join(dirname(path), `.${basename(path)}.${process.pid}.${serial}`);
};

/** Runs `body` with the open file. */
async function withFile(file: number, body: (file: number) => Promise<void> | undefined): Promise<void> {
  try {
    await body(file);
  } finally {
    closeSync(file);
  }
}

/** A new file that never has another mode than `mode`. */
function openNew(path: string, mode: number): number {
  rmSync(path, { force: true }); // in a container the next process has the pid of the one that was killed
  const file = openSync(path, 'wx', mode);
  try {
    fchmodSync(file, mode); // whatever the umask says
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * After it resolves, `path` durably holds `data`; after a crash it holds the old or the new content, never a mixture.
 * The file never exists with another mode than `mode`.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  const staged = stagedPathOf(path);
  try {
    await withFile(openNew(staged, mode), (file) => {
      writeFileSync(file, data);
      return flushData(file);
    });
    renameSync(staged, path);
    await withFile(openSync(dirname(path), 'r'), flush);
  } catch (error) {
    rmSync(staged, { force: true });
    throw asPeerPodError(error, 'E_IO', `write ${path}`);
  }
}

/**
 * For short files in memory, whose content is of no use after the machine's end: `path` holds the old or the new content
 * whenever this process ends, but not after a loss of power.
 */
export function writeFileWhole(path: string, data: string | Uint8Array, mode = 0o600): void {
  const staged = stagedPathOf(path);
  try {
    const file = openNew(staged, mode);
    try {
      writeFileSync(file, data);
    } finally {
      closeSync(file);
    }
    renameSync(staged, path);
  } catch (error) {
    rmSync(staged, { force: true });
    throw asPeerPodError(error, 'E_IO', `write ${path}`);
  }
}

/**
 * Adds to a file that exists. With `isDurable` the bytes are on disk once it resolves; without, they outlive this process,
 * but not a loss of power. What ends it meanwhile may leave a part of them.
 */
export async function appendToFile(path: string, data: string | Uint8Array, isDurable: boolean): Promise<void> {
  try {
    await withFile(openSync(path, constants.O_WRONLY | constants.O_APPEND), (file) => {
      writeFileSync(file, data);
      return isDurable ? flushData(file) : undefined;
    });
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `append to ${path}`);
  }
}

/** Removes what killed processes left half written in a folder. For the folder's one owner, before it writes there. */
export async function removeHalfWritten(folder: string): Promise<void> {
  for (const name of await namesIn(folder))
    if (/^\..+\.\d+\.\d+$/.test(name)) rmSync(join(folder, name), { force: true });
}

/** Makes `path` and its parents; what is made has `mode`, what exists is left alone. */
export function ensureDirectory(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `make directory ${path}`);
  }
}

/** Whether there is anything at `path`. Throws E_IO when that cannot be told. */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return false;
    throw asPeerPodError(error, 'E_IO', `look for ${path}`);
  }
}

/** The names in a folder; none when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asPeerPodError(error, 'E_IO', `read ${folder}`);
  }
}
