import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCidata } from './cidata.ts';

const sector = 2048;

/** Files of the volume whose descriptor is at `descriptorAt`, by the names that `decode` makes of theirs. */
function filesOf(image: Buffer, descriptorAt: number, decode: (name: Buffer) => string): Map<string, string> {
  const descriptor = image.subarray(descriptorAt * sector, (descriptorAt + 1) * sector);
  assert.equal(descriptor.toString('latin1', 1, 6), 'CD001');
  assert.equal(descriptor.readUInt32LE(80) * sector, image.length);
  const folder = image.subarray(descriptor.readUInt32LE(158) * sector, (descriptor.readUInt32LE(158) + 1) * sector);
  const files = new Map<string, string>();
  for (let at = 0; folder[at]; at += folder[at] ?? 0) {
    const start = folder.readUInt32LE(at + 2) * sector;
    assert.equal(folder.readUInt32BE(at + 6) * sector, start, 'both byte orders agree');
    const name = folder.subarray(at + 33, at + 33 + (folder[at + 32] ?? 0));
    if (folder.readUInt8(at + 25) === 2) continue;
    files.set(decode(name), image.toString('utf8', start, start + folder.readUInt32LE(at + 10)));
  }
  return files;
}

const wide = (name: Buffer) => Buffer.from(name).swap16().toString('utf16le');
const cidata = { userData: `#cloud-config\n${'ü'.repeat(3000)}\n`, localHostname: 'podvm-a' };

test('the volume is labelled cidata and has user-data under its own name, with Joliet and without', () => {
  const image = encodeCidata(cidata);
  assert.equal(image.toString('latin1', 16 * sector + 40, 16 * sector + 46), 'cidata');
  const files = filesOf(image, 17, wide);
  assert.deepEqual([...files.keys()], ['meta-data', 'user-data', 'vendor-data']);
  assert.equal(files.get('user-data'), cidata.userData);
  assert.match(files.get('meta-data') ?? '', /^local-hostname: podvm-a$/m);
  assert.equal(files.get('vendor-data'), '');
  assert.equal(filesOf(image, 16, (name) => name.toString('latin1')).get('USER_DATA.;1'), cidata.userData);
});

test('a network configuration is there when it is given; the same input gives the same bytes', () => {
  const files = filesOf(encodeCidata({ ...cidata, networkConfig: 'version: 2\n' }), 17, wide);
  assert.equal(files.get('network-config'), 'version: 2\n');
  assert.deepEqual(encodeCidata(cidata), encodeCidata(cidata));
});
