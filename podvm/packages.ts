/** Debian packages as inputs of the image: fetched by apt, which checks their signatures, and unpacked beside. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly sha256: string;
  /** Where its files lie. */
  readonly root: string;
}

/** The newest version that this machine's apt knows of each; what is in the cache already is not fetched again. */
export function fetchPackages(names: readonly string[], cache: string): readonly DebianPackage[] {
  const folder = join(cache, 'debian');
  mkdirSync(folder, { recursive: true });
  // 'URI' FILE SIZE SHA256:HEX
  const announced = announce(names, folder)
    .split('\n')
    .filter((line) => line.includes(' SHA256:'));
  return names.map((name) => {
    const [, file, , digest] =
      announced.map((line) => line.split(' ')).find((words) => words[1]?.startsWith(`${name}_`)) ?? [];
    const sha256 = digest?.replace('SHA256:', '') ?? '';
    if (file === undefined || !/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`apt knows no digest of ${name}`);
    return fetchPackage(name, file, sha256, folder);
  });
}

/** Which package a meta-package stands for: the one that it depends on by exact version. */
export function dependencyOf(meta: DebianPackage, prefix: string, cache: string): string {
  const file = readdirSync(join(cache, 'debian')).find(
    (entry) => entry.startsWith(`${meta.name}_`) && entry.endsWith(`.${meta.sha256.slice(0, 16)}.deb`),
  );
  if (file === undefined) throw new Error(`${meta.name} is not in the cache`);
  const depends = field(join(cache, 'debian', file), 'Depends');
  const found = depends
    .split(',')
    .map((entry) => entry.trim().split(' ')[0] ?? '')
    .find((entry) => entry.startsWith(prefix));
  if (found === undefined) throw new Error(`${meta.name} depends on no ${prefix}*: ${depends}`);
  return found;
}

function fetchPackage(name: string, file: string, sha256: string, folder: string): DebianPackage {
  const place = join(folder, `${name}_.${sha256.slice(0, 16)}.deb`);
  if (!existsSync(place) || digestOf(place) !== sha256) {
    apt(['download', name], folder);
    const fetched = join(folder, file); // a colon of the version stays %3a in the name
    if (digestOf(fetched) !== sha256) throw new Error(`${file} is not what apt announced`);
    renameSync(fetched, place);
  }
  const root = place.replace(/\.deb$/, '');
  if (!existsSync(root)) {
    rmSync(`${root}.new`, { recursive: true, force: true });
    execFileSync('dpkg-deb', ['-x', place, `${root}.new`]);
    renameSync(`${root}.new`, root);
  }
  return { name, version: field(place, 'Version'), architecture: field(place, 'Architecture'), sha256, root };
}

function announce(names: readonly string[], folder: string): string {
  const question = ['download', '--print-uris', ...names];
  try {
    return apt(question, folder);
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    apt(['update'], folder); // a fresh machine has no lists yet
    return apt(question, folder);
  }
}

function apt(args: readonly string[], cwd: string): string {
  // Its own user may not write into a cache of root's.
  return execFileSync('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function field(deb: string, name: string): string {
  return execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).trim();
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
