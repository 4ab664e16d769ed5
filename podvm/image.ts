/** Builds a pod VM image: inputs, file trees, root file system, and the files that machines boot from. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAgent } from './agent.ts';
import { initrdTree, type Parts, packageNames, rootTree } from './contents.ts';
import { encodeCpio } from './cpio.ts';
import { hashRoot, writeDisks } from './disk.ts';
import { buildGuestExecutable } from './guest-executable.ts';
import { KernelModules } from './kernel-modules.ts';
import { Libraries } from './libraries.ts';
import { type ImageManifest, manifestFile } from './manifest.ts';
import { dependencyOf, fetchPackages } from './packages.ts';
import { encodeSbom } from './sbom.ts';

export interface ImageOptions {
  /** Replaced as a whole. */
  readonly output: string;
  /** Downloads; kept between builds. */
  readonly cache: string;
  /** Path or URL of a kata-agent; empty: the development agent. */
  readonly agent: string;
  readonly agentSha256: string | undefined;
  /** Disks for clouds, besides the files for direct boot. */
  readonly disks: boolean;
  /** Hears of each step when it has ended. */
  readonly onStep: (name: string, detail: string) => void;
}

/** Identifies the file system; the contents' digest is the root hash. */
const rootUuid = '70656572-706f-4473-8000-000000000001';

export async function buildImage(options: ImageOptions): Promise<ImageManifest> {
  const { output, onStep } = options;
  const staging = `${output}.new`;
  const work = `${output}.work`;
  for (const folder of [staging, work]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const { parts, kernel } = await gather(options, work);
  const initrd = encodeCpio(initrdTree(parts));
  onStep('initramfs', mebibytes(initrd.length));
  const root = makeRoot(parts, work);
  onStep('root file system', mebibytes(root.length));
  const verity = hashRoot(join(work, 'root.erofs'), root.length, work);
  onStep('dm-verity', `root hash ${verity.rootHash}`);
  writeFileSync(join(staging, 'vmlinuz'), kernel);
  writeFileSync(join(staging, 'initrd.cpio'), initrd);
  renameSync(join(work, 'root.erofs'), join(staging, 'root.erofs'));
  if (options.disks) {
    writeDisks({ root, verity, kernel, initrd, osRelease: 'ID=peerpods\nNAME="peerpods pod VM"\n' }, staging);
    onStep('disks', `podvm.qcow2 ${mebibytes(statSync(join(staging, 'podvm.qcow2')).size)}`);
  }
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  writeFileSync(
    join(staging, 'sbom.spdx.json'),
    encodeSbom({ packages: parts.packages, agent: parts.agent, sources: parts.guest.sources, version }),
  );
  const manifest: ImageManifest = {
    version: 1,
    kernelVersion: parts.kernelVersion,
    agent: parts.agent ? { origin: parts.agent.origin, sha256: parts.agent.sha256 } : 'development',
    rootHash: verity.rootHash,
    files: Object.fromEntries(
      readdirSync(staging)
        .toSorted()
        .map((name) => [name, describeFile(join(staging, name))]),
    ),
  };
  writeFileSync(join(staging, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(output, { recursive: true, force: true });
  renameSync(staging, output);
  rmSync(work, { recursive: true, force: true });
  return manifest;
}

async function gather(options: ImageOptions, work: string): Promise<{ parts: Parts; kernel: Buffer }> {
  const { cache, onStep } = options;
  const agent = await loadAgent(options.agent, options.agentSha256, cache);
  const [meta] = fetchPackages(['linux-image-cloud-amd64'], cache);
  if (!meta) throw new Error('no kernel package');
  const [kernelPackage] = fetchPackages([dependencyOf(meta, 'linux-image-', cache)], cache);
  if (!kernelPackage) throw new Error('no kernel package');
  const kernelVersion = kernelPackage.name.replace('linux-image-', '');
  const packages = [kernelPackage, ...fetchPackages(packageNames, cache)];
  onStep('Debian packages', `${packages.length}, kernel ${kernelVersion}`);
  const guest = await buildGuestExecutable(agent === undefined, work);
  onStep('guest programs', `${guest.names.join(', ')}; ${mebibytes(guest.executable.length)}`);
  const modules = new KernelModules(join(kernelPackage.root, 'lib/modules', kernelVersion));
  const parts = {
    packages,
    libraries: new Libraries(packages),
    kernelVersion,
    modules: (names: readonly string[]) => modules.closure(names),
    guest,
    agent,
  };
  return { parts, kernel: readFileSync(join(kernelPackage.root, 'boot', `vmlinuz-${kernelVersion}`)) };
}

function makeRoot(parts: Parts, work: string): Buffer {
  const folder = join(work, 'root');
  rootTree(parts).writeTo(folder);
  const image = join(work, 'root.erofs');
  execFileSync('mkfs.erofs', ['-T0', '-U', rootUuid, '-x-1', '--all-root', image, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(image);
}

function describeFile(path: string) {
  const content = readFileSync(path);
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
