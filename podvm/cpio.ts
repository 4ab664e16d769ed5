/** Writes a tree as a cpio archive of the "newc" kind, which the kernel unpacks: sorted, owned by root, born in 1970. */

import type { Tree, TreeEntry } from './tree.ts';

const types = { folder: 0o040000, file: 0o100000, link: 0o120000 } as const;

export function encodeCpio(tree: Tree): Buffer {
  const parts = tree.entries().flatMap(([path, entry], index) => member(path, entry, index + 1));
  return Buffer.concat([...parts, ...record('TRAILER!!!', 0, 0, 1, Buffer.alloc(0))]);
}

function member(path: string, entry: TreeEntry, inode: number): Buffer[] {
  switch (entry.kind) {
    case 'folder':
      return record(path, inode, types.folder | entry.mode, 2, Buffer.alloc(0));
    case 'link':
      return record(path, inode, types.link | 0o777, 1, Buffer.from(entry.target));
    case 'file':
      return record(path, inode, types.file | entry.mode, 1, entry.content);
  }
}

function record(path: string, inode: number, mode: number, links: number, content: Buffer): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const [uid, gid, mtime, device, checksum] = [0, 0, 0, 0, 0];
  const fields = [inode, mode, uid, gid, links, mtime, content.length, device, device, device, device, name.length];
  const head = [...fields, checksum].map((value) => value.toString(16).padStart(8, '0')).join('');
  return [aligned(Buffer.concat([Buffer.from(`070701${head}`), name])), aligned(content)];
}

function aligned(bytes: Buffer): Buffer {
  const missing = (4 - (bytes.length % 4)) % 4;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
