/** The image's last step: makes the file tree that goes on top of the base, and the list of its parts. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assembleTree, isDropped } from './assemble.ts';
import { cycloneDx } from './cyclonedx.ts';
import { readDpkgStatus } from './dpkg-status.ts';
import { installedPackages } from './lock-file.ts';

const usage = `node image/main.ts --out FOLDER [--dpkg-status FILE]

  --out FOLDER          becomes the image's / above its base
  --dpkg-status FILE    the base's /var/lib/dpkg/status, for the list of parts
`;

function main(): void {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, 'dpkg-status': { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help || values.out === undefined) {
    process.stdout.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const root = join(import.meta.dirname, '..');
  const out = resolve(values.out);
  const lock: unknown = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const npm = installedPackages(lock, isDropped);
  assembleTree(root, out, new Set(npm.map(({ path }) => path)));
  const status = values['dpkg-status'];
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const parts = {
    version,
    runtime: process.version.slice(1),
    npm,
    debian: status === undefined ? [] : readDpkgStatus(readFileSync(status, 'utf8')),
  };
  const file = join(out, 'usr/share/sbom/peerpods.cdx.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, cycloneDx(parts));
  process.stdout.write(`${out}: ${parts.npm.length} npm packages, ${parts.debian.length} Debian packages below\n`);
}

main();
