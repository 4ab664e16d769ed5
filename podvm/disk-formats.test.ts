import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { encodeEfiImage } from './efi-image.ts';
import { encodeFat32 } from './fat32.ts';
import { partitionTypes, writeGptDisk } from './gpt.ts';

const sector = 512;

test('a FAT32 volume leads from its root over folders to the whole file', () => {
  const content = Buffer.from(Array.from({ length: 5 * sector + 17 }, (_, index) => index % 251));
  const image = encodeFat32('EFI/BOOT/BOOTX64.EFI', content, 70_000, 'PODVM', 7);
  const [reserved, fatSectors] = [image.readUInt16LE(14), image.readUInt32LE(36)];
  const placeOf = (cluster: number) => (reserved + 2 * fatSectors + cluster - 2) * sector;
  const find = (cluster: number, name: string) => {
    for (let at = placeOf(cluster); ; at += 32) {
      assert.notEqual(image[at], 0, `${name} is not there`);
      if (image.toString('latin1', at, at + 11) !== name) continue;
      return {
        cluster: (image.readUInt16LE(at + 20) << 16) | image.readUInt16LE(at + 26),
        size: image.readUInt32LE(at + 28),
      };
    }
  };
  const root = image.readUInt32LE(44);
  const file = find(find(find(root, 'EFI        ').cluster, 'BOOT       ').cluster, 'BOOTX64 EFI');
  assert.equal(file.size, content.length);
  const parts: Buffer[] = [];
  for (
    let cluster = file.cluster;
    cluster < 0x0fff_fff8;
    cluster = image.readUInt32LE(reserved * sector + cluster * 4)
  ) {
    parts.push(image.subarray(placeOf(cluster), placeOf(cluster) + sector));
  }
  assert.deepEqual(Buffer.concat(parts).subarray(0, file.size), content);
  const fat = (copy: number) =>
    image.subarray((reserved + copy * fatSectors) * sector, (reserved + (copy + 1) * fatSectors) * sector);
  assert.deepEqual(fat(0), fat(1));
  assert.deepEqual(image.subarray(0, sector), image.subarray(6 * sector, 7 * sector));
});

test('what does not fit in a FAT32 volume is refused', () => {
  assert.throws(() => encodeFat32('A', Buffer.alloc(1), 1000, 'X', 0), /too few/);
  assert.throws(() => encodeFat32('A', Buffer.alloc(70_000 * sector), 70_000, 'X', 0), /do not fit/);
  assert.throws(() => encodeFat32('TOOLONGNAME', Buffer.alloc(1), 70_000, 'X', 0), /no short name/);
});

test('a GPT disk has its table at both ends, with right checksums, and each partition where it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gpt-'));
  try {
    const path = join(folder, 'disk');
    const partitions = ['first', 'second'].map((name) => ({
      name,
      type: partitionTypes.root,
      content: Buffer.from(name),
    }));
    writeGptDisk(path, partitions, 'seed');
    const disk = readFileSync(path);
    assert.equal(disk.length % (1024 * 1024), 0);
    const last = disk.length / sector - 1;
    for (const [own, other] of [
      [1, last],
      [last, 1],
    ] as const) {
      const header = disk.subarray(own * sector, (own + 1) * sector);
      assert.equal(header.toString('latin1', 0, 8), 'EFI PART');
      assert.deepEqual([header.readBigUInt64LE(24), header.readBigUInt64LE(32)], [BigInt(own), BigInt(other)]);
      const summed = Buffer.from(header.subarray(0, 92));
      summed.writeUInt32LE(0, 16);
      assert.equal(crc32(summed), header.readUInt32LE(16));
      const tableAt = Number(header.readBigUInt64LE(72)) * sector;
      assert.equal(crc32(disk.subarray(tableAt, tableAt + 128 * 128)), header.readUInt32LE(88));
      for (const [index, { name }] of partitions.entries()) {
        const entry = disk.subarray(tableAt + index * 128, tableAt + (index + 1) * 128);
        assert.equal(entry.toString('utf16le', 56, 56 + 2 * name.length), name);
        const start = Number(entry.readBigUInt64LE(32)) * sector;
        assert.equal(disk.toString('latin1', start, start + name.length), name);
      }
    }
    writeGptDisk(`${path}-again`, partitions, 'seed');
    assert.deepEqual(readFileSync(`${path}-again`), disk);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A PE file of one section, with room for `room` more headers. */
function peStub(room: number): Buffer {
  const [pe, optionalBytes] = [64, 240];
  const sectionsAt = pe + 24 + optionalBytes;
  const headerBytes = Math.ceil((sectionsAt + (1 + room) * 40) / sector) * sector;
  const file = Buffer.alloc(headerBytes + sector);
  file.writeUInt32LE(pe, 0x3c);
  file.write('PE\0\0', pe, 'latin1');
  file.writeUInt16LE(1, pe + 6);
  file.writeUInt16LE(optionalBytes, pe + 20);
  file.writeUInt32LE(4096, pe + 24 + 32);
  file.writeUInt32LE(sector, pe + 24 + 36);
  file.writeUInt32LE(sectionsAt + (1 + room) * 40, pe + 24 + 60);
  file.write('.text', sectionsAt, 'latin1');
  file.writeUInt32LE(100, sectionsAt + 8);
  file.writeUInt32LE(8192, sectionsAt + 12);
  return file;
}

test('an EFI image has its parts as sections, apart from each other in file and memory', () => {
  const parts = {
    osRelease: Buffer.from('ID=x'),
    commandLine: 'quiet',
    kernel: Buffer.alloc(5000, 1),
    initrd: Buffer.alloc(700, 2),
  };
  const image = encodeEfiImage({ stub: peStub(4), ...parts });
  const sectionsAt = 64 + 24 + 240;
  assert.equal(image.readUInt16LE(64 + 6), 5);
  const sections = Array.from({ length: 5 }, (_, index) => {
    const at = sectionsAt + index * 40;
    const [size, address, fileAt] = [
      image.readUInt32LE(at + 8),
      image.readUInt32LE(at + 12),
      image.readUInt32LE(at + 20),
    ];
    const name = image.toString('latin1', at, at + 8).replace(/\0+$/, '');
    return { name, size, address, content: image.subarray(fileAt, fileAt + size) };
  });
  const of = (name: string) => sections.find((section) => section.name === name)?.content;
  assert.deepEqual(of('.linux'), parts.kernel);
  assert.deepEqual(of('.initrd'), parts.initrd);
  assert.equal(of('.cmdline')?.toString(), 'quiet');
  for (const [index, { address }] of sections.entries()) {
    const before = sections[index - 1];
    if (before) assert.ok(address >= before.address + before.size && address % 4096 === 0);
  }
});

test('an EFI stub without room for more sections is refused', () => {
  const parts = { osRelease: Buffer.alloc(1), commandLine: 'x', kernel: Buffer.alloc(1), initrd: Buffer.alloc(1) };
  assert.throws(() => encodeEfiImage({ stub: peStub(3), ...parts }), /no room/);
});
