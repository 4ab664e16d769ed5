/** The few things of ELF files that an image is put together by: sections of kernel modules, libraries of programs. */

interface Section {
  readonly name: string;
  readonly link: number;
  readonly bytes: Buffer;
}

/** Sections of a 64-bit little-endian ELF file; empty for anything else. */
export function elfSections(file: Buffer): readonly Section[] {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) return [];
  const tableAt = Number(file.readBigUInt64LE(40));
  const size = file.readUInt16LE(58);
  const headers = Array.from({ length: file.readUInt16LE(60) }, (_, index) => {
    const at = tableAt + index * size;
    const noBits = file.readUInt32LE(at + 4) === 8;
    const start = Number(file.readBigUInt64LE(at + 24));
    const length = noBits ? 0 : Number(file.readBigUInt64LE(at + 32));
    return {
      nameAt: file.readUInt32LE(at),
      link: file.readUInt32LE(at + 40),
      bytes: file.subarray(start, start + length),
    };
  });
  const names = headers[file.readUInt16LE(62)]?.bytes ?? Buffer.alloc(0);
  return headers.map(({ nameAt, link, bytes }) => ({ name: textAt(names, nameAt), link, bytes }));
}

/** `key=value` pairs of a kernel module's .modinfo, in order. */
export function moduleInfo(file: Buffer): readonly (readonly [string, string])[] {
  const bytes = elfSections(file).find(({ name }) => name === '.modinfo')?.bytes;
  if (bytes === undefined) return [];
  return bytes
    .toString('latin1')
    .split('\0')
    .filter((text) => text.includes('='))
    .map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const);
}

/** Names of the shared libraries that a program asks for, and of its loader. */
export function neededLibraries(file: Buffer): readonly string[] {
  const sections = elfSections(file);
  const dynamic = sections.find(({ name }) => name === '.dynamic');
  const names = dynamic && sections[dynamic.link]?.bytes;
  if (!dynamic || !names) return [];
  const needed: string[] = [];
  for (let at = 0; at + 16 <= dynamic.bytes.length; at += 16) {
    if (dynamic.bytes.readBigInt64LE(at) === 1n) {
      needed.push(textAt(names, Number(dynamic.bytes.readBigUInt64LE(at + 8))));
    }
  }
  return needed;
}

function textAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, bytes.indexOf(0, at));
}
