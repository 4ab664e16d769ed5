/** The image: the same inputs give the same bytes, within its size, described by its bill of materials. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ImageManifest } from '../../podvm/manifest.ts';
import { lacks, lacksCommand } from '../support/requirements.ts';
import { hasImage, imageDir } from './requirements.ts';

const main = join(import.meta.dirname, '../../podvm/main.ts');
const compressedBytesMax = 64 * 1024 * 1024;

function readManifest(folder: string): ImageManifest {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ImageManifest;
}

interface Sbom {
  readonly packages: readonly {
    readonly name: string;
    readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  }[];
}

test('an image built again, in another folder, is the same to the last bit', (context) => {
  if (lacks(context, hasImage(), 'the pod VM image (make podvm)') || lacksCommand(context, 'mkfs.erofs')) return;
  const folder = mkdtempSync(join(tmpdir(), 'podvm-'));
  try {
    const again = join(folder, 'deeper', 'image');
    const result = spawnSync(process.execPath, [main, '--output', again], { encoding: 'utf8', timeout: 240_000 });
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /^root hash \(dm-verity, sha256\): [0-9a-f]{64}$/m);
    assert.deepEqual(readManifest(again), readManifest(imageDir));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the disk is at most 64 MiB, compressed', (context) => {
  if (lacks(context, hasImage(), 'the pod VM image (make podvm)')) return;
  const { bytes = Number.NaN } = readManifest(imageDir).files['podvm.raw.zst'] ?? {};
  context.diagnostic(`${(bytes / 1024 / 1024).toFixed(1)} MiB`);
  assert.ok(bytes <= compressedBytesMax);
});

test('the bill of materials names the kernel, Node, and each npm package that is in the bundle', (context) => {
  if (lacks(context, hasImage(), 'the pod VM image (make podvm)')) return;
  const sbom = JSON.parse(readFileSync(join(imageDir, 'sbom.spdx.json'), 'utf8')) as Sbom;
  const names = new Set(sbom.packages.map(({ name }) => name));
  for (const name of ['node', 'busybox-static', 'libc6', 'pino', 'yaml']) assert.ok(names.has(name), name);
  assert.ok(names.has(`linux-image-${readManifest(imageDir).kernelVersion}`));
  assert.ok(!names.has('esbuild') && !names.has('typescript'), 'what only builds is not in it');
  const kernel = sbom.packages.find(({ name }) => name.startsWith('linux-image-'));
  assert.match(kernel?.externalRefs?.[0]?.referenceLocator ?? '', /^pkg:deb\/debian\/linux-image-/);
});
