/** QEMU's command line for one machine. Pure: everything that it depends on comes in. */

import type { Accelerator } from './accelerator.ts';
import type { Image } from './image.ts';
import type { MachineAddress } from './underlay.ts';

export interface MachinePlan {
  readonly binary: string;
  readonly name: string;
  readonly uuid: string;
  readonly machine: string;
  readonly accelerator: Accelerator;
  readonly cpu: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly network: MachineAddress;
  readonly mtu: number;
  readonly boot:
    | { readonly from: 'kernel'; readonly image: Image; readonly arguments: string | undefined }
    | { readonly from: 'disk'; readonly disk: string; readonly firmware: string };
  /** Raw disks, in order: the guest sees them behind its root. */
  readonly volumes: readonly string[];
  /** The user that QEMU becomes once its devices are open; undefined: stays what it is. */
  readonly uid: number | undefined;
  readonly vhost: boolean;
}

/** In the machine's folder, where QEMU is started. */
export const machineFiles = {
  control: 'qmp.sock',
  pid: 'pid',
  userData: 'user-data',
  cidata: 'cidata.iso',
  disk: 'disk.qcow2',
} as const;

/**
 * Of translated code; QEMU's own default is a good part of a gigabyte. A boot makes some 130 MiB of it, and when the room is
 * used up QEMU forgets all and begins anew: that must not come while a pod waits.
 */
const translationMiB = 256;

export function qemuCommand(plan: MachinePlan): readonly string[] {
  return [
    plan.binary,
    ...machineArguments(plan),
    ...bootArguments(plan),
    ...volumeArguments(plan.volumes),
    ...networkArguments(plan),
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=control,path=${machineFiles.control},server=on,wait=off`],
    ...['-mon', 'chardev=control,mode=control', '-pidfile', machineFiles.pid],
    ...confinement(plan.uid),
    '-S', // until the tap is on the bridge
  ];
}

function machineArguments({ name, uuid, machine, accelerator, cpu, vcpus, memoryMiB }: MachinePlan): readonly string[] {
  const accel = accelerator === 'tcg' ? `tcg,thread=multi,tb-size=${translationMiB}` : 'kvm';
  return [
    ...['-name', name, '-uuid', uuid, '-machine', machine, '-accel', accel, '-cpu', cpu],
    ...['-smp', String(vcpus), '-m', String(memoryMiB)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
  ];
}

function bootArguments({ boot, network, name, accelerator }: MachinePlan): readonly string[] {
  const { address, gateway, prefixLength } = network;
  const ip = `ip=${address}::${gateway}:${prefixLength}:${name}:eth0`;
  const userData = ['-fw_cfg', `name=opt/org.peerpods/user-data,file=${machineFiles.userData}`];
  if (boot.from === 'disk') {
    return [
      ...['-bios', boot.firmware],
      ...drive('root', machineFiles.disk, 'qcow2', false, 'bootindex=0'),
      ...drive('cidata', machineFiles.cidata, 'raw', true),
      ...[...userData, '-fw_cfg', `name=opt/org.peerpods/network,string=${ip}`],
    ];
  }
  const words = [
    'console=ttyS0 loglevel=4 panic=1 podvm.root=/dev/vda',
    ip,
    // The trial of the timer fails on a busy host, where emulation does not keep time with itself.
    ...(accelerator === 'tcg' ? ['no_timer_check'] : []),
    ...(boot.arguments === undefined ? [] : [boot.arguments]),
  ];
  return [
    ...['-kernel', boot.image.kernel, '-initrd', boot.image.initrd, '-append', words.join(' ')],
    ...drive('root', boot.image.root, 'raw', true),
    ...userData,
  ];
}

function volumeArguments(volumes: readonly string[]): readonly string[] {
  return volumes.flatMap((path, index) => drive(`volume${index}`, path, 'raw', false, `serial=volume-${index}`));
}

function drive(id: string, path: string, format: string, readOnly: boolean, extra?: string): readonly string[] {
  // A comma in a value is written twice.
  const file = path.replaceAll(',', ',,');
  const device = `virtio-blk-pci,drive=${id}${extra === undefined ? '' : `,${extra}`}`;
  return [
    '-drive',
    `if=none,id=${id},format=${format},readonly=${readOnly ? 'on' : 'off'},file=${file}`,
    '-device',
    device,
  ];
}

function networkArguments({ network, mtu, vhost }: MachinePlan): readonly string[] {
  const netdev = `tap,id=underlay,ifname=${network.tap},script=no,downscript=no${vhost ? ',vhost=on' : ''}`;
  return ['-netdev', netdev, '-device', `virtio-net-pci,netdev=underlay,mac=${network.mac},host_mtu=${mtu},romfile=`];
}

/**
 * Once taps, images and sockets are open QEMU becomes an ordinary user, and can neither start programs nor get
 * privileges back. Its own filter for the latter would also kill the change of user.
 */
function confinement(uid: number | undefined): readonly string[] {
  const sandbox = 'on,obsolete=deny,spawn=deny,resourcecontrol=deny';
  if (uid === undefined) return ['-sandbox', `${sandbox},elevateprivileges=deny`];
  return ['-sandbox', sandbox, '-runas', `${uid}:${uid}`];
}
