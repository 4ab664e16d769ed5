/** Which block device of this VM is a cloud volume: each cloud names its disks in a way of its own. */

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemErrorCode } from '#base/errors.ts';
import type { CloudVolume } from './volume-annotation.ts';

export type VolumePlatform = 'azure' | 'aws' | 'libvirt' | 'other';

/** What Azure writes into the chassis asset tag of all its VMs. */
const azureAssetTag = '7783-7084-3265-9085-8269-3286-77';
const awsPrefix = 'nvme-Amazon_Elastic_Block_Store_';

/** `root` is where dev and sys are: '/' but in tests. */
export async function detectVolumePlatform(root: string): Promise<VolumePlatform> {
  if (await exists(join(root, 'dev/disk/azure'))) return 'azure';
  if ((await readText(join(root, 'sys/class/dmi/id/chassis_asset_tag'))).trim() === azureAssetTag) return 'azure';
  const byId = await names(join(root, 'dev/disk/by-id'));
  if (byId.some((name) => name.startsWith(awsPrefix))) return 'aws';
  return (await names(join(root, 'dev'))).some((name) => /^vd[a-z]$/.test(name)) ? 'libvirt' : 'other';
}

/**
 * One look; the path of the device node, or undefined while there is none. `mountInfo` is the text of mountinfo: a
 * disk that is known by its SCSI address only, and in use, is not the volume.
 */
export async function findVolumeDevice(
  root: string,
  platform: VolumePlatform,
  volume: Pick<CloudVolume, 'lun' | 'diskId'>,
  mountInfo: string,
): Promise<string | undefined> {
  const named = await findNamed(root, platform, volume);
  return named ?? (await findByScsiAddress(root, volume.lun, mountInfo));
}

async function findNamed(
  root: string,
  platform: VolumePlatform,
  { lun, diskId }: Pick<CloudVolume, 'lun' | 'diskId'>,
): Promise<string | undefined> {
  switch (platform) {
    case 'azure':
      return findAzure(root, lun);
    case 'aws':
      return findAws(root, diskId);
    case 'libvirt':
      return lun > 24 ? undefined : target(join(root, 'dev', `vd${String.fromCharCode(98 + lun)}`));
    case 'other':
      return undefined;
  }
}

async function findAzure(root: string, lun: number): Promise<string | undefined> {
  for (const link of [`data/by-lun/${lun}`, `scsi1/lun${lun}`]) {
    const device = await target(join(root, 'dev/disk/azure', link));
    if (device !== undefined) return device;
  }
  const byPath = join(root, 'dev/disk/by-path');
  for (const name of await names(byPath)) {
    if (!name.includes('vmbus') || !name.endsWith(`-lun-${lun}`)) continue;
    const device = await target(join(byPath, name));
    // Controller 0 has the system's disk and the temporary one.
    if (device !== undefined && (await scsiAddress(root, basename(device)))?.host !== 0) return device;
  }
  return undefined;
}

/** NVMe numbers disks in the order of their discovery, so only the volume's id tells which one it is. */
async function findAws(root: string, diskId: string): Promise<string | undefined> {
  const id = diskId.replaceAll('-', '');
  if (id === '') return undefined;
  const byId = join(root, 'dev/disk/by-id');
  const own = (await names(byId)).find(
    // With a namespace number or without; partitions end in -partN.
    (name) => name.startsWith(awsPrefix + id) && /^(_\d+|-ns-\d+)?$/.test(name.slice(awsPrefix.length + id.length)),
  );
  return own === undefined ? undefined : target(join(byId, own));
}

interface ScsiDisk {
  readonly name: string;
  readonly host: number;
  readonly lun: number;
}

/** Controllers above 0 first: where there are several, 0 has the system's disk. */
async function findByScsiAddress(root: string, lun: number, mountInfo: string): Promise<string | undefined> {
  const disks: ScsiDisk[] = [];
  for (const name of await names(join(root, 'sys/block'))) {
    const address = /^(sd|nvme|vd)/.test(name) ? await scsiAddress(root, name) : undefined;
    if (address?.lun === lun) disks.push({ name, ...address });
  }
  const mounted = new Set(mountInfo.split('\n').map((line) => line.split(' ')[2]));
  for (const disk of disks.toSorted((a, b) => Number(a.host === 0) - Number(b.host === 0))) {
    const partitions = (await names(join(root, 'sys/block', disk.name))).filter((name) => name.startsWith(disk.name));
    if (disk.host === 0 && partitions.length > 0) continue;
    if (await isInUse(root, disk.name, partitions, mounted)) continue;
    return join(root, 'dev', disk.name);
  }
  return undefined;
}

async function isInUse(
  root: string,
  name: string,
  partitions: readonly string[],
  mounted: ReadonlySet<string | undefined>,
): Promise<boolean> {
  const folder = join(root, 'sys/block', name);
  for (const path of [folder, ...partitions.map((partition) => join(folder, partition))]) {
    if (mounted.has((await readText(join(path, 'dev'))).trim())) return true;
    if ((await names(join(path, 'holders'))).length > 0) return true;
  }
  return false;
}

/** From HOST:CHANNEL:TARGET:LUN, which is a part of the device's path in sysfs. */
async function scsiAddress(root: string, name: string): Promise<{ host: number; lun: number } | undefined> {
  const path = await target(join(root, 'sys/block', name, 'device'));
  const part = path?.split('/').find((each) => /^\d+:\d+:\d+:\d+$/.test(each));
  const [host, , , lun] = part?.split(':').map(Number) ?? [];
  return host === undefined || lun === undefined ? undefined : { host, lun };
}

async function names(directory: string): Promise<readonly string[]> {
  return (await orNothing(readdir(directory)))?.toSorted() ?? [];
}

async function readText(path: string): Promise<string> {
  return (await orNothing(readFile(path, 'utf8'))) ?? '';
}

async function exists(path: string): Promise<boolean> {
  return (await orNothing(stat(path))) !== undefined;
}

/** Where a path leads once every link in it is followed. */
function target(path: string): Promise<string | undefined> {
  return orNothing(realpath(path));
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}
