/** Kernel, initramfs and command line as one EFI program: sections added to systemd's stub, which starts the kernel. */

/** Order and names are what the stub looks for. */
export interface EfiParts {
  readonly stub: Buffer;
  readonly osRelease: Buffer;
  readonly commandLine: string;
  readonly kernel: Buffer;
  readonly initrd: Buffer;
}

const sectionHeaderBytes = 40;
/** Initialised data, readable. */
const characteristics = 0x4000_0040;

export function encodeEfiImage({ stub, osRelease, commandLine, kernel, initrd }: EfiParts): Buffer {
  const pe = stub.readUInt32LE(0x3c);
  if (stub.toString('latin1', pe, pe + 4) !== 'PE\0\0') throw new Error('the EFI stub is no PE file');
  const optional = pe + 24;
  const count = stub.readUInt16LE(pe + 6);
  const sectionsAt = optional + stub.readUInt16LE(pe + 20);
  const sectionAlignment = stub.readUInt32LE(optional + 32);
  const fileAlignment = stub.readUInt32LE(optional + 36);
  const headerBytes = stub.readUInt32LE(optional + 60);
  const added = [
    ['.osrel', osRelease],
    ['.cmdline', Buffer.from(commandLine)],
    ['.linux', kernel],
    ['.initrd', initrd],
  ] as const;
  if (sectionsAt + (count + added.length) * sectionHeaderBytes > headerBytes) {
    throw new Error("the EFI stub's header has no room for more sections");
  }
  const head = Buffer.from(stub);
  const last = sectionsAt + (count - 1) * sectionHeaderBytes;
  let address = alignedUp(stub.readUInt32LE(last + 12) + stub.readUInt32LE(last + 8), sectionAlignment);
  const parts: Buffer[] = [head, Buffer.alloc(alignedUp(head.length, fileAlignment) - head.length)];
  let offset = alignedUp(head.length, fileAlignment);
  for (const [index, [name, content]] of added.entries()) {
    const at = sectionsAt + (count + index) * sectionHeaderBytes;
    const size = alignedUp(content.length, fileAlignment);
    head.fill(0, at, at + sectionHeaderBytes);
    head.write(name, at, 'latin1');
    head.writeUInt32LE(content.length, at + 8);
    head.writeUInt32LE(address, at + 12);
    head.writeUInt32LE(size, at + 16);
    head.writeUInt32LE(offset, at + 20);
    head.writeUInt32LE(characteristics, at + 36);
    parts.push(content, Buffer.alloc(size - content.length));
    offset += size;
    address = alignedUp(address + content.length, sectionAlignment);
  }
  head.writeUInt16LE(count + added.length, pe + 6);
  head.writeUInt32LE(address, optional + 56); // SizeOfImage
  head.writeUInt32LE(0, optional + 64); // the checksum, which EFI does not look at
  return Buffer.concat(parts);
}

function alignedUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
