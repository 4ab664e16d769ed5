/** Files and directories that survive a crash whole, with modes that keep secrets. */

import { closeSync, constants, fchmodSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asPeerPodError, systemErrorCode } from '#base/errors.ts';

let serial = 0;

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * After it resolves, `path` durably holds `data`; after a crash it holds the old or the new content, never a mixture.
 * The file never exists with another mode than `mode`.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  serial += 1;
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}.${serial}`);
  try {
    const file = await open(staged, 'wx', mode);
    try {
      await file.chmod(mode); // whatever the umask says
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(staged, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(staged, { force: true });
    throw asPeerPodError(error, 'E_IO', `write ${path}`);
  }
}

/**
 * For short files in memory, whose content is of no use after the machine's end: `path` holds the old or the new content
 * whenever this process ends, but not after a loss of power. Done here and now, since each of its steps takes less than
 * the way to another thread.
 */
export function writeFileWhole(path: string, data: string | Uint8Array, mode = 0o600): void {
  serial += 1;
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}.${serial}`);
  try {
    const file = openSync(staged, 'wx', mode);
    try {
      fchmodSync(file, mode); // whatever the umask says
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

/** Adds to a file that exists. After it resolves the bytes are on disk; a crash meanwhile may leave a part of them. */
export async function appendDurably(path: string, data: string | Uint8Array): Promise<void> {
  try {
    await using file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    await file.writeFile(data);
    await file.datasync(); // the length is flushed with the data, the times need not be
  } catch (error) {
    throw asPeerPodError(error, 'E_IO', `append to ${path}`);
  }
}

/** Makes `path` and its parents; what is made has `mode`, what exists is left alone. */
export async function ensureDirectory(path: string, mode = 0o700): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
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
