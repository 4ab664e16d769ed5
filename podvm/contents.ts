/** What is in an image: packages, drivers, programs, and where each goes. */

import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSource } from './agent.ts';
import type { GuestExecutable } from './guest-executable.ts';
import { addModules, type KernelModule } from './kernel-modules.ts';
import type { Libraries } from './libraries.ts';
import type { DebianPackage } from './packages.ts';
import { Tree } from './tree.ts';

/** Besides the kernel's. */
export const packageNames = [
  'busybox-static',
  'dmsetup',
  'e2fsprogs',
  'libblkid1',
  'libc6',
  'libcap2',
  'libcom-err2',
  'libdevmapper1.02.1',
  'libext2fs2',
  'libgcc-s1',
  'libinih1',
  'libpcre2-8-0',
  'libselinux1',
  'libstdc++6',
  'libudev1',
  'liburcu8',
  'libuuid1',
  'util-linux',
  'xfsprogs',
] as const;

/** For the first file system: where a root file system can lie, and what it is made of. */
const storageModules = [
  ...['virtio_pci', 'virtio_mmio', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'nvme', 'hv_storvsc', 'xen_blkfront'],
  ...['erofs', 'overlay', 'dm_verity'],
] as const;

/** For the machine, the tunnel, volumes, and what the forwarder or an agent may ask for. */
const rootModules = [
  ...storageModules,
  ...['virtio_net', 'ena', 'gve', 'hv_netvsc', 'hv_utils', 'xen_netfront', 'vmxnet3', 'vmw_pvscsi', 'qemu_fw_cfg'],
  ...['ata_piix', 'sr_mod', 'isofs', 'xfs', 'dm_crypt', 'fuse', 'virtio_console', 'virtiofs', 'vsock'],
  ...['vxlan', 'nf_tables', 'nft_ct', 'nft_nat', 'nft_chain_nat', 'nft_masq', 'veth'],
  ...['sch_ingress', 'cls_u32', 'cls_matchall', 'act_mirred', 'wireguard'],
] as const;

/** By their place in a package: their place in the image. */
const initrdPrograms = { 'bin/busybox': 'bin/busybox', 'sbin/dmsetup': 'sbin/dmsetup' } as const;
/** The makers of file systems are for volumes that come empty. */
const rootPrograms = {
  'bin/busybox': 'bin/busybox',
  'sbin/blkid': 'sbin/blkid',
  'sbin/mke2fs': 'sbin/mkfs.ext4',
  'sbin/mkfs.xfs': 'sbin/mkfs.xfs',
} as const;

const applets = [
  ...['ash', 'sh', 'cat', 'chmod', 'cp', 'cut', 'date', 'dd', 'df', 'dmesg', 'echo', 'env', 'expr', 'false', 'find'],
  ...[
    'free',
    'grep',
    'head',
    'hostname',
    'ip',
    'kill',
    'ln',
    'ls',
    'lsmod',
    'mkdir',
    'mkfifo',
    'modprobe',
    'mount',
    'mv',
  ],
  ...['nproc', 'nsenter', 'ping', 'poweroff', 'printf', 'ps', 'readlink', 'rm', 'rmdir', 'sed', 'setsid', 'sleep'],
  ...['sort', 'stat', 'stty', 'switch_root', 'sync', 'tail', 'tar', 'test', 'timeout', 'top', 'touch', 'tr', 'true'],
  ...['udhcpc', 'umount', 'uname', 'unshare', 'uptime', 'wc', 'wget', 'xargs'],
] as const;

export interface Parts {
  readonly packages: readonly DebianPackage[];
  readonly libraries: Libraries;
  readonly kernelVersion: string;
  readonly modules: (names: readonly string[]) => readonly KernelModule[];
  readonly guest: GuestExecutable;
  readonly agent: AgentSource | undefined;
}

const guestFile = (name: string) => readFileSync(join(import.meta.dirname, 'guest', name));

export function initrdTree(parts: Parts): Tree {
  const tree = new Tree();
  for (const folder of ['dev', 'lower', 'over', 'proc', 'root', 'sys']) tree.folder(folder);
  addModules(tree, parts.kernelVersion, parts.modules(storageModules));
  const added = addPrograms(tree, parts, initrdPrograms);
  parts.libraries.addFor(added, tree);
  return tree.file('init', guestFile('initrd-init.sh'), 0o755);
}

export function rootTree(parts: Parts): Tree {
  const { guest, agent } = parts;
  const tree = new Tree();
  for (const folder of ['dev', 'media', 'proc', 'run', 'sys', 'usr/sbin']) tree.folder(folder);
  tree.folder('tmp', 0o1777).folder('root', 0o700).folder('var/lib').folder('var/log').link('var/run', '/run');
  addModules(tree, parts.kernelVersion, parts.modules(rootModules));
  const added = addPrograms(tree, parts, rootPrograms);
  parts.libraries.addFor([...added, guest.executable], tree);
  tree.file('etc/mke2fs.conf', packageFile(parts, 'etc/mke2fs.conf'));
  tree.file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  tree.file('etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  tree.file('etc/hosts', '127.0.0.1 localhost\n::1 localhost\n');
  tree.file('etc/os-release', 'ID=peerpods\nNAME="peerpods pod VM"\n');
  tree.file('sbin/init', guestFile('init.sh'), 0o755);
  tree.file('usr/lib/peerpod/udhcpc.sh', guestFile('udhcpc.sh'), 0o755);
  tree.file('usr/lib/peerpod/programs', guest.executable, 0o755);
  for (const [path, content] of guest.companions) tree.file(path, content);
  for (const name of guest.names) tree.link(`usr/bin/${name}`, '../lib/peerpod/programs');
  if (agent) {
    tree.file('usr/bin/kata-agent', agent.content, 0o755);
    parts.libraries.addFor([agent.content], tree);
    tree.file('etc/kata-agent.toml', guestFile('kata-agent.toml'));
  }
  return tree.file('usr/lib/peerpod/agent.sh', agentScript(agent !== undefined));
}

function addPrograms(tree: Tree, parts: Parts, programs: Readonly<Record<string, string>>): readonly Buffer[] {
  for (const name of applets) tree.link(`bin/${name}`, 'busybox');
  tree.link('sbin/modprobe', '../bin/busybox'); // where the kernel calls it
  return Object.entries(programs).map(([source, place]) => {
    const content = packageFile(parts, source);
    tree.file(place, content, 0o755);
    return content;
  });
}

function packageFile({ packages }: Parts, path: string): Buffer {
  for (const { root } of packages) {
    for (const place of [join(root, path), join(root, 'usr', path)]) {
      try {
        return readFileSync(realpathSync(place));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
  throw new Error(`no package has ${path}`);
}

/** A real agent reads a pod's policy when it starts; the development agent reads nothing, and takes a second. */
function agentScript(real: boolean): string {
  const options = real ? '--config /etc/kata-agent.toml' : '-listen /run/kata-containers/agent.sock';
  return `agent_waits_for_pod=${real ? 'yes' : ''}\nstart_agent() {\n  kata-agent ${options}\n}\n`;
}
