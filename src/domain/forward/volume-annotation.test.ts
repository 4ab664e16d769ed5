import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCloudVolumes } from './volume-annotation.ts';

const good = { mount_point: '/data', lun: '0' };
const one = (fields: object, name = 'vol-0') => parseCloudVolumes(JSON.stringify({ [name]: fields }));

test('no annotation, an empty one and null mean no volumes', () => {
  for (const none of [undefined, '', 'null', '{}']) assert.deepEqual(parseCloudVolumes(none), []);
});

test('volumes come in the order of their names, with ext4 and no encryption where nothing is said', () => {
  const volumes = parseCloudVolumes(
    JSON.stringify({
      'vol-1': { ...good, lun: '10', fs_type: 'xfs', disk_id: 'vol-0abc', fs_group: '2000', unknown: 1 },
      'vol-0': { ...good, encrypt_type: 'LUKS', key_id: 'default/key/1', fs_type: '' },
    }),
  );
  const plain = { mountPoint: '/data', diskId: '', fsGroup: undefined, keyId: undefined };
  assert.deepEqual(volumes, [
    { ...plain, name: 'vol-0', fileSystem: 'ext4', lun: 0, keyId: 'default/key/1' },
    { ...plain, name: 'vol-1', fileSystem: 'xfs', lun: 10, diskId: 'vol-0abc', fsGroup: 2000 },
  ]);
});

test('the error of each wrong annotation: JSON, fields, name, file system, LUN, encryption, in this order', () => {
  const refused: [() => unknown, RegExp][] = [
    [() => parseCloudVolumes('{"vol-0": '), /not JSON/],
    [() => parseCloudVolumes('[]'), /not a JSON object/],
    [() => parseCloudVolumes('{"vol-0": 7}'), /"vol-0" is no object/],
    [() => one({ ...good, lun: 0 }), /lun of "vol-0" is not a text/],
    [() => one({ lun: '0' }, '../escape'), /has no mount_point or no lun/],
    [() => one({ mount_point: '/data' }), /has no mount_point or no lun/],
    [() => one({ ...good, fs_type: 'ntfs' }, '../escape'), /"\.\.\/escape" is not a plain file name/],
    [() => one(good, '..'), /not a plain file name/],
    [() => one(good, '.'), /not a plain file name/],
    [() => one(good, 'a/'), /not a plain file name/],
    [() => one(good, ''), /not a plain file name/],
    [() => one(good, 'a\nb'), /not a plain file name/],
    [() => one({ ...good, fs_type: 'ntfs', lun: 'abc' }), /file system "ntfs" of "vol-0" is not supported/],
    [() => one({ ...good, lun: 'abc', encrypt_type: 'luks' }), /lun "abc" of "vol-0" is not a number/],
    [() => one({ ...good, lun: '-1' }), /not a number/],
    [() => one({ ...good, encrypt_type: 'plain' }), /to be encrypted and has no key_id/],
    [() => one({ ...good, encrypt_type: 'plain', key_id: 'k' }), /encryption "plain" of "vol-0" is unknown/],
  ];
  for (const [parse, message] of refused) assert.throws(parse, { code: 'E_CLOUD_VOLUME', message });
});

test('one wrong volume fails all of them before anything is mounted', () => {
  assert.throws(() => parseCloudVolumes(JSON.stringify({ a: good, b: { ...good, lun: 'x' } })), {
    code: 'E_CLOUD_VOLUME',
  });
});

test('a group that is no number is ignored', () => {
  for (const fs_group of ['staff', '-1', '4294967295', ''])
    assert.equal(one({ ...good, fs_group })[0]?.fsGroup, undefined);
});
