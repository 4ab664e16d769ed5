/** The disk that clouds boot: an EFI program with kernel and initramfs, the root file system, and its hash tree. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { encodeEfiImage } from './efi-image.ts';
import { encodeFat32 } from './fat32.ts';
import { partitionTypes, writeGptDisk } from './gpt.ts';

const espSectors = (64 * 1024 * 1024) / 512;
const stubFile = '/usr/lib/systemd/boot/efi/linuxx64.efi.stub';
const blockBytes = 4096;
/** Makes the tree ours; it need not be secret nor fresh, since the root hash covers the contents. */
const salt = Buffer.from('peerpods pod VM root file system').toString('hex');

export interface Verity {
  readonly rootHash: string;
  readonly tree: Buffer;
  /** For `podvm.verity=` on the kernel's command line. */
  readonly parameter: string;
}

export function hashRoot(rootFile: string, rootBytes: number, work: string): Verity {
  const treeFile = join(work, 'verity');
  const blocks = [`--data-block-size=${blockBytes}`, `--hash-block-size=${blockBytes}`];
  const output = execFileSync(
    'veritysetup',
    ['format', '--no-superblock', ...blocks, '--hash=sha256', `--salt=${salt}`, rootFile, treeFile],
    { encoding: 'utf8' },
  );
  const rootHash = /^Root hash:\s+([0-9a-f]{64})$/m.exec(output)?.[1];
  if (rootHash === undefined) throw new Error(`veritysetup named no root hash: ${output}`);
  const parameter = `podvm.verity=${rootBytes / blockBytes},${salt},${rootHash}`;
  return { rootHash, tree: readFileSync(treeFile), parameter };
}

export interface DiskParts {
  readonly root: Buffer;
  readonly verity: Verity;
  readonly kernel: Buffer;
  readonly initrd: Buffer;
  readonly osRelease: string;
}

export function writeDisks({ root, verity, kernel, initrd, osRelease }: DiskParts, folder: string): void {
  const efi = encodeEfiImage({
    stub: readFileSync(stubFile),
    osRelease: Buffer.from(osRelease),
    // Virtual timers need no trial, and in emulation on a busy machine they do not pass it.
    commandLine: `console=tty0 console=ttyS0,115200 loglevel=4 panic=1 no_timer_check ${verity.parameter}`,
    kernel,
    initrd: zstdCompressSync(initrd, level(19)),
  });
  const serial = Number.parseInt(verity.rootHash.slice(0, 8), 16);
  const esp = encodeFat32('EFI/BOOT/BOOTX64.EFI', efi, espSectors, 'PODVM', serial);
  const raw = join(folder, 'podvm.raw');
  writeGptDisk(
    raw,
    [
      { name: 'podvm-esp', type: partitionTypes.efi, content: esp },
      { name: 'podvm-root', type: partitionTypes.root, content: root },
      { name: 'podvm-verity', type: partitionTypes.rootVerity, content: verity.tree },
    ],
    verity.rootHash,
  );
  writeFileSync(`${raw}.zst`, zstdCompressSync(readFileSync(raw), level(6)));
  // One worker: several write their clusters in the order in which they get done.
  const convert = ['convert', '-f', 'raw', '-O', 'qcow2', '-c', '-m', '1', raw, join(folder, 'podvm.qcow2')];
  execFileSync('qemu-img', convert);
}

function level(value: number) {
  return { params: { [constants.ZSTD_c_compressionLevel]: value } };
}
