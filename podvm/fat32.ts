/** A FAT32 file system with one file in folders: the partition that EFI firmware boots from. Short names only. */

const sector = 512;
const reserved = 32;
const lastCluster = 0x0fff_ffff;
/** 1980-01-01, the first day that FAT knows. */
const date = 0x0021;
/** FAT32 by definition has at least this many clusters. */
const clustersMin = 65_525;

/** `path` like EFI/BOOT/BOOTX64.EFI. The clusters are of one sector each. */
export function encodeFat32(path: string, content: Buffer, sectors: number, label: string, serial: number): Buffer {
  const names = path.split('/');
  const folders = names.slice(0, -1);
  const fatSectors = Math.ceil(((sectors - reserved) * 4) / (sector + 8));
  const clusters = sectors - reserved - 2 * fatSectors;
  const fileClusters = Math.ceil(content.length / sector);
  if (clusters < clustersMin) throw new Error(`${sectors} sectors are too few for FAT32`);
  if (fileClusters + folders.length + 1 > clusters) throw new Error(`${content.length} bytes do not fit in the ESP`);
  const image = Buffer.alloc(sectors * sector);
  writeBootSector(image, sectors, fatSectors, label, serial);
  const placeOf = (cluster: number) => (reserved + 2 * fatSectors + cluster - 2) * sector;
  const chain: number[] = [0x0fff_fff8, lastCluster];
  // Cluster 2 is the root, then each folder has one, then the file.
  for (let depth = 0; depth <= folders.length; depth += 1) {
    const own = 2 + depth;
    const parent = depth <= 1 ? 0 : own - 1; // the root is 0 in dot-dot
    const child = folders[depth];
    const inner =
      child === undefined ? entry(names.at(-1) ?? '', 0x20, own + 1, content.length) : entry(child, 0x10, own + 1, 0);
    const dots = [entry('.', 0x10, own, 0), entry('..', 0x10, parent, 0)];
    const rows = depth === 0 ? [entry(label, 0x08, 0, 0), inner] : [...dots, inner];
    Buffer.concat(rows).copy(image, placeOf(own));
    chain[own] = lastCluster;
  }
  const first = 3 + folders.length;
  content.copy(image, placeOf(first));
  for (let index = 0; index < fileClusters; index += 1) {
    chain[first + index] = index === fileClusters - 1 ? lastCluster : first + index + 1;
  }
  for (const copy of [0, 1]) {
    for (const [cluster, next] of chain.entries()) {
      image.writeUInt32LE(next, (reserved + copy * fatSectors) * sector + cluster * 4);
    }
  }
  return image;
}

function writeBootSector(image: Buffer, sectors: number, fatSectors: number, label: string, serial: number): void {
  const boot = Buffer.alloc(sector);
  boot.write('eb5890', 0, 'hex');
  boot.write('PEERPODS', 3, 'latin1');
  boot.writeUInt16LE(sector, 11);
  boot.writeUInt8(1, 13); // sectors in a cluster
  boot.writeUInt16LE(reserved, 14);
  boot.writeUInt8(2, 16); // FATs
  boot.writeUInt8(0xf8, 21);
  boot.writeUInt16LE(63, 24);
  boot.writeUInt16LE(255, 26);
  boot.writeUInt32LE(sectors, 32);
  boot.writeUInt32LE(fatSectors, 36);
  boot.writeUInt32LE(2, 44); // the root's cluster
  boot.writeUInt16LE(1, 48); // sector of the information
  boot.writeUInt16LE(6, 50); // sector of the backup
  boot.writeUInt8(0x80, 64);
  boot.writeUInt8(0x29, 66);
  boot.writeUInt32LE(serial, 67);
  boot.write(label.padEnd(11), 71, 'latin1');
  boot.write('FAT32   ', 82, 'latin1');
  boot.writeUInt16LE(0xaa55, 510);
  const information = Buffer.alloc(sector);
  information.writeUInt32LE(0x4161_5252, 0);
  information.writeUInt32LE(0x6141_7272, 484);
  information.writeUInt32LE(0xffff_ffff, 488); // free clusters: not known
  information.writeUInt32LE(0xffff_ffff, 492);
  information.writeUInt16LE(0xaa55, 510);
  for (const at of [0, 6]) {
    boot.copy(image, at * sector);
    information.copy(image, (at + 1) * sector);
  }
}

function entry(name: string, attributes: number, cluster: number, size: number): Buffer {
  const row = Buffer.alloc(32);
  const isFile = attributes === 0x20;
  const [base = '', extension = ''] = isFile ? name.split('.') : [name];
  if (base.length > (isFile ? 8 : 11) || extension.length > 3) throw new Error(`${name} is no short name`);
  row.write(isFile ? base.padEnd(8) + extension.padEnd(3) : base.padEnd(11), 0, 'latin1');
  row.writeUInt8(attributes, 11);
  for (const at of [16, 18, 24]) row.writeUInt16LE(date, at);
  row.writeUInt16LE(cluster >>> 16, 20);
  row.writeUInt16LE(cluster & 0xffff, 26);
  row.writeUInt32LE(size, 28);
  return row;
}
