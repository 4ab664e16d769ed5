/** Reads the configurations of containerd, CRI-O and Kata, with what they include. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { parse } from 'smol-toml';
import { pathExists } from '#io/files.ts';
import { isKnown } from './check.ts';
import { configurationPathOf, type KataFacts, shimPathOf, type Toml } from './kata.ts';
import { observed } from './observe-host.ts';

export interface KataChoice {
  /** Where the worker's root is seen. */
  readonly hostRoot: string;
  /** Instead of what the runtime names. */
  readonly configuration: string | undefined;
  readonly hypervisorSocket: string;
  readonly handler: string;
}

const runtimeFiles = [
  '/etc/containerd/config.toml',
  '/var/lib/rancher/k3s/agent/etc/containerd/config.toml',
  '/var/lib/rancher/rke2/agent/etc/containerd/config.toml',
  '/etc/crio/crio.conf',
  '/etc/crio/crio.conf.d/*.conf',
];
const configurations = [
  '/opt/kata/share/defaults/kata-containers/runtimes/remote/configuration-remote.toml',
  '/opt/kata/share/defaults/kata-containers/configuration-remote.toml',
  '/etc/kata-containers/configuration-remote.toml',
];
/** Files included by others, in all. */
const includedMax = 64;

export async function observeKata(choice: KataChoice): Promise<KataFacts> {
  const { hostRoot, hypervisorSocket, handler } = choice;
  const files: KataFacts['runtimeFiles'][number][] = [];
  const queue = [...runtimeFiles];
  const seen = new Set<string>();
  for (let pattern = queue.shift(); pattern !== undefined && seen.size < includedMax; pattern = queue.shift()) {
    for (const path of await matching(hostRoot, pattern)) {
      if (seen.has(path)) continue;
      seen.add(path);
      const toml = await readToml(join(hostRoot, path));
      files.push({ path, toml });
      if (isKnown(toml)) queue.unshift(...includesOf(toml.value, path));
    }
  }
  const named = choice.configuration ?? configurationPathOf(files, handler) ?? (await firstThere(hostRoot));
  const shim = shimPathOf(files, handler);
  return {
    runtimeFiles: files,
    configuration: { path: named, toml: await readToml(join(hostRoot, named)) },
    shimExists: shim === undefined ? undefined : await pathExists(join(hostRoot, shim)),
    hypervisorSocket,
    handler,
  };
}

const readToml = (path: string) => observed(async () => parse(await readFile(path, 'utf8')) as Toml);

async function firstThere(hostRoot: string): Promise<string> {
  for (const path of configurations) if (await pathExists(join(hostRoot, path))) return path;
  return configurations[0] ?? '';
}

/** Relative to the file that names them; the last part may have stars. */
function includesOf(toml: Toml, path: string): readonly string[] {
  const { imports } = toml;
  const list = Array.isArray(imports) ? imports.filter((entry) => typeof entry === 'string') : [];
  return list.map((entry) => (isAbsolute(entry) ? entry : join(dirname(path), entry)));
}

/** Sorted, as containerd and CRI-O read them. */
async function matching(hostRoot: string, pattern: string): Promise<readonly string[]> {
  const folder = dirname(pattern);
  const escaped = basename(pattern).replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  const name = new RegExp(`^${escaped.replaceAll('*', '.*')}$`);
  const entries = await readdir(join(hostRoot, folder)).catch(() => []);
  return entries
    .filter((entry) => name.test(entry))
    .toSorted()
    .map((entry) => join(folder, entry));
}
