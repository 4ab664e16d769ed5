/** A file tree in memory: what goes into an initramfs or a root file system, free of the times and owners of a disk. */

import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type TreeEntry =
  | { readonly kind: 'folder'; readonly mode: number }
  | { readonly kind: 'file'; readonly mode: number; readonly content: Buffer }
  | { readonly kind: 'link'; readonly target: string };

/** By path without a leading slash; folders above a path come by themselves. */
export class Tree {
  readonly #entries = new Map<string, TreeEntry>();

  folder(path: string, mode = 0o755): this {
    if (path === '.' || path === '') return this;
    this.folder(dirname(path));
    if (!this.#entries.has(path) || mode !== 0o755) this.#entries.set(path, { kind: 'folder', mode });
    return this;
  }

  file(path: string, content: Buffer | string, mode = 0o644): this {
    this.folder(dirname(path));
    this.#entries.set(path, { kind: 'file', mode, content: Buffer.from(content) });
    return this;
  }

  link(path: string, target: string): this {
    this.folder(dirname(path));
    this.#entries.set(path, { kind: 'link', target });
    return this;
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Sorted by path, so that a folder comes before what is in it. */
  entries(): readonly (readonly [string, TreeEntry])[] {
    return [...this.#entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
  }

  writeTo(root: string): void {
    mkdirSync(root, { recursive: true });
    for (const [path, entry] of this.entries()) {
      const place = join(root, path);
      if (entry.kind === 'folder') mkdirSync(place);
      else if (entry.kind === 'link') symlinkSync(entry.target, place);
      else writeFileSync(place, entry.content);
      if (entry.kind !== 'link') chmodSync(place, entry.mode); // past the umask
    }
    // Last, since each entry made touches its folder.
    for (const [path, entry] of this.entries()) if (entry.kind !== 'link') utimesSync(join(root, path), 0, 0);
  }
}
