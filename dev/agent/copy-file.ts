/** CopyFile: a file comes in pieces, and is there under its name only when it is whole. */

import { constants } from 'node:fs';
import { chmod, lchown, mkdir, open, rename, rm, symlink } from 'node:fs/promises';
import { dirname, normalize } from 'node:path';
import { PeerPodError } from '#base/errors.ts';

export interface FilePiece {
  readonly path: string;
  readonly fileBytes: number;
  /** With the file's type: a plain file, a directory or a symbolic link. */
  readonly fileMode: number;
  readonly directoryMode: number;
  readonly uid: number;
  readonly gid: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Only below `root`. Throws E_ARGUMENT, or E_IO when the file system refuses. */
export async function copyFile(root: string, piece: FilePiece): Promise<void> {
  const { path, fileBytes, offset, data } = piece;
  if (!path.startsWith(`${root}/`) || normalize(path) !== path) {
    throw new PeerPodError('E_ARGUMENT', `${JSON.stringify(path)} is not a plain path below ${root}`);
  }
  if (offset < 0 || offset + data.length > fileBytes) {
    throw new PeerPodError('E_ARGUMENT', `bytes ${offset} to ${offset + data.length} of a file of ${fileBytes}`);
  }
  try {
    await mkdir(dirname(path), { recursive: true, mode: piece.directoryMode & 0o7777 });
    await write(piece);
  } catch (cause) {
    throw new PeerPodError('E_IO', `copy ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

async function write(piece: FilePiece): Promise<void> {
  const { path, fileMode } = piece;
  switch (fileMode & constants.S_IFMT) {
    case constants.S_IFDIR:
      await mkdir(path, { recursive: true });
      await own(path, piece);
      return await chmod(path, fileMode & 0o7777);
    case constants.S_IFLNK:
      await rm(path, { force: true });
      await symlink(Buffer.from(piece.data).toString('utf8'), path);
      return await own(path, piece);
    default:
      return await writePlain(piece);
  }
}

async function writePlain(piece: FilePiece): Promise<void> {
  const { path, fileBytes, fileMode, offset, data } = piece;
  const staged = `${path}.tmp`;
  const file = await open(staged, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    await file.write(data, 0, data.length, offset);
    if ((await file.stat()).size < fileBytes) return;
  } finally {
    await file.close();
  }
  await own(staged, piece);
  await chmod(staged, fileMode & 0o7777);
  await rename(staged, path);
}

/** Nobody but root can give a file away, and in a user namespace only to those whom it knows. */
async function own(path: string, { uid, gid }: FilePiece): Promise<void> {
  if (process.getuid?.() === 0) await lchown(path, uid, gid);
}
