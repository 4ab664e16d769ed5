import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cloudVolumesAnnotation,
  directVolumeName,
  parseDirectVolumeName,
  parseMountInfo,
  targetPathAnnotation,
  volumesOfPod,
} from './direct-volumes.ts';

const uid = '0f8fad5b-d9cb-469f-a165-70867728950e';
const pathOf = (volume: string, podUid = uid) =>
  `/var/lib/kubelet/pods/${podUid}/volumes/kubernetes.io~csi/${volume}/mount`;
const plain = { fsType: 'ext4', encryptType: undefined, keyId: undefined };
const volumeOf = (volume: string, podUid = uid) => ({
  ...plain,
  targetPath: pathOf(volume, podUid),
  diskId: `disk-${volume}`,
});

test('directory names are padded base64url of the target path', () => {
  // From `printf %s PATH | basenc --base64url -w0`
  assert.equal(directVolumeName('/a?b>'), 'L2E_Yj4=');
  for (const volume of ['pv-1', 'pv-12', 'pv-ü']) {
    assert.equal(parseDirectVolumeName(directVolumeName(pathOf(volume))), pathOf(volume));
  }
});

test('names that are no CSI volume are passed over', () => {
  const padded = ['pv-1', 'pv-12', 'pv-123'].map((volume) => directVolumeName(pathOf(volume)));
  const unpadded = padded.map((name) => name.replace(/=+$/, '')).find((name) => name.length % 4 !== 0) ?? '';
  const notUtf8 = Buffer.from([0xff, 0xfe, 0xfd]).toString('base64url');
  for (const name of [
    'AAAA',
    'not base64!',
    notUtf8,
    directVolumeName('/var/lib/other'),
    unpadded,
    `${directVolumeName(pathOf('pv'))}AAAA`,
  ]) {
    assert.equal(parseDirectVolumeName(name), undefined, name);
  }
});

test('cloud-volume-path beats the device, and what has neither is no volume', () => {
  const parse = (info: unknown) => parseMountInfo('/p', typeof info === 'string' ? info : JSON.stringify(info));
  const both = { device: '/dev/x', fstype: 'xfs', metadata: { 'cloud-volume-path': 'disk-1' } };
  assert.deepEqual(parse(both), { ...plain, targetPath: '/p', diskId: 'disk-1', fsType: 'xfs' });
  assert.equal(parse({ device: '/dev/x' })?.diskId, '/dev/x');
  assert.equal(parse({ device: '/dev/x', metadata: { 'cloud-volume-path': '' } })?.diskId, '/dev/x');
  assert.equal(parse({ device: '/dev/x', metadata: null })?.fsType, 'ext4');
  const encrypted = { device: 'd', metadata: { 'encrypt-type': 'luks2', 'kbs-key-id': 'default/key/1' } };
  assert.deepEqual(parse(encrypted), {
    targetPath: '/p',
    diskId: 'd',
    fsType: 'ext4',
    encryptType: 'luks2',
    keyId: 'default/key/1',
  });
  for (const bad of ['{', 'null', '7', {}, { device: '' }, { device: 7 }, { device: 'd', metadata: { size: 7 } }]) {
    assert.equal(parse(bad), undefined, JSON.stringify(bad));
  }
});

test('LUNs count the volumes of the pod only', () => {
  const all = [volumeOf('a', 'other-uid'), volumeOf('a'), volumeOf('b', 'other-uid'), volumeOf('b')];
  assert.deepEqual(
    volumesOfPod(all, uid).map(({ diskId, lun }) => [diskId, lun]),
    [
      ['disk-a', 0],
      ['disk-b', 1],
    ],
  );
  assert.deepEqual(volumesOfPod(all, ''), [], 'no uid, no volumes: they would be those of every pod');
});

test('a volume that no mount refers to keeps its LUN', () => {
  const volumes = volumesOfPod([volumeOf('a'), volumeOf('b'), volumeOf('c')], uid);
  const mounts = [
    { source: pathOf('c'), destination: '' },
    { source: pathOf('c'), destination: '/data/c' },
    { source: pathOf('c'), destination: '/again' },
    { source: '/etc/hosts', destination: '/etc/hosts' },
    { source: pathOf('a'), destination: '/data/a' },
  ];
  assert.deepEqual(JSON.parse(cloudVolumesAnnotation(volumes, mounts) ?? ''), {
    'vol-0': { mount_point: '/data/a', fs_type: 'ext4', lun: '0', disk_id: 'disk-a' },
    'vol-2': { mount_point: '/data/c', fs_type: 'ext4', lun: '2', disk_id: 'disk-c' },
  });
});

test('encryption is told where there is some, and no mount gives no annotation', () => {
  const volumes = volumesOfPod([{ ...volumeOf('a'), encryptType: 'luks2', keyId: 'default/key/1' }], uid);
  const annotation = cloudVolumesAnnotation(volumes, [{ source: pathOf('a'), destination: '/d' }]);
  assert.deepEqual(JSON.parse(annotation ?? '')['vol-0'], {
    mount_point: '/d',
    fs_type: 'ext4',
    lun: '0',
    disk_id: 'disk-a',
    encrypt_type: 'luks2',
    key_id: 'default/key/1',
  });
  assert.equal(cloudVolumesAnnotation(volumes, [{ source: '/elsewhere', destination: '/d' }]), undefined);
  assert.equal(cloudVolumesAnnotation([], [{ source: pathOf('a'), destination: '/d' }]), undefined);
});

test('target paths are those CSI sources that have a directory', () => {
  const directories = new Set(
    ['a', 'b', '/etc'].map((name) => directVolumeName(name === '/etc' ? name : pathOf(name))),
  );
  const mounts = ['/etc', pathOf('c'), pathOf('b'), pathOf('a')].map((source) => ({ source, destination: '/d' }));
  assert.equal(targetPathAnnotation(mounts, directories), `${pathOf('b')},${pathOf('a')}`);
  assert.equal(targetPathAnnotation(mounts, directories, '/first'), `/first,${pathOf('b')},${pathOf('a')}`);
  assert.equal(targetPathAnnotation(mounts, new Set()), undefined);
  const climbing = '/var/volumes/kubernetes.io~csi/../../../etc/shadow';
  assert.equal(
    targetPathAnnotation([{ source: climbing, destination: '/d' }], new Set([directVolumeName(climbing)])),
    undefined,
  );
});
