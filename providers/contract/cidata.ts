/** User-data as a small disk: an ISO 9660 image labelled `cidata`, as cloud-init and our own guest look for it. */

const sector = 2048;
/** The first 16 sectors are not the file system's; then come its descriptors, path tables and folders. */
const places = {
  primary: 16,
  joliet: 17,
  end: 18,
  tables: 19,
  primaryFolder: 23,
  jolietFolder: 24,
  files: 25,
} as const;
const label = 'cidata';

export interface Cidata {
  /** Holds a private key, and so does the image. */
  readonly userData: string;
  readonly localHostname: string;
  /** Version 2 of cloud-init's network configuration, for networks without DHCP. */
  readonly networkConfig?: string;
}

/** Every time in it is zero, so the same input gives the same bytes. */
export function encodeCidata({ userData, localHostname, networkConfig }: Cidata): Buffer {
  const contents: readonly (readonly [string, Buffer])[] = [
    ['meta-data', Buffer.from(`instance-id: ${localHostname}\nlocal-hostname: ${localHostname}\n`)],
    ...(networkConfig === undefined ? [] : [['network-config', Buffer.from(networkConfig)] as const]),
    ['user-data', Buffer.from(userData)],
    ['vendor-data', Buffer.alloc(0)],
  ];
  let next: number = places.files;
  const files = contents.map(([name, content]) => {
    const file = { name, content, at: next };
    next += Math.ceil(content.length / sector);
    return file;
  });
  const image = Buffer.alloc(next * sector);
  const put = (at: number, bytes: Buffer) => bytes.copy(image, at * sector);
  put(places.primary, descriptor(1, next, ascii(label, 32), places.tables, places.primaryFolder));
  put(places.joliet, descriptor(2, next, wide(label, 32), places.tables + 2, places.jolietFolder));
  put(places.end, Buffer.from('\xffCD001\x01', 'latin1'));
  for (const [index, folder] of [places.primaryFolder, places.jolietFolder].entries()) {
    put(places.tables + 2 * index, pathTable(folder, false));
    put(places.tables + 2 * index + 1, pathTable(folder, true));
  }
  const short = (name: string) => Buffer.from(`${name.replace('-', '_').toUpperCase()}.;1`, 'latin1');
  const long = (name: string) => Buffer.from(name, 'utf16le').swap16();
  put(places.primaryFolder, folder(places.primaryFolder, files, short));
  put(places.jolietFolder, folder(places.jolietFolder, files, long));
  for (const { content, at } of files) put(at, content);
  return image;
}

interface PlacedFile {
  readonly name: string;
  readonly content: Buffer;
  readonly at: number;
}

/** Type 1: names of few letters. Type 2 with the escape sequence `%/E`: Joliet, names in big-endian UTF-16. */
function descriptor(type: 1 | 2, sectors: number, volume: Buffer, tableAt: number, folderAt: number): Buffer {
  const bytes = Buffer.alloc(sector);
  const blank = (length: number) => (type === 1 ? ascii('', length) : wide('', length));
  bytes.writeUInt8(type, 0);
  bytes.write('CD001', 1, 'latin1');
  bytes.writeUInt8(1, 6);
  blank(32).copy(bytes, 8);
  volume.copy(bytes, 40);
  both32(sectors).copy(bytes, 80);
  if (type === 2) bytes.write('%/E', 88, 'latin1');
  both16(1).copy(bytes, 120);
  both16(1).copy(bytes, 124);
  both16(sector).copy(bytes, 128);
  both32(10).copy(bytes, 132); // bytes of the path table
  bytes.writeUInt32LE(tableAt, 140);
  bytes.writeUInt32BE(tableAt + 1, 148);
  entry(Buffer.from([0]), folderAt, sector, true).copy(bytes, 156);
  for (const [at, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const) {
    blank(length).copy(bytes, at);
  }
  for (const at of [813, 830, 847, 864]) bytes.write('0'.repeat(16), at, 'latin1');
  bytes.writeUInt8(1, 881);
  return bytes;
}

function pathTable(folderAt: number, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt8(1, 0);
  if (bigEndian) bytes.writeUInt32BE(folderAt, 2);
  else bytes.writeUInt32LE(folderAt, 2);
  if (bigEndian) bytes.writeUInt16BE(1, 6);
  else bytes.writeUInt16LE(1, 6);
  return bytes;
}

function folder(at: number, files: readonly PlacedFile[], nameOf: (name: string) => Buffer): Buffer {
  return Buffer.concat([
    entry(Buffer.from([0]), at, sector, true), // itself
    entry(Buffer.from([1]), at, sector, true), // and its parent, which it is too
    ...files.map(({ name, content, at: fileAt }) => entry(nameOf(name), fileAt, content.length, false)),
  ]);
}

function entry(name: Buffer, at: number, size: number, isFolder: boolean): Buffer {
  const length = 33 + name.length + ((33 + name.length) % 2);
  const bytes = Buffer.alloc(length);
  bytes.writeUInt8(length, 0);
  both32(at).copy(bytes, 2);
  both32(size).copy(bytes, 10);
  bytes.writeUInt8(isFolder ? 2 : 0, 25);
  both16(1).copy(bytes, 28);
  bytes.writeUInt8(name.length, 32);
  name.copy(bytes, 33);
  return bytes;
}

/** In both byte orders, one after the other. */
function both32(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value, 0);
  bytes.writeUInt32BE(value, 4);
  return bytes;
}

function both16(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value, 0);
  bytes.writeUInt16BE(value, 2);
  return bytes;
}

function ascii(text: string, length: number): Buffer {
  return Buffer.from(text.padEnd(length), 'latin1');
}

function wide(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  Buffer.from(text.padEnd(Math.floor(length / 2)), 'utf16le')
    .swap16()
    .copy(bytes);
  return bytes;
}
