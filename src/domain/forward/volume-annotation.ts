/** The cloud volumes of a container, as the worker names them in an annotation: checked before anything is done. */

import { basename } from 'node:path';
import { PeerPodError } from '#base/errors.ts';

export const cloudVolumesKey = 'io.confidentialcontainers.org.cloud_volumes';

export type VolumeFileSystem = 'ext4' | 'ext3' | 'xfs';

export interface CloudVolume {
  /** A plain file name. */
  readonly name: string;
  /** Destination of the container's mount that means this volume. */
  readonly mountPoint: string;
  readonly fileSystem: VolumeFileSystem;
  readonly lun: number;
  /** The provider's id of the disk; empty when it has none. */
  readonly diskId: string;
  /** Group that is to own the root of the volume. */
  readonly fsGroup: number | undefined;
  /** Id of the key at the key broker, of a volume that is to be encrypted. */
  readonly keyId: string | undefined;
}

const fileSystems: ReadonlySet<string> = new Set(['ext4', 'ext3', 'xfs']);
const groupIdMax = 0xffff_fffe; // the highest value means "no change" to chown
const volumesMax = 256;

/** In order of their names. Empty when there is no annotation or an empty one; throws E_CLOUD_VOLUME. */
export function parseCloudVolumes(annotation: string | undefined): readonly CloudVolume[] {
  if (annotation === undefined || annotation === '') return [];
  const entries = Object.entries(parseObject(annotation));
  if (entries.length > volumesMax) throw fault(`${entries.length} cloud volumes, the limit is ${volumesMax}`);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, fields]) => parseVolume(name, fields));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw fault('the annotation is not JSON', cause);
  }
  if (json === null) return {};
  if (typeof json !== 'object' || Array.isArray(json)) throw fault('the annotation is not a JSON object');
  return json as Readonly<Record<string, unknown>>;
}

function parseVolume(name: string, fields: unknown): CloudVolume {
  const shown = JSON.stringify(name.slice(0, 80));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw fault(`${shown} is no object`);
  const text = (key: string): string => {
    const value = (fields as Readonly<Record<string, unknown>>)[key] ?? '';
    if (typeof value !== 'string') throw fault(`${key} of ${shown} is not a text`);
    return value;
  };
  const [mountPoint, lun] = [text('mount_point'), text('lun')];
  if (mountPoint === '' || lun === '') throw fault(`${shown} has no mount_point or no lun`);
  if (!isPlainName(name)) throw fault(`${shown} is not a plain file name`);
  const fileSystem = text('fs_type') || 'ext4';
  if (!fileSystems.has(fileSystem))
    throw fault(`file system ${JSON.stringify(fileSystem)} of ${shown} is not supported`);
  if (!/^\d{1,5}$/.test(lun)) throw fault(`lun ${JSON.stringify(lun.slice(0, 20))} of ${shown} is not a number`);
  return {
    name,
    mountPoint,
    fileSystem: fileSystem as VolumeFileSystem,
    lun: Number(lun),
    diskId: text('disk_id'),
    fsGroup: parseGroup(text('fs_group')),
    keyId: parseKey(shown, text('encrypt_type'), text('key_id')),
  };
}

/** The name becomes a directory and part of a device-mapper name, whose length the kernel bounds. */
function isPlainName(name: string): boolean {
  return /^\P{Cc}{1,100}$/u.test(name) && basename(name) === name && name !== '.' && name !== '..';
}

/** Not a number: ignored, as the original does. */
function parseGroup(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= groupIdMax ? Number(text) : undefined;
}

function parseKey(shown: string, encryptType: string, keyId: string): string | undefined {
  if (encryptType === '') return undefined;
  if (keyId === '') throw fault(`${shown} is to be encrypted and has no key_id`);
  if (!/^luks2?$/i.test(encryptType)) throw fault(`encryption ${JSON.stringify(encryptType)} of ${shown} is unknown`);
  return keyId;
}

function fault(text: string, cause?: unknown): PeerPodError {
  return new PeerPodError('E_CLOUD_VOLUME', `cloud volumes: ${text}`, cause === undefined ? undefined : { cause });
}
