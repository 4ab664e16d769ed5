/** Which of the kernel's modules go into an image: those named, and what they depend on, with modprobe's tables. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { moduleInfo } from './elf.ts';
import type { Tree } from './tree.ts';

export interface KernelModule {
  readonly name: string;
  /** Below lib/modules/VERSION. */
  readonly path: string;
  readonly content: Buffer;
  /** Names, as the module gives them. */
  readonly depends: readonly string[];
  readonly aliases: readonly string[];
  readonly softDependencies: readonly string[];
}

/** Modules of one kernel package by name, read when they are asked for. */
export class KernelModules {
  readonly #root: string;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #builtin: ReadonlySet<string>;
  readonly #read = new Map<string, KernelModule>();

  /** `root` is .../lib/modules/VERSION. */
  constructor(root: string) {
    this.#root = root;
    this.#paths = new Map(modulesBelow(root).map((path) => [moduleName(path), relative(root, path)]));
    const builtin = readFileSync(join(root, 'modules.builtin'), 'utf8').split('\n').filter(Boolean);
    this.#builtin = new Set(builtin.map(moduleName));
  }

  /** In an order in which they can be loaded. Throws for a name that the kernel knows neither as a module nor inside. */
  closure(names: readonly string[]): readonly KernelModule[] {
    const found = new Map<string, KernelModule>();
    const visit = (name: string, path: readonly string[]) => {
      if (found.has(name) || this.#builtin.has(name)) return;
      if (path.includes(name)) throw new Error(`modules depend on each other: ${[...path, name].join(' → ')}`);
      const module = this.#module(name);
      for (const dependency of module.depends) visit(dependency, [...path, name]);
      found.set(name, module);
    };
    for (const name of names) visit(name, []);
    return [...found.values()];
  }

  #module(name: string): KernelModule {
    const known = this.#read.get(name);
    if (known) return known;
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`this kernel has no module ${name}`);
    const content = readModule(join(this.#root, path));
    const info = moduleInfo(content);
    const valuesOf = (key: string) => info.filter(([one]) => one === key).map(([, value]) => value);
    const module = {
      name,
      path: path.replace(/\.xz$/, ''),
      content,
      depends: valuesOf('depends').flatMap((list) => list.split(',').filter(Boolean).map(moduleName)),
      aliases: valuesOf('alias'),
      softDependencies: valuesOf('softdep'),
    };
    this.#read.set(name, module);
    return module;
  }
}

/** The modules and the two tables that busybox's modprobe reads. */
export function addModules(tree: Tree, version: string, modules: readonly KernelModule[]): void {
  const root = `lib/modules/${version}`;
  const byName = new Map(modules.map((module) => [module.name, module]));
  const inOrderOfLoading = (module: KernelModule): KernelModule[] =>
    module.depends.flatMap((name) => {
      const needed = byName.get(name);
      return needed ? [...inOrderOfLoading(needed), needed] : [];
    });
  // modprobe loads them from the last to the first.
  const pathsOf = (module: KernelModule) => [...new Set(inOrderOfLoading(module).map(({ path }) => path))].toReversed();
  const sorted = modules.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  for (const { path, content } of sorted) tree.file(`${root}/${path}`, content);
  const dependencies = sorted.map((module) => `${module.path}: ${pathsOf(module).join(' ')}`.trimEnd());
  const aliases = sorted.flatMap(({ name, aliases: own }) => own.map((alias) => `alias ${alias} ${name}`));
  tree.file(`${root}/modules.dep`, `${dependencies.join('\n')}\n`);
  tree.file(`${root}/modules.alias`, `${aliases.join('\n')}\n`);
}

function modulesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ko(\.xz)?$/.test(path))
    .toSorted()
    .map((path) => join(root, path));
}

/** The kernel takes - and _ for the same. */
function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_');
}

function readModule(path: string): Buffer {
  if (!path.endsWith('.xz')) return readFileSync(path);
  return execFileSync('xz', ['-dc', path], { maxBuffer: 64 * 1024 * 1024 });
}
