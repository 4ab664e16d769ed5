/** The settings of QEMU pod VMs: their options, and the checked values. */

import { join } from 'node:path';
import { type InstanceType, OptionReader, type OptionSpec, type OptionValues, ProviderError } from '@peerpods/provider';

export interface QemuSettings {
  readonly binary: string;
  readonly imageDir: string;
  /** Boot this disk through firmware instead of the image's kernel. */
  readonly disk: string | undefined;
  readonly firmware: string;
  readonly accelerator: 'auto' | 'kvm' | 'tcg';
  readonly machine: string;
  /** Undefined: what suits the accelerator. */
  readonly cpu: string | undefined;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly instanceTypes: readonly InstanceType[];
  readonly underlay: { readonly cidr: string; readonly mtu: number };
  /** 0: QEMU keeps the adaptor's user. */
  readonly uidBase: number;
  readonly kernelArguments: string | undefined;
  /** Where disks named in a pod's volumes lie; absent: none can be attached. */
  readonly volumesDir: string | undefined;
}

const count = (flag: string, env: string, value: string, help: string, max: number): OptionSpec => ({
  flag,
  env,
  kind: 'integer',
  default: value,
  min: 1,
  max,
  help,
});
const text = (flag: string, env: string, help: string, value?: string): OptionSpec => ({
  flag,
  env,
  kind: 'string',
  help,
  ...(value !== undefined && { default: value }),
});

export const qemuOptions: readonly OptionSpec[] = [
  text('qemu-binary', 'QEMU_BINARY', 'QEMU for the pod VMs', 'qemu-system-x86_64'),
  text('qemu-image-dir', 'QEMU_IMAGE_DIR', 'folder of a built image; absent: podvm/build of this installation'),
  text('qemu-disk', 'QEMU_DISK', "a disk image to boot through firmware, instead of the image's kernel"),
  text('qemu-firmware', 'QEMU_FIRMWARE', 'firmware for -qemu-disk', '/usr/share/ovmf/OVMF.fd'),
  {
    flag: 'qemu-accelerator',
    env: 'QEMU_ACCELERATOR',
    kind: 'string',
    default: 'auto',
    choices: ['auto', 'kvm', 'tcg'],
    help: 'auto: KVM where a trial machine runs under it, otherwise software emulation (tcg)',
  },
  text('qemu-machine', 'QEMU_MACHINE', 'machine type', 'q35'),
  text('qemu-cpu', 'QEMU_CPU', 'processor model; absent: host under KVM, max in emulation'),
  count('qemu-vcpus', 'QEMU_VCPUS', '2', 'vCPUs of a pod VM that asks for none', 512),
  count('qemu-memory', 'QEMU_MEMORY', '512', 'memory in MiB of a pod VM that asks for none', 16 * 1024 * 1024),
  {
    flag: 'qemu-instance-types',
    env: 'QEMU_INSTANCE_TYPES',
    kind: 'list',
    help: 'sizes with a name, VCPUSxMIB,..., for pods that ask for a type and for the warm pool',
  },
  text('qemu-underlay-cidr', 'QEMU_UNDERLAY_CIDR', 'IPv4 network of worker and pod VMs', '10.89.0.0/16'),
  { ...count('qemu-underlay-mtu', 'QEMU_UNDERLAY_MTU', '1500', 'MTU of that network', 65_535), min: 576 },
  {
    ...count('qemu-uid-base', 'QEMU_UID_BASE', '1900000000', '', 4_000_000_000),
    min: 0,
    help: 'each QEMU runs as a user of its own, numbered from here; 0: as the adaptor does',
  },
  text('qemu-kernel-arguments', 'QEMU_KERNEL_ARGUMENTS', "added to the kernel's command line"),
  text('qemu-volumes-dir', 'QEMU_VOLUMES_DIR', 'folder of raw disks that pods may name as volumes; absent: none'),
];

const installedImage = join(import.meta.dirname, '../../podvm/build');

export function readQemuSettings(values: OptionValues): QemuSettings {
  const read = new OptionReader(values);
  const accelerator = read.text('qemu-accelerator') ?? 'auto';
  if (accelerator !== 'auto' && accelerator !== 'kvm' && accelerator !== 'tcg') {
    throw new ProviderError('invalid-configuration', `qemu-accelerator ${accelerator} is none of auto, kvm, tcg`);
  }
  return {
    binary: read.text('qemu-binary') ?? 'qemu-system-x86_64',
    imageDir: read.text('qemu-image-dir') ?? installedImage,
    disk: read.text('qemu-disk'),
    firmware: read.text('qemu-firmware') ?? '/usr/share/ovmf/OVMF.fd',
    accelerator,
    machine: read.text('qemu-machine') ?? 'q35',
    cpu: read.text('qemu-cpu'),
    vcpus: read.number('qemu-vcpus') ?? 2,
    memoryMiB: read.number('qemu-memory') ?? 512,
    instanceTypes: read.list('qemu-instance-types').map(parseType),
    underlay: {
      cidr: read.text('qemu-underlay-cidr') ?? '10.89.0.0/16',
      mtu: read.number('qemu-underlay-mtu') ?? 1500,
    },
    uidBase: read.number('qemu-uid-base') ?? 1_900_000_000,
    kernelArguments: read.text('qemu-kernel-arguments'),
    volumesDir: read.text('qemu-volumes-dir'),
  };
}

function parseType(name: string): InstanceType {
  const [, vcpus, memoryMiB] = /^([1-9]\d{0,2})x([1-9]\d{2,7})$/.exec(name) ?? [];
  if (vcpus === undefined) {
    throw new ProviderError('invalid-configuration', `qemu-instance-types: ${name} is not VCPUSxMIB, as 2x1024 is`);
  }
  return { name, vcpus: Number(vcpus), memoryMiB: Number(memoryMiB), gpus: 0 };
}
