import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { detectVolumePlatform, findVolumeDevice, type VolumePlatform } from './volume-device.ts';

/** A tree with files ('' is an empty one) and links (`-> TARGET`), gone with the test. */
async function tree(context: TestContext, entries: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'devices-'));
  context.after(() => rm(root, { recursive: true }));
  for (const [path, content] of Object.entries(entries)) {
    const full = join(root, path);
    await mkdir(dirname(full), { recursive: true });
    if (content.startsWith('-> ')) await symlink(relative(dirname(full), join(root, content.slice(3))), full);
    else await writeFile(full, content);
  }
  return root;
}

const look = async (root: string, platform: VolumePlatform, lun: number, diskId = '', mountInfo = '') =>
  (await findVolumeDevice(root, platform, { lun, diskId }, mountInfo))?.slice(root.length);

/** A disk at HOST:0:0:LUN, as sysfs shows it. */
const scsi = (name: string, host: number, lun: number, number: number) => ({
  [`dev/${name}`]: '',
  [`sys/devices/vmbus/host${host}/${host}:0:0:${lun}/block`]: '',
  [`sys/block/${name}/device`]: `-> sys/devices/vmbus/host${host}/${host}:0:0:${lun}`,
  [`sys/block/${name}/dev`]: `8:${number}\n`,
});

test('the platform is told by what its VMs have', async (context) => {
  const cases: [VolumePlatform, Record<string, string>][] = [
    ['azure', { 'dev/disk/azure/root': '' }],
    ['azure', { 'sys/class/dmi/id/chassis_asset_tag': '7783-7084-3265-9085-8269-3286-77\n', 'dev/vda': '' }],
    ['aws', { 'dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123': '', 'dev/vda': '' }],
    ['libvirt', { 'dev/vda': '' }],
    ['other', { 'dev/sda': '', 'dev/vda1': '' }],
  ];
  for (const [platform, entries] of cases) {
    assert.equal(await detectVolumePlatform(await tree(context, entries)), platform);
  }
});

test('Azure: both kinds of links by LUN, then the path of its bus but for controller 0', async (context) => {
  const root = await tree(context, {
    ...scsi('sda', 0, 3, 0),
    ...scsi('sdc', 1, 3, 32),
    'dev/sdd': '',
    'dev/sde': '',
    'dev/disk/azure/data/by-lun/0': '-> dev/sdd',
    'dev/disk/azure/scsi1/lun10': '-> dev/sde',
    'dev/disk/by-path/acpi-vmbus-0-lun-3': '-> dev/sda',
    'dev/disk/by-path/acpi-vmbus-1-lun-3': '-> dev/sdc',
    'dev/disk/by-path/acpi-vmbus-1-lun-3-part1': '-> dev/sde',
  });
  assert.equal(await look(root, 'azure', 0), '/dev/sdd');
  assert.equal(await look(root, 'azure', 10), '/dev/sde');
  assert.equal(await look(root, 'azure', 1), undefined);
  assert.equal(await look(root, 'azure', 3), '/dev/sdc');
});

test('AWS: the link that bears the volume id, never a partition, and no guess without an id', async (context) => {
  const link = (suffix: string) => `dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0${suffix}`;
  const root = await tree(context, {
    'dev/nvme1n1': '',
    'dev/nvme1n1p1': '',
    'dev/nvme2n1': '',
    [link('abc-part1')]: '-> dev/nvme1n1p1',
    [link('abc_1')]: '-> dev/nvme1n1',
    [link('abcd')]: '-> dev/nvme2n1',
  });
  assert.equal(await look(root, 'aws', 0, 'vol-0abc'), '/dev/nvme1n1');
  assert.equal(await look(root, 'aws', 0, 'vol-0abcd'), '/dev/nvme2n1');
  assert.equal(await look(root, 'aws', 0, 'vol-0ab'), undefined);
  assert.equal(await look(root, 'aws', 0), undefined);
});

test('libvirt: the letter after b that is the LUN, up to z', async (context) => {
  const root = await tree(context, { 'dev/vda': '', 'dev/vdb': '', 'dev/vdz': '' });
  assert.equal(await look(root, 'libvirt', 0), '/dev/vdb');
  assert.equal(await look(root, 'libvirt', 24), '/dev/vdz');
  assert.equal(await look(root, 'libvirt', 1), undefined);
  assert.equal(await look(root, 'libvirt', 25), undefined);
});

test('any other: by SCSI address, controllers above 0 first, never a disk in use', async (context) => {
  const root = await tree(context, {
    ...scsi('sda', 0, 0, 0),
    'sys/block/sda/sda1/dev': '8:1\n',
    ...scsi('sdb', 0, 1, 16),
    ...scsi('sdc', 1, 1, 32),
    ...scsi('sdd', 0, 2, 48),
    ...scsi('sde', 0, 4, 64),
    'sys/block/sde/holders/dm-0': '',
  });
  const mounted = (...numbers: string[]) =>
    numbers.map((each) => `30 1 ${each} / /x rw - ext4 /dev/root rw\n`).join('');
  assert.equal(await look(root, 'other', 0), undefined, 'a disk with partitions is the system disk');
  assert.equal(await look(root, 'other', 1), '/dev/sdc');
  assert.equal(await look(root, 'other', 1, '', mounted('8:32')), '/dev/sdb');
  assert.equal(await look(root, 'other', 1, '', mounted('8:32', '8:16')), undefined);
  assert.equal(await look(root, 'libvirt', 2), '/dev/sdd', 'a fall-back for every platform');
  assert.equal(await look(root, 'other', 4), undefined, 'held by a device-mapper device');
  assert.equal(await look(root, 'other', 9), undefined);
});
