/** The disk for clouds, booted as a cloud does it: firmware, boot program, verified root; a changed one does not run. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { inNamespaces } from '#dev/demo/namespaces.ts';
import { lacks } from '../support/requirements.ts';
import type { DiskReport } from './disk-scene.ts';
import { imageDir, lacksMachines } from './requirements.ts';

const disk = join(imageDir, 'podvm.qcow2');

const lacksDisk = (context: TestContext) =>
  lacksMachines(context) ||
  lacks(context, existsSync(disk), 'the disk of the pod VM image (make podvm)') ||
  lacks(context, existsSync('/usr/share/ovmf/OVMF.fd'), 'EFI firmware (ovmf)');

async function boot(path: string): Promise<DiskReport> {
  const [command = '', ...args] = inNamespaces(
    [process.execPath, join(import.meta.dirname, 'disk-scene.ts'), path],
    false,
  );
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.notEqual(output, '', errors);
  return JSON.parse(output) as DiskReport;
}

test('the disk boots through firmware, checks its root file system, and the forwarder answers', async (context) => {
  if (lacksDisk(context)) return;
  const { listeningMs, console } = await boot(disk);
  assert.ok(listeningMs !== undefined, console);
  assert.match(console, /forwarder is ready/);
  context.diagnostic(`listening after ${(listeningMs / 1000).toFixed(1)} s, firmware included`);
});

test('a disk with one changed byte in its root file system stops the kernel', async (context) => {
  if (lacksDisk(context)) return;
  const folder = mkdtempSync(join(tmpdir(), 'changed-'));
  try {
    const changed = join(folder, 'podvm.raw');
    copyFileSync(join(imageDir, 'podvm.raw'), changed);
    const content = readFileSync(changed);
    // A place in the middle of what every boot reads: our executable.
    const at = content.indexOf('agent-protocol-forwarder', content.indexOf('NODE_SEA_BLOB'));
    assert.ok(at > 0);
    const file = openSync(changed, 'r+');
    writeSync(file, 'X', at);
    closeSync(file);
    const { listeningMs, console } = await boot(changed);
    assert.equal(listeningMs, undefined);
    assert.match(console, /dm-verity device corrupted/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
