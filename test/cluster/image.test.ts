/** What the Dockerfile says, and the file tree that its last step makes, without an engine for containers. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { readDpkgStatus } from '../../image/dpkg-status.ts';
import { installedPackages, neededPaths } from '../../image/lock-file.ts';
import { read, root } from '../support/sources.ts';

const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ');
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const manifest = JSON.parse(read('package.json')) as {
  version: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test('its stages are known, start from one base, and end with the image that runs as nobody', () => {
  const stages = instructions.filter((line) => line.startsWith('FROM ')).map((line) => line.slice(5).split(' AS '));
  assert.deepEqual(
    stages.map(([, name]) => name),
    ['manifests', 'build', 'assembled', 'libvirt', 'peerpods'],
  );
  for (const [from = ''] of stages) assert.match(from, /^(\$\{BASE\}|assembled)$/);
  const users = instructions.filter((line) => line.startsWith('USER ')).map((line) => line.slice(5));
  assert.deepEqual(users, ['65532:65532', '0', '65532:65532'], 'root only while a stage installs something');
});

test('everything that it copies is in the tree and not kept from it', () => {
  const ignored = read('.dockerignore').split('\n');
  const sources = instructions
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  assert.ok(sources.length > 8);
  for (const source of sources) {
    assert.ok(existsSync(join(root, source)), source);
    assert.ok(ignored.includes(`!${source.split('/')[0]}`), `${source} is in .dockerignore's list`);
  }
  assert.equal(
    ignored.find((line) => line !== '' && !line.startsWith('#')),
    '*',
    'nothing goes in unnamed',
  );
});

test('the Node that it fetches is the one of package.json, for both processors', () => {
  const files = read('image/node-runtime.sha512').trim().split('\n');
  const wanted = ['x64', 'arm64'].map((name) => `node-linux-${name}-${manifest.dependencies.node}.tgz`);
  assert.deepEqual(
    files.map((line) => /^[0-9a-f]{128} {2}(\S+)$/.exec(line)?.[1]),
    wanted,
  );
});

test('the programs of package.json can be run by their names', () => {
  for (const path of Object.values(manifest.bin)) assert.match(read(path), /^#!\/usr\/bin\/env node\n/, path);
});

const folder = mkdtempSync(join(tmpdir(), 'peerpods-image-'));
const out = join(folder, 'out');
const app = join(out, 'usr/lib/peerpods');

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly content: string }[];
}

let parts: { components: Component[]; dependencies: { ref: string; dependsOn: string[] }[]; serialNumber: string };

before(() => {
  const status = join(root, 'test/cluster/dpkg-status.txt');
  execFileSync(process.execPath, [join(root, 'image/main.ts'), '--out', out, '--dpkg-status', status]);
  parts = JSON.parse(readFileSync(join(out, 'usr/share/sbom/peerpods.cdx.json'), 'utf8'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

function* everything(at: string): Generator<string> {
  for (const entry of readdirSync(at, { withFileTypes: true })) {
    const path = join(at, entry.name);
    yield path;
    if (entry.isDirectory()) yield* everything(path);
  }
}

test('every program and every provider starts from the tree alone', () => {
  const env = { PATH: `${join(out, 'usr/local/bin')}:/usr/bin:/bin` };
  const run = (...[program = '', ...args]: string[]) =>
    spawnSync(join(out, 'usr/local/bin', program), args, { env, encoding: 'utf8', cwd: '/' });
  for (const name of Object.keys(manifest.bin)) {
    const { stdout, stderr } = run(name, '--help');
    assert.match(stdout + stderr, new RegExp(`Usage:\\s+${name}`));
  }
  for (const name of ['aws', 'azure', 'ibmcloud', 'libvirt', 'vsphere']) {
    const { stdout, stderr, status } = run('cloud-api-adaptor', name, '-help');
    assert.match(stdout, new RegExp(`Options of ${name}:`), stderr);
    assert.equal(status, 0);
  }
});

test('nothing is in it that only developers need, and nobody but root may write it', () => {
  const paths = [...everything(out)];
  const wrong = paths.filter((path) => /\.test\.ts$|\.map$|\.d\.[mc]?ts$|node_modules\/\.bin|\.c$/.test(path));
  assert.deepEqual(wrong, []);
  const development = Object.keys(manifest.devDependencies).filter((name) =>
    existsSync(join(app, 'node_modules', name)),
  );
  assert.deepEqual(development, []);
  const open = paths.filter((path) => !lstatSync(path).isSymbolicLink() && lstatSync(path).mode & 0o7777 & 0o7022);
  assert.deepEqual(open, []);
  const closed = paths.filter((path) => !lstatSync(path).isSymbolicLink() && (lstatSync(path).mode & 0o044) !== 0o044);
  assert.deepEqual(closed, [], 'who runs it is not who owns it');
  const bytes = paths.reduce((sum, path) => sum + (lstatSync(path).isFile() ? lstatSync(path).size : 0), 0);
  assert.ok(bytes < 220e6, `${bytes} bytes above the base`);
});

test('the list of parts and the packages in the tree are the same', () => {
  const inTree = [...everything(join(app, 'node_modules'))]
    .filter((path) => /node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string })
    .map(({ name, version }) => `pkg:npm/${name?.replace('@', '%40')}@${version}`);
  const listed = parts.components.map(({ purl }) => purl ?? '').filter((purl) => /^pkg:npm\/(?!node@)/.test(purl));
  assert.deepEqual([...new Set(listed)].toSorted(), [...new Set(inTree)].toSorted());
  assert.ok(listed.length > 150);
});

test('in the list of parts each reference leads somewhere, each package has its digest, and Debian is named', () => {
  const known = new Set(['peerpods', ...parts.components.map((component) => component['bom-ref'])]);
  assert.equal(known.size, parts.components.length + 1, 'no reference twice');
  const astray = parts.dependencies
    .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
    .filter((ref) => !known.has(ref));
  assert.deepEqual(astray, []);
  const packages = parts.components.filter(({ purl }) => /^pkg:npm\/(?!node@)/.test(purl ?? ''));
  assert.deepEqual(
    packages.filter(({ hashes }) => !/^[0-9a-f]{128}$/.test(hashes?.[0]?.content ?? '')),
    [],
  );
  assert.ok(known.has('pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64'));
  assert.match(parts.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('of a root file system only the packages that are whole count', () => {
  const names = readDpkgStatus(read('test/cluster/dpkg-status.txt')).map(({ name }) => name);
  assert.deepEqual(names, ['libc6', 'libstdc++6']);
});

test("a need is looked up as Node does it: beside the one who asks, then above; a workspace's link is followed", () => {
  const packages = {
    '': {},
    'node_modules/a': { dependencies: { b: '1', c: '1', ours: '*' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
    'node_modules/b': {},
    'node_modules/c': { peerDependencies: { absent: '1' } },
    'node_modules/ours': { link: true, resolved: 'providers/ours' },
    'providers/ours': { dependencies: { '@s/d': '1' } },
    'node_modules/@s/d': { optionalDependencies: { b: '1' }, dev: true },
  };
  assert.deepEqual(neededPaths(packages, 'node_modules/a'), [
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'providers/ours',
  ]);
  assert.deepEqual(neededPaths(packages, 'node_modules/a/node_modules/b'), ['node_modules/c']);
  assert.deepEqual(neededPaths(packages, 'node_modules/c'), []);
  assert.deepEqual(neededPaths(packages, 'providers/ours'), ['node_modules/@s/d']);
  assert.deepEqual(neededPaths(packages, 'node_modules/@s/d'), ['node_modules/b']);
  const installed = installedPackages({ lockfileVersion: 3, packages }, (path) => path === 'node_modules/b');
  assert.deepEqual(
    installed.map(({ path }) => relative('node_modules', path)),
    ['a', 'a/node_modules/b', 'c', '../providers/ours'],
  );
});
