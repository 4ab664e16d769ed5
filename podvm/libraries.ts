/** Finds the shared libraries of programs among the unpacked packages. */

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { neededLibraries } from './elf.ts';
import type { DebianPackage } from './packages.ts';
import type { Tree } from './tree.ts';

const folders = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu', 'lib64', 'usr/lib64'] as const;
/** The kernel finds the loader under this name, which is written into each program. */
const loader = 'ld-linux-x86-64.so.2';

export class Libraries {
  readonly #places = new Map<string, string>();

  constructor(packages: readonly DebianPackage[]) {
    for (const { root } of packages) {
      for (const folder of folders) {
        for (const name of namesIn(join(root, folder))) this.#places.set(name, join(root, folder, name));
      }
    }
  }

  /** Puts into the tree what `programs` need, and what that needs in turn. */
  addFor(programs: readonly Buffer[], tree: Tree): void {
    const wanted = programs.flatMap(neededLibraries);
    if (wanted.length === 0) return;
    for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
      const place = name === loader ? `lib64/${name}` : `lib/x86_64-linux-gnu/${name}`;
      if (tree.has(place)) continue;
      const source = this.#places.get(name);
      if (source === undefined) throw new Error(`no package has the library ${name}`);
      const content = readFileSync(realpathSync(source));
      tree.file(place, content, 0o755);
      wanted.push(...neededLibraries(content));
    }
    const source = this.#places.get(loader);
    if (source === undefined) throw new Error(`no package has ${loader}`);
    tree.file(`lib64/${loader}`, readFileSync(realpathSync(source)), 0o755);
  }
}

function namesIn(folder: string): readonly string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder).filter((name) => basename(name).includes('.so'));
}
