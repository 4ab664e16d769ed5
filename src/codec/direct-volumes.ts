/** Block volumes that a CSI driver on the worker left for the pod VM: their order is their LUN, here and at the cloud. */

export interface DirectVolume {
  /** Where kubelet wants it on the worker: the source of the mounts that mean this volume. */
  readonly targetPath: string;
  /** The provider's id of the disk. */
  readonly diskId: string;
  readonly fsType: string;
  readonly encryptType: string | undefined;
  /** Of the key at the key broker; not the key. */
  readonly keyId: string | undefined;
}

export interface PodVolume extends DirectVolume {
  /** Position among the pod's volumes: the provider attaches them in this order. */
  readonly lun: number;
}

/** An OCI mount, as far as it matters here. */
export interface MountPoint {
  readonly source: string;
  readonly destination: string;
}

export const targetPathKey = 'io.confidentialcontainers.org.peerpodvolumes.target_path';
export const cloudVolumesKey = 'io.confidentialcontainers.org.cloud_volumes';
export const mountInfoFile = 'mountInfo.json';

const csiPart = '/volumes/kubernetes.io~csi/';
const fsTypeDefault = 'ext4';

/** The name of a volume's directory; base64url with padding. */
export function directVolumeName(targetPath: string): string {
  const text = Buffer.from(targetPath, 'utf8').toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/** The target path that a directory name stands for; undefined when it is none of a CSI volume. */
export function parseDirectVolumeName(name: string): string | undefined {
  if (name.length % 4 !== 0 || !/^[A-Za-z0-9_-]+={0,2}$/.test(name)) return undefined;
  try {
    const path = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(name, 'base64url'));
    return path.includes(csiPart) && !path.includes('\0') ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined: no JSON, of another shape, or without a disk; such a volume takes no LUN. */
export function parseMountInfo(targetPath: string, text: string): DirectVolume | undefined {
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof info !== 'object' || info === null) return undefined;
  const { device = '', fstype = '', metadata } = info as Readonly<Record<string, unknown>>;
  const entries = Object.entries(typeof metadata === 'object' && metadata !== null ? metadata : {});
  if (![device, fstype, ...entries.map(([, value]) => value)].every((value) => typeof value === 'string')) {
    return undefined;
  }
  const about = new Map<string, string>(entries);
  const diskId = about.get('cloud-volume-path') || String(device);
  if (diskId === '') return undefined;
  return {
    targetPath,
    diskId,
    fsType: String(fstype) || fsTypeDefault,
    encryptType: about.get('encrypt-type') || undefined,
    keyId: about.get('kbs-key-id') || undefined,
  };
}

/**
 * The volumes of one pod among all of the worker, numbered. Without this choice every pod's volumes would be attached
 * to every pod VM, so a uid is needed: an empty one gives none.
 */
export function volumesOfPod(volumes: readonly DirectVolume[], podUid: string): readonly PodVolume[] {
  if (podUid === '') return [];
  const own = volumes.filter(({ targetPath }) => targetPath.includes(`/pods/${podUid}/`));
  return own.map((volume, lun) => ({ ...volume, lun }));
}

/** What the forwarder is to mount for one container; undefined when the container uses none of the volumes. */
export function cloudVolumesAnnotation(
  volumes: readonly PodVolume[],
  mounts: readonly MountPoint[],
): string | undefined {
  const entries = volumes.flatMap((volume) => {
    const mount = mounts.find(({ source, destination }) => source === volume.targetPath && destination !== '');
    if (!mount) return [];
    const entry = {
      mount_point: mount.destination,
      fs_type: volume.fsType,
      lun: String(volume.lun),
      disk_id: volume.diskId,
      encrypt_type: volume.encryptType,
      key_id: volume.keyId,
    };
    return [[`vol-${volume.lun}`, entry] as const];
  });
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries));
}

/**
 * The mount sources that the VM must wait for, joined by commas; undefined when there is none. `directories`: names in
 * the direct-volumes folder. `existing`: what the annotation holds already.
 */
export function targetPathAnnotation(
  mounts: readonly MountPoint[],
  directories: ReadonlySet<string>,
  existing = '',
): string | undefined {
  const paths = mounts
    .map(({ source }) => source)
    .filter((source) => cleanPath(source).includes(csiPart) && directories.has(directVolumeName(source)));
  return paths.length === 0 ? undefined : [...(existing === '' ? [] : [existing]), ...paths].join(',');
}

/** Go's filepath.Clean for absolute paths: `//`, `.` and `..` do not hide where a path leads. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
