import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { directVolumeName, volumesOfPod } from '#codec/direct-volumes.ts';
import { readDirectVolumes } from './direct-volumes.ts';

test('volumes come in the order of directory names; files, strangers and broken records take no LUN', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'direct-volumes-'));
  t.after(() => rmSync(root, { recursive: true }));
  const pathOf = (volume: string) => `/var/lib/kubelet/pods/u1/volumes/kubernetes.io~csi/${volume}/mount`;
  const add = (name: string, text?: string) => {
    mkdirSync(join(root, name));
    if (text !== undefined) writeFileSync(join(root, name, 'mountInfo.json'), text);
  };
  for (const volume of ['pv-c', 'pv-a', 'pv-b']) {
    add(directVolumeName(pathOf(volume)), JSON.stringify({ device: volume }));
  }
  add(directVolumeName(pathOf('pv-0')), '{ broken');
  add(directVolumeName(pathOf('pv-1'))); // not written yet
  add(directVolumeName(pathOf('pv-2')), JSON.stringify({ device: 'x'.repeat(100_000) }));
  add('no base64', JSON.stringify({ device: 'stranger' }));
  writeFileSync(join(root, directVolumeName(pathOf('pv-3'))), 'a plain file');
  symlinkSync(join(root, directVolumeName(pathOf('pv-a'))), join(root, directVolumeName(pathOf('pv-4'))));
  const { volumes, directories } = await readDirectVolumes(root);
  assert.deepEqual(
    volumesOfPod(volumes, 'u1').map(({ diskId, lun }) => [diskId, lun]),
    [
      ['pv-a', 0],
      ['pv-b', 1],
      ['pv-c', 2],
    ],
  );
  assert.equal(directories.size, 7);
  assert.ok(directories.has(directVolumeName(pathOf('pv-1'))));
});

test('a worker without the folder has no volumes', async () => {
  assert.deepEqual(await readDirectVolumes('/nonexistent/direct-volumes'), { volumes: [], directories: new Set() });
});
