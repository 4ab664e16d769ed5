/** Reads the direct-volumes folder of the worker, where CSI drivers leave what the pod VM is to mount. */

import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asPeerPodError, systemErrorCode } from '#base/errors.ts';
import { type DirectVolume, mountInfoFile, parseDirectVolumeName, parseMountInfo } from '#codec/direct-volumes.ts';

export const directVolumesRoot = '/run/kata-containers/shared/direct-volumes';

export interface DirectVolumes {
  /** Of the whole worker, in the order of the directory names. */
  readonly volumes: readonly DirectVolume[];
  /** Every directory's name, also of those that are no volumes for us. */
  readonly directories: ReadonlySet<string>;
}

/** A record is some hundred bytes; more is none. */
const mountInfoBytesMax = 64 * 1024;

/** No folder: no volumes. What is not a volume is passed over. Throws E_CLOUD_VOLUME when the folder is unreadable. */
export async function readDirectVolumes(root: string = directVolumesRoot): Promise<DirectVolumes> {
  const directories = await directoriesIn(root);
  const volumes: DirectVolume[] = [];
  for (const name of directories) {
    const targetPath = parseDirectVolumeName(name);
    if (targetPath === undefined) continue;
    const text = await readBounded(join(root, name, mountInfoFile));
    const volume = text === undefined ? undefined : parseMountInfo(targetPath, text);
    if (volume) volumes.push(volume);
  }
  return { volumes, directories: new Set(directories) };
}

async function directoriesIn(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asPeerPodError(error, 'E_CLOUD_VOLUME', `read ${root}`);
  }
}

/** Undefined: not there yet, or no record. */
async function readBounded(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, 'r');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mountInfoBytesMax + 1), 0, mountInfoBytesMax + 1, 0);
    return bytesRead > mountInfoBytesMax ? undefined : buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw asPeerPodError(error, 'E_CLOUD_VOLUME', `read ${path}`);
  }
}
