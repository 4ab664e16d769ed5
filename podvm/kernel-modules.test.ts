import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { addModules, KernelModules } from './kernel-modules.ts';
import { Tree } from './tree.ts';

/** The least that is an ELF file with a .modinfo section. */
function moduleFile(info: readonly string[]): Buffer {
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const modinfo = Buffer.from(info.map((text) => `${text}\0`).join(''));
  const header = Buffer.alloc(64);
  header.write('7f454c460201', 0, 'hex');
  header.writeBigUInt64LE(BigInt(64 + names.length + modinfo.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(3, 60);
  header.writeUInt16LE(2, 62);
  const section = (name: number, at: number, length: number) => {
    const bytes = Buffer.alloc(64);
    bytes.writeUInt32LE(name, 0);
    bytes.writeUInt32LE(1, 4);
    bytes.writeBigUInt64LE(BigInt(at), 24);
    bytes.writeBigUInt64LE(BigInt(length), 32);
    return bytes;
  };
  const sections = [Buffer.alloc(64), section(1, 64 + names.length, modinfo.length), section(10, 64, names.length)];
  return Buffer.concat([header, names, modinfo, ...sections]);
}

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'modules-'));
  mkdirSync(join(root, 'kernel'));
  const put = (name: string, ...info: string[]) => writeFileSync(join(root, 'kernel', `${name}.ko`), moduleFile(info));
  put('ring', 'depends=');
  put('bus', 'depends=ring');
  put('net-card', 'depends=bus,ring', 'alias=pci:v01*');
  put('unrelated', 'depends=');
  put('one', 'depends=two');
  put('two', 'depends=one');
  writeFileSync(join(root, 'modules.builtin'), 'kernel/fs/ext4/ext4.ko\n');
});

afterEach(() => rmSync(root, { recursive: true }));

test('a module comes with what it depends on, in an order in which they load', () => {
  const names = new KernelModules(root).closure(['net_card']).map(({ name }) => name);
  assert.deepEqual(names, ['ring', 'bus', 'net_card']);
});

test('what is built into the kernel needs no file, and what does not exist is an error', () => {
  const modules = new KernelModules(root);
  assert.deepEqual(modules.closure(['ext4']), []);
  assert.throws(() => modules.closure(['missing']), /no module missing/);
  assert.throws(() => modules.closure(['one']), /depend on each other/);
});

test("modprobe's table names dependencies from the nearest to the deepest: it loads from the end", () => {
  const tree = new Tree();
  addModules(tree, '6.1', new KernelModules(root).closure(['net_card']));
  const files = new Map(tree.entries());
  const text = (path: string) => {
    const entry = files.get(path);
    return entry?.kind === 'file' ? entry.content.toString() : undefined;
  };
  assert.match(text('lib/modules/6.1/modules.dep') ?? '', /^kernel\/net-card\.ko: kernel\/bus\.ko kernel\/ring\.ko$/m);
  assert.equal(text('lib/modules/6.1/modules.alias'), 'alias pci:v01* net_card\n');
});
